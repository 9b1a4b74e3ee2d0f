"""Forms that are filled in at both ends: by the person themselves, and at the desk for somebody on the phone."""
