"""Invitations: the one-time link with which an account begins, or begins again. One way for hub and sites."""

from __future__ import annotations

import secrets
from datetime import timedelta

from ui.signin.sessions import TOKEN_BYTES

INVITATION_LIFETIME = timedelta(days=7)
"""How long a link works (ours: long enough for a part-time coordinator's next day at the desk)."""
PATH = "/sign-in/welcome/"
MAX_NAME_CHARS = 120


class PersonExistsError(ValueError):
    """Somebody has this address already; starting their account over must be asked for on purpose."""


def new_token() -> str:
    """The secret of a link; the store keeps its hash."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hand_over(name: str) -> str:
    """What a command says beside the link it prints, on standard error."""
    days = INVITATION_LIFETIME.days
    return f"Hand this link to {name} in person or by phone. It works once, within {days} days."


def known_already(error: PersonExistsError) -> str:
    """What a command says of an address that is known."""
    return f"{error}. Add --again to give a fresh link; it forgets every way they sign in now."
