"""One line of Today: how urgent it is, what it says, its next step, and whom to phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from ui.forms import phone_words
from ui.timewords import left

ALARM, LATE, ANSWER, FIND, WATCH, SET_UP = range(6)
"""Ranks, the most urgent first; within one, the earliest moment first."""


@dataclass(frozen=True)
class Step:
    """The next step as a button of the line: a press that is safe at once, or (`press` False) the way to a form.

    A press sends one field along at most.
    """

    text: str
    href: str
    press: bool = True
    field: str = ""
    value: str = ""


@dataclass(frozen=True)
class Call:
    """Whom to phone: in words, and the number as people read it and as a phone dials it."""

    text: str
    number: str
    dial: str


@dataclass(frozen=True)
class Waiting:
    """One line of Today."""

    rank: int
    at: datetime
    text: str
    hint: str
    href: str
    tag: str
    colour: str
    step: Step | None = None
    call: Call | None = None
    chooses: str = ""
    """The request_id or thid for which a supporter is to be asked: the button names the first on its list."""


def phone_of(name: str, phone: str) -> Call | None:
    """Whom to phone, if there is a number."""
    return Call(_("Phone %(name)s:", name=name), phone_words(phone), phone) if phone else None


def hours_left(until: datetime, now: datetime) -> str:
    """Whole hours, as a tag has room for; minutes only when they count."""
    hours = abs(until - now) // timedelta(hours=1)
    if hours < 2:
        return left(until, now)
    return str(_("%(hours)s h left", hours=hours) if until > now else _("%(hours)s h late", hours=hours))


def waited(since: datetime, now: datetime) -> str:
    """How long something waits, as a tag has room for."""
    hours = (now - since) // timedelta(hours=1)
    if hours < 1:
        return str(_("Waiting"))
    if hours < 48:
        return str(_("Waiting %(hours)s h", hours=hours))
    return str(_("Waiting %(days)s days", days=hours // 24))


def paused_for(since: datetime, now: datetime) -> str:
    """The same for a match that is paused."""
    return waited(since, now) if now - since >= timedelta(hours=1) else str(_("Paused"))
