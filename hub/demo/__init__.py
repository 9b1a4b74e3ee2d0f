"""`alongside-hub demo`: a hub and four sites on this machine, used through their own doors."""
