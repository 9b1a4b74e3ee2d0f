"""What a helping site does with a match: accept, confirm, meet the clock, extend, hand on, close.

Steps 4 to 6, 8 and 9 of the protocol page. The 72 hours run from the commit of the confirmation; the first genuine
attempt inside them meets the limit, even if the message about it arrives late.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub import audit, config, outbox
from hub.models import Letter, Match
from hub.services.brokerage import tell_helper, tell_home
from hub.services.match_moves import move, stale_for_helper
from protocol.envelope import new_id
from protocol.match_states import HOME_WORD, Event, State
from protocol.messages import matches as messages

_HOUR_SECONDS = 3600


def accept(session: Session, match: Match, re: str | None, message_jti: str, now: datetime) -> None:
    """A supporter said yes to the card: the identity letter is released, and leaves the hub's keeping.

    Counts only while the proposal that `re` names is open, else StaleStateError.
    """
    letter = session.scalars(
        sa.select(Letter).where(Letter.match_id == match.match_id, Letter.site_id == match.helper_site_id)
    ).one_or_none()
    if letter is None or re is None or re != match.awaiting_jti:
        raise stale_for_helper(match)
    confirm_by = min(now + config.current().limits[State.RELEASED], letter.expires_at)
    jti = new_id()
    if not move(session, match, Event.ACCEPT, now, actor=audit.HELPER, limit_at=confirm_by, awaiting_jti=jti):
        raise stale_for_helper(match)
    contact_hours = int(config.current().limits[State.IN_HAND].total_seconds()) // _HOUR_SECONDS
    body = messages.Release(letter.identity, confirm_by, contact_hours)
    outbox.queue(
        session,
        letter.site_id,
        body,
        now=now,
        thid=letter.thid,
        re=message_jti,
        match_id=match.match_id,
        jti=jti,
    )
    session.delete(letter)
    session.flush()


def confirm(session: Session, match: Match, re: str | None, now: datetime) -> None:
    """The supporter is not close to the physician: the clock runs, the other letters go, home hears *in hand*."""
    if re is None or re != match.awaiting_jti:
        raise stale_for_helper(match)
    due_at = now + config.current().limits[State.IN_HAND]
    if not move(
        session, match, Event.CONFIRM, now, actor=audit.HELPER, limit_at=due_at, contact_due_at=due_at,
        confirmed_at=now, awaiting_jti=None,
    ):  # fmt: skip
        raise stale_for_helper(match)
    session.execute(sa.delete(Letter).where(Letter.match_id == match.match_id))
    tell_home(session, match, HOME_WORD[State.IN_HAND], now)


def attempted(session: Session, match: Match, at: datetime, now: datetime) -> None:
    """A genuine attempt was made at `at`, by the site's clock; a message left counts.

    A clock that runs ahead cannot place an attempt later than its arrival, nor one that runs behind earlier than the
    confirmation: a wrong clock makes a limit late, never early.
    """
    met = _inside_limit(match, at, now)
    first = at if match.attempted_at is None else min(at, match.attempted_at)
    _touch(session, match, Event.ATTEMPT, now, attempted_at=_placed(match, first, now), contact_met=met)


def reached(session: Session, match: Match, at: datetime, now: datetime) -> None:
    """The two have spoken; that is also an attempt."""
    met = _inside_limit(match, at, now)
    first = at if match.attempted_at is None else min(at, match.attempted_at)
    values = {
        "attempted_at": _placed(match, first, now),
        "reached_at": match.reached_at or _placed(match, at, now),
    }
    _touch(session, match, Event.REACH, now, **values, contact_met=met)


def extend(session: Session, match: Match, now: datetime) -> None:
    """The helping coordinator extends the limit, once. StaleStateError the second time."""
    if match.extended_at is not None or match.contact_due_at is None:
        raise stale_for_helper(match)
    due_at = max(match.contact_due_at, now) + config.current().extend_by
    _restart(session, match, Event.EXTEND, due_at, now, extended_at=now)


def reassign(session: Session, match: Match, now: datetime) -> None:
    """Another supporter of the same site takes over: a new clock, which may be extended again."""
    due_at = now + config.current().limits[State.IN_HAND]
    _restart(
        session, match, Event.REASSIGN, due_at, now, extended_at=None, attempted_at=None, reached_at=None
    )


def close(session: Session, match: Match, now: datetime) -> None:
    """The support has ended. Home hears of it in the next batch (`limits`)."""
    if not move(session, match, Event.CLOSE, now, actor=audit.HELPER, closed_at=now):
        raise stale_for_helper(match)


def _touch(session: Session, match: Match, event: Event, now: datetime, **values: datetime | bool) -> None:
    tell = match.touch_told_at is None
    if match.state == State.IN_TOUCH:
        values["limit_at"] = match.limit_at or now
    told_at = match.touch_told_at or now
    if not move(session, match, event, now, actor=audit.HELPER, **values, touch_told_at=told_at):
        raise stale_for_helper(match)
    if tell:
        tell_home(session, match, HOME_WORD[State.IN_TOUCH], now)


def _restart(
    session: Session, match: Match, event: Event, due_at: datetime, now: datetime, **values: datetime | None
) -> None:
    values = {**values, "limit_at": due_at, "contact_due_at": due_at, "contact_met": None}
    if not move(session, match, event, now, actor=audit.HELPER, **values):
        raise stale_for_helper(match)
    tell_helper(session, match, State.IN_HAND, now, due_at=due_at)


def _inside_limit(match: Match, at: datetime, now: datetime) -> bool:
    due_at = match.contact_due_at
    return bool(match.contact_met) or (due_at is not None and min(at, now) <= due_at)


def _placed(match: Match, at: datetime, now: datetime) -> datetime:
    return max(min(at, now), match.confirmed_at or at)
