"""What nobody has noted anything about for half a year is closed by itself: a name is not kept without an end.

It takes two looks a fortnight apart, so that a machine whose clock is far ahead for a while closes nothing. Whatever is
noted, such as a talk, a call or another supporter, starts the time anew. What a legal hold keeps stays open, too.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from site_agent.models import AnySession, Event, Match, Reminder, Request
from site_agent.models.match import HELPING
from site_agent.services import holds, interactions, match_end, policy, requests

BETWEEN_LOOKS = timedelta(days=14)
"""Ours: longer than a wrong clock stays unseen."""
_CODE = "quiet"
_HERE = or_(
    Request.state.in_(("new", "unmatched")), and_(Request.state == "looking", Request.elsewhere.is_(False))
)
"""Requests that `requests.close` may end: what is on its way elsewhere has the hub's limits."""


def closes_at(session: AnySession, subject: Request | Match) -> datetime | None:
    """When it is closed unless something is noted before; None for what does not close by itself."""
    match = subject if isinstance(subject, Match) else match_end.match_of(session, subject)
    if holds.is_held(session, subject) or not (_is_helped(match) or _is_idle(subject)):
        return None
    ids = [subject.request_id, match.thid if match else None]
    noted = session.scalar(select(func.max(Event.at)).where(Event.subject.in_(filter(None, ids))))
    last = max(subject.state_at, noted or subject.state_at)
    return last + timedelta(days=policy.number(session, "quiet_days"))


def quiet_requests(session: AnySession, now: datetime) -> Iterable[str]:
    """Ids of requests of this site that nobody helps with, and nobody has touched."""
    since = _since(session, now)
    idle = _HERE, Request.held.is_(False), Request.state_at <= since, ~_noted(Request.request_id, since)
    return session.scalars(select(Request.request_id).where(*idle))


def close_request(session: AnySession, request_id: str, now: datetime) -> bool:
    """At the second look; the first one only notes that it was quiet."""
    if not _second_look(session, request_id, now):
        return False
    requests.close(session, session.get_one(Request, request_id), now)
    return True


def quiet_matches(session: AnySession, now: datetime) -> Iterable[str]:
    """Ids of matches that are helped with at this site and of which nobody has noted anything."""
    since = _since(session, now)
    still = _noted(Match.thid, since), _noted(Match.request_id, since)
    found = select(Match.thid).where(Match.state.in_(HELPING), Match.state_at <= since, ~or_(*still))
    return [
        thid for thid in session.scalars(found) if not holds.is_held(session, session.get_one(Match, thid))
    ]


def close_match(session: AnySession, thid: str, now: datetime) -> bool:
    """As `close_request`; the hub hears of one from elsewhere that it is closed, as of any other."""
    if not _second_look(session, thid, now):
        return False
    interactions.close(session, session.get_one(Match, thid), now)
    return True


def _since(session: AnySession, now: datetime) -> datetime:
    """Quiet since then, it is looked at for the first time."""
    return now - timedelta(days=policy.number(session, "quiet_days")) + BETWEEN_LOOKS


def _second_look(session: AnySession, subject: str, now: datetime) -> bool:
    first = session.get(Reminder, (subject, _CODE))
    # One of a quiet time before something was noted, or of a clock that was ahead, does not count.
    if first is None or not _since(session, now) < first.at <= now:
        session.merge(Reminder(subject=subject, code=_CODE, at=now))
        return False
    return now - first.at >= BETWEEN_LOOKS


def _noted(
    subject: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], since: datetime
) -> ColumnElement[bool]:
    return exists().where(Event.subject == subject, Event.at > since)


def _is_helped(match: Match | None) -> bool:
    return match is not None and match.state in HELPING


def _is_idle(subject: Request | Match) -> bool:
    if isinstance(subject, Match):
        return False
    return subject.state in ("new", "unmatched") or (subject.state == "looking" and not subject.elsewhere)
