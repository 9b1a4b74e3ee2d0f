"""Tickets of forms: drawn with the page, so that a form that arrives twice counts once.

A ticket comes back from a browser. Kept is its digest, so that whoever makes one up leaves no words about a talk
(J01).
"""

import secrets
from hashlib import sha256

from protocol.strict import b64url_encode

LONGEST = 43
"""Characters of a ticket, and of its digest."""


def new() -> str:
    """A ticket for one form: 256 random bits."""
    return secrets.token_urlsafe(32)


def kept(ticket: str) -> str:
    """Under what a ticket is kept and found."""
    return b64url_encode(sha256(ticket.encode()).digest())
