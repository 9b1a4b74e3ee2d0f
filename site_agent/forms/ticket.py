"""The ticket of a check page: the withdrawal code, signed, so that only a code that was drawn here comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from protocol.withdrawal import new_secret

LASTS = timedelta(hours=2)
"""Ours: an interruption while checking; afterwards the page comes once more."""


def new_ticket(now: datetime) -> str:
    """A ticket with a fresh code."""
    return str(_serializer().dumps([new_secret(), int(now.timestamp())]))


def read_ticket(ticket: str, now: datetime) -> str | None:
    """The code in it; None for a ticket that is not ours or too old."""
    try:
        drawn: list[Any] = _serializer().loads(ticket)
    except BadData:
        return None
    code, drawn_at = str(drawn[0]), datetime.fromtimestamp(drawn[1], UTC)
    return code if now - drawn_at <= LASTS else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="alongside.ask")
