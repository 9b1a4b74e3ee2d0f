"""After the confirmation: attempts, contact, more time, the end. Times are the true ones, not those of recording."""

from datetime import datetime, timedelta

from protocol.messages.body import Body
from protocol.messages.matches import Attempted, Closed, Extended, Reached
from site_agent import outbox
from site_agent.models import AnySession, Incoming
from site_agent.models.conditional import move
from site_agent.models.incoming import HELPING
from site_agent.services import incoming as matches
from site_agent.services import timeline
from site_agent.services.errors import NoLongerOpenError, WrongTimeError
from site_agent.services.hub_time import hub_now

_WAITING = ("in-hand", "overdue", "escalated")
_LEEWAY = timedelta(minutes=5)
"""The two clocks may differ by this much (protocol page: freshness)."""


def attempted(
    session: AnySession, incoming: Incoming, at: datetime, now: datetime, by: str | None = None
) -> None:
    """A genuine attempt, a message left included. `by`: the coordinator who records it; None: the supporter.

    A second one changes nothing. Raises WrongTimeError, NoLongerOpenError.
    """
    when = _true_time(session, incoming, at, now)
    values = {"state": "in-touch", "state_at": now, "attempted_at": when}
    if move(session, incoming, Incoming.state.in_(_WAITING), **values):
        _say(session, incoming, Attempted(at=when), at=when, now=now, by=by)
    elif incoming.state != "in-touch":
        raise NoLongerOpenError()


def reached(
    session: AnySession, incoming: Incoming, at: datetime, now: datetime, by: str | None = None
) -> None:
    """The two have spoken; it counts as an attempt too. Raises as `attempted`."""
    when = _true_time(session, incoming, at, now)
    attempted(session, incoming, at, now, by)
    if move(session, incoming, Incoming.state == "in-touch", Incoming.reached_at.is_(None), reached_at=when):
        _say(session, incoming, Reached(at=when), at=when, now=now, by=by)


def extend(session: AnySession, incoming: Incoming, now: datetime, by: str | None = None) -> None:
    """The coordinator gives the supporter the time once more, once. The hub sets the new limit.

    Raises NoLongerOpenError if it was extended before or an attempt was made.
    """
    hours = timedelta(hours=incoming.contact_hours or 0)
    today = hub_now(session, now)
    due_at = max(incoming.due_at or today, today) + hours
    changed = move(
        session, incoming, Incoming.state.in_(("in-hand", "overdue")), Incoming.extended_at.is_(None),
        state="in-hand", state_at=now, extended_at=now, due_at=due_at,
    )  # fmt: skip
    if not changed:
        raise NoLongerOpenError()
    _say(session, incoming, Extended(), at=now, now=now, by=by)


def close(session: AnySession, incoming: Incoming, now: datetime, by: str | None = None) -> None:
    """The support has ended. No code says how; name and card go in this commit. Raises NoLongerOpenError."""
    if not close_here(session, incoming, now, by):
        raise NoLongerOpenError()
    outbox.queue(session, Closed(), now=now, thid=incoming.thid)


def close_here(session: AnySession, incoming: Incoming, now: datetime, by: str | None = None) -> bool:
    """Close without telling the hub, which knows. False if it is not being helped."""
    if not move(session, incoming, Incoming.state.in_(HELPING), state="closed", state_at=now, closed_at=now):
        return False
    timeline.note(session, incoming.thid, "closed", now, by)
    matches.forget(session, incoming)
    return True


def _true_time(session: AnySession, incoming: Incoming, at: datetime, now: datetime) -> datetime:
    """`at` in the hub's time, if it can be."""
    when = hub_now(session, at)
    if at > now or (incoming.confirmed_at is not None and when < incoming.confirmed_at - _LEEWAY):
        raise WrongTimeError()
    return when


def _say(
    session: AnySession, incoming: Incoming, body: Body, *, at: datetime, now: datetime, by: str | None
) -> None:
    outbox.queue(session, body, now=now, thid=incoming.thid)
    timeline.note(session, incoming.thid, body.TYPE.removeprefix("match."), at, by)
