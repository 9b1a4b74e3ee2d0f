"""The legal hold: somebody may demand a record, so nothing of it is erased by its age until the hold is lifted.

Wishes still go when a supporter says yes, and who was asked when it closes: both serve the search alone, and nobody
who declined is kept for anybody (J08).
"""

from datetime import datetime
from typing import TypeAlias

from sqlalchemy import select

from site_agent.models import AnySession, Match, Outreach, Request
from site_agent.models.conditional import move
from site_agent.services import activity, timeline

Subject: TypeAlias = Request | Match | Outreach


def put(session: AnySession, subject: Subject, now: datetime, by: str) -> bool:
    """Hold a request of this site, a match with one from elsewhere, or an outreach. False if it is held already.

    The physician reads it in the timeline of an own request.
    """
    if not move(session, subject, type(subject).held.is_(False), held=True):
        return False
    _note(session, subject, "hold-set", now, by)
    return True


def lift(session: AnySession, subject: Subject, now: datetime, by: str) -> bool:
    """What was due meanwhile is erased in the next round of the clock. False if it is not held."""
    if not move(session, subject, type(subject).held.is_(True), held=False):
        return False
    _note(session, subject, "hold-lifted", now, by)
    return True


def is_held(session: AnySession, subject: Subject) -> bool:
    """Whether the law keeps it. A match with an own request is held with the request."""
    if subject.held or not isinstance(subject, Match):
        return subject.held
    request = session.get(Request, subject.request_id) if subject.is_local else None
    return request is not None and request.held


def any_held(session: AnySession) -> bool:
    """Whether the law keeps anything at this site just now."""
    tables = (Request, Match, Outreach)
    return any(session.scalar(select(table.held).where(table.held).limit(1)) for table in tables)


def _note(session: AnySession, subject: Subject, code: str, now: datetime, by: str) -> None:
    if isinstance(subject, Outreach):
        key = subject.outreach_id  # it has no timeline: its row says all that happened
    else:
        key = subject.request_id if isinstance(subject, Request) else subject.thid
        timeline.note(session, key, code, now, by)
    activity.note(session, by, code, key, now)
