"""What waits for the coordinator, the most urgent first: each line is its next step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from site_agent.models import AnySession, LinkState, Match, OutboxRow, Request
from site_agent.services import setup
from site_agent.words import DOOR_BY
from ui.timewords import ago, left, when

SOON = timedelta(hours=24)
"""Ours: a clock with less than a day left is worth a look."""

ALARM, LATE, ANSWER, FIND, WATCH, SET_UP = range(6)
"""Ranks, the most urgent first; within one, the earliest moment first."""


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


def waiting(session: AnySession, now: datetime) -> list[Waiting]:
    """Everything that waits for a person at this desk."""
    found = [
        *_of_link(session, now),
        *_of_requests(session, now),
        *_from_elsewhere(session, now),
        *_of_set_up(session, now),
    ]
    return sorted(found, key=lambda each: (each.rank, each.at))


def _of_link(session: AnySession, now: datetime) -> Iterator[Waiting]:
    href = url_for("web.link")
    if session.scalar(select(LinkState.alarm)):
        hint = _("No letters are sealed until it is cleared up.")
        yield Waiting(ALARM, now, _("Read the alarm about the hub’s keys"), hint, href, _("Alarm"), "red")
    refused = select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "rejected")
    if session.scalar(refused):
        hint = _("The page says what is wrong and how to mend it.")
        yield Waiting(FIND, now, _("Look at what the hub refused"), hint, href, _("To do"), "yellow")


def _of_requests(session: AnySession, now: datetime) -> Iterator[Waiting]:
    for row in session.scalars(select(Request).where(Request.state.in_(("new", "unmatched", "looking")))):
        href = url_for("web.request_page", request_id=row.request_id)
        if row.state == "new":
            text = _("Find a supporter for request %(ref)s", ref=row.ref)
            hint = _("Received %(ago)s %(door)s.", ago=ago(row.received_at), door=DOOR_BY[row.door or "form"])
            yield Waiting(FIND, row.received_at, text, hint, href, _waited(row.received_at, now), "red")
        elif row.state == "unmatched":
            text = _("Call the physician of request %(ref)s", ref=row.ref)
            hint = _("Nobody was found in time. Give the line of the programme, or ask again.")
            yield Waiting(FIND, row.state_at, text, hint, href, _waited(row.state_at, now), "red")
        elif row.restate:
            text = _("Ask for the wishes of request %(ref)s again", ref=row.ref)
            hint = _("They were erased. No letter goes before the physician has said them again.")
            yield Waiting(ANSWER, row.state_at, text, hint, href, _waited(row.state_at, now), "yellow")


def _from_elsewhere(session: AnySession, now: datetime) -> Iterator[Waiting]:
    open_states = ("proposed", "in-hand", "overdue", "escalated")
    for row in session.scalars(select(Match).where(Match.state.in_(open_states))):
        href = url_for("web.elsewhere", thid=row.thid)
        if row.state == "proposed":
            text = _("Ask a supporter for a request from elsewhere")
            hint = _("The hub takes an answer until %(when)s.", when=when(row.answer_by))
            yield Waiting(ANSWER, row.answer_by, text, hint, href, _left(row.answer_by, now), "yellow")
        elif row.due_at is not None and row.state == "in-hand":
            if row.due_at - now < SOON:
                text = _("See that first contact is made")
                hint = _("Due %(when)s. No attempt is recorded yet.", when=when(row.due_at))
                yield Waiting(WATCH, row.due_at, text, hint, href, _left(row.due_at, now), "yellow")
        elif row.due_at is not None:
            text = _("Decide about a first contact that is late")
            hint = _("Extend once, choose another supporter, or give it back.")
            if row.state == "escalated":
                hint = _(
                    "The provincial team follows it up too. Record an attempt, or choose another supporter."
                )
            yield Waiting(LATE, row.due_at, text, hint, href, _left(row.due_at, now), "red")


def _of_set_up(session: AnySession, now: datetime) -> Iterator[Waiting]:
    n_left = sum(not task.done for task in setup.tasks(session))
    if n_left:
        text = ngettext(
            "Finish setting up: %(num)d step left", "Finish setting up: %(num)d steps left", n_left
        )
        hint = _("Until then physicians cannot ask, or nobody can be asked.")
        yield Waiting(SET_UP, now, text, hint, url_for("web.set_up"), _("To do"), "yellow")


def _left(until: datetime, now: datetime) -> str:
    """Whole hours, as a tag has room for; minutes only when they count."""
    hours = abs(until - now) // timedelta(hours=1)
    if hours < 2:
        return left(until, now)
    return str(_("%(hours)s h left", hours=hours) if until > now else _("%(hours)s h late", hours=hours))


def _waited(since: datetime, now: datetime) -> str:
    hours = (now - since) // timedelta(hours=1)
    if hours < 1:
        return str(_("New"))
    if hours < 48:
        return str(_("Waiting %(hours)s h", hours=hours))
    return str(_("Waiting %(days)s days", days=hours // 24))
