"""Outgoing mail: what it says (`text`), and how it leaves (`sender`). Services queue it (`services.post`)."""
