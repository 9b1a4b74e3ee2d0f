"""After the confirmation: attempts, contact, more time, the end. Times are the true ones, not those of recording."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement

from protocol.messages.body import Body
from protocol.messages.matches import Attempted, Closed, Extended, Reached
from site_agent import outbox
from site_agent.models import AnySession, Match
from site_agent.models.conditional import move
from site_agent.models.match import HELPING
from site_agent.services import clocks, policy, request_state, timeline
from site_agent.services import match_end as matches
from site_agent.services.errors import NoLongerOpenError, WrongTimeError
from site_agent.services.hub_time import match_now

_WAITING = ("in-hand", "overdue", "escalated")
_LEEWAY = timedelta(minutes=5)
"""The two clocks may differ by this much (protocol page: freshness)."""


def attempted(session: AnySession, match: Match, at: datetime, now: datetime, by: str | None = None) -> None:
    """A genuine attempt, a message left included. `by`: the coordinator who records it; None: the supporter.

    A second one changes nothing. Raises WrongTimeError, NoLongerOpenError.
    """
    when = true_time(session, match, at, now)
    values = {"state": "in-touch", "state_at": now, "attempted_at": when}
    if move(session, match, Match.state.in_(_WAITING), _same_helper(match), **values):
        clocks.met(session, match, when)
        if match.is_local:
            request_state.in_touch(session, match, now, by)
        _say(session, match, Attempted(at=when), at=when, now=now, by=by)
    elif match.state != "in-touch":
        raise NoLongerOpenError()


def reached(session: AnySession, match: Match, at: datetime, now: datetime, by: str | None = None) -> None:
    """The two have spoken; it counts as an attempt too, and as the first if it was before the one that is recorded (the
    hub counts it so). Raises as `attempted`."""
    when = true_time(session, match, at, now)
    attempted(session, match, at, now, by)
    if move(session, match, Match.state == "in-touch", Match.reached_at.is_(None), reached_at=when):
        if move(session, match, Match.attempted_at > when, attempted_at=when):
            clocks.met(session, match, when)
        _say(session, match, Reached(at=when), at=when, now=now, by=by)


def extend(session: AnySession, match: Match, now: datetime, by: str | None = None) -> None:
    """The coordinator gives the supporter the time once more, once. From elsewhere, the hub sets the new limit.

    Raises NoLongerOpenError if it was extended before or an attempt was made.
    """
    hours = timedelta(hours=match.contact_hours or policy.NUMBERS["contact_hours"].default)
    today = match_now(session, match, now)
    due_at = max(match.due_at or today, today) + hours
    changed = move(
        session, match, Match.state.in_(("in-hand", "overdue")), Match.extended_at.is_(None),
        state="in-hand", state_at=now, extended_at=now, due_at=due_at,
    )  # fmt: skip
    if not changed:
        raise NoLongerOpenError()
    clocks.move_due(session, match, due_at)
    _say(session, match, Extended(), at=now, now=now, by=by)


def overdue(session: AnySession, match: Match, now: datetime) -> bool:
    """The limit of a match of this site passed without an attempt. False if somebody was faster."""
    late = Match.state == "in-hand", Match.due_at <= now
    if match.due_at is None or not move(session, match, *late, state="overdue", state_at=now):
        return False
    clocks.not_met(session, match, match.due_at)
    timeline.note(session, match.thid, "overdue", match.due_at)
    return True


def close(
    session: AnySession,
    match: Match,
    now: datetime,
    by: str | None = None,
    jottings_destroyed: bool | None = None,
) -> None:
    """The support has ended. No code says how; name and card go in this commit, and an own request is closed.

    `jottings_destroyed`: what the supporter answered (J02). Raises NoLongerOpenError.
    """
    own = match.is_local
    if not close_here(session, match, now, by, jottings_destroyed):
        raise NoLongerOpenError()
    if not own:
        outbox.queue(session, Closed(), now=now, thid=match.thid)


def close_here(
    session: AnySession,
    match: Match,
    now: datetime,
    by: str | None = None,
    jottings_destroyed: bool | None = None,
) -> bool:
    """Close without telling the hub, which knows. False if it is not being helped."""
    closed = {"state": "closed", "state_at": now, "closed_at": now, "paused_at": None}
    if not move(session, match, Match.state.in_(HELPING), jottings_destroyed=jottings_destroyed, **closed):
        return False
    clocks.ended(session, match, now)
    if match.is_local:
        request_state.finish(session, request_state.of(session, match), "closed", now, by)
    else:
        timeline.note(session, match.thid, "closed", now, by)
    matches.forget(session, match)
    return True


def _same_helper(match: Match) -> ColumnElement[bool]:
    # What one supporter says counts for their own part only: another may have taken over in the meantime.
    return Match.supporter_id.is_not_distinct_from(match.supporter_id)


def true_time(session: AnySession, match: Match, at: datetime, now: datetime) -> datetime:
    """`at`, by this machine's clock, in the time that the match runs by. Raises WrongTimeError for a time in the future
    or before the match was confirmed."""
    when = match_now(session, match, at)
    if at > now or (match.confirmed_at is not None and when < match.confirmed_at - _LEEWAY):
        raise WrongTimeError()
    return when


def _say(
    session: AnySession, match: Match, body: Body, *, at: datetime, now: datetime, by: str | None
) -> None:
    if not match.is_local:
        outbox.queue(session, body, now=now, thid=match.thid)
    timeline.note(session, match.thid, body.TYPE.removeprefix("match."), at, by)
