"""What happened to a request, in codes and times: append-only."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from protocol.envelope import new_id
from site_agent.models import AnySession, Event

_HELPED = ("in-hand", "in-touch")
_ASKED = ("asked-here", "looking", *_HELPED)


def note(session: AnySession, subject: str, code: str, at: datetime, by: str | None = None) -> None:
    """Add an event. `subject` is a request_id or a thid; `by` a person_id, or None for anyone without an account."""
    session.add(Event(event_id=new_id(), subject=subject, code=code, at=at, by=by))


def of(session: AnySession, *subjects: str) -> Sequence[Event]:
    """The events of a request and of the match that helps with it, oldest first.

    What the physician may read hangs on the request's id; what only staff read, on the match's thid.
    """
    return session.scalars(select(Event).where(Event.subject.in_(subjects)).order_by(Event.at)).all()


def was_asked(session: AnySession, request_id: str) -> bool:
    """Whether anybody, here or elsewhere, was asked about the request."""
    return any(event.code in _ASKED for event in of(session, request_id))


def was_helped(session: AnySession, request_id: str) -> bool:
    """Whether a supporter ever said yes to the request."""
    return any(event.code in _HELPED for event in of(session, request_id))


def take_back(session: AnySession, subject: str, code: str, since: datetime) -> None:
    """Remove the events of one code from then on: what they said did not come true."""
    later = Event.subject == subject, Event.code == code, Event.at >= since
    session.execute(delete(Event).where(*later))


def forget(session: AnySession, subject: str) -> None:
    """Remove all of them: for what ended before it began."""
    session.execute(delete(Event).where(Event.subject == subject))
