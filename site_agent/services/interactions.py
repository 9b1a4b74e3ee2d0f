"""After the confirmation: attempts, contact, more time, the end. Times are the true ones, not those of recording."""

from datetime import datetime, timedelta

from protocol.messages.body import Body
from protocol.messages.matches import Attempted, Closed, Extended, Reached
from site_agent import outbox
from site_agent.models import AnySession, Match
from site_agent.models.conditional import move
from site_agent.models.match import HELPING
from site_agent.services import match_end as matches
from site_agent.services import timeline
from site_agent.services.errors import NoLongerOpenError, WrongTimeError
from site_agent.services.hub_time import hub_now

_WAITING = ("in-hand", "overdue", "escalated")
_LEEWAY = timedelta(minutes=5)
"""The two clocks may differ by this much (protocol page: freshness)."""


def attempted(session: AnySession, match: Match, at: datetime, now: datetime, by: str | None = None) -> None:
    """A genuine attempt, a message left included. `by`: the coordinator who records it; None: the supporter.

    A second one changes nothing. Raises WrongTimeError, NoLongerOpenError.
    """
    when = _true_time(session, match, at, now)
    values = {"state": "in-touch", "state_at": now, "attempted_at": when}
    if move(session, match, Match.state.in_(_WAITING), **values):
        _say(session, match, Attempted(at=when), at=when, now=now, by=by)
    elif match.state != "in-touch":
        raise NoLongerOpenError()


def reached(session: AnySession, match: Match, at: datetime, now: datetime, by: str | None = None) -> None:
    """The two have spoken; it counts as an attempt too. Raises as `attempted`."""
    when = _true_time(session, match, at, now)
    attempted(session, match, at, now, by)
    if move(session, match, Match.state == "in-touch", Match.reached_at.is_(None), reached_at=when):
        _say(session, match, Reached(at=when), at=when, now=now, by=by)


def extend(session: AnySession, match: Match, now: datetime, by: str | None = None) -> None:
    """The coordinator gives the supporter the time once more, once. The hub sets the new limit.

    Raises NoLongerOpenError if it was extended before or an attempt was made.
    """
    hours = timedelta(hours=match.contact_hours or 0)
    today = hub_now(session, now)
    due_at = max(match.due_at or today, today) + hours
    changed = move(
        session, match, Match.state.in_(("in-hand", "overdue")), Match.extended_at.is_(None),
        state="in-hand", state_at=now, extended_at=now, due_at=due_at,
    )  # fmt: skip
    if not changed:
        raise NoLongerOpenError()
    _say(session, match, Extended(), at=now, now=now, by=by)


def close(session: AnySession, match: Match, now: datetime, by: str | None = None) -> None:
    """The support has ended. No code says how; name and card go in this commit. Raises NoLongerOpenError."""
    if not close_here(session, match, now, by):
        raise NoLongerOpenError()
    outbox.queue(session, Closed(), now=now, thid=match.thid)


def close_here(session: AnySession, match: Match, now: datetime, by: str | None = None) -> bool:
    """Close without telling the hub, which knows. False if it is not being helped."""
    if not move(session, match, Match.state.in_(HELPING), state="closed", state_at=now, closed_at=now):
        return False
    timeline.note(session, match.thid, "closed", now, by)
    matches.forget(session, match)
    return True


def _true_time(session: AnySession, match: Match, at: datetime, now: datetime) -> datetime:
    """`at` in the hub's time, if it can be."""
    when = hub_now(session, at)
    if at > now or (match.confirmed_at is not None and when < match.confirmed_at - _LEEWAY):
        raise WrongTimeError()
    return when


def _say(
    session: AnySession, match: Match, body: Body, *, at: datetime, now: datetime, by: str | None
) -> None:
    outbox.queue(session, body, now=now, thid=match.thid)
    timeline.note(session, match.thid, body.TYPE.removeprefix("match."), at, by)
