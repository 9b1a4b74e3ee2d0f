"""The clock to the first attempt, one run for each acceptance (G07): met, not met, or excused.

Elapsed hours: neither nights, weekends, holidays nor a change of the clocks stop it. No row says whose run it was, so
that there is no list of slow supporters.
"""

from datetime import datetime

from sqlalchemy import select

from protocol.envelope import new_id
from site_agent.models import AnySession, ContactClock, Match
from site_agent.models.conditional import move


def start(session: AnySession, match: Match, started_at: datetime, due_at: datetime) -> ContactClock:
    """A supporter has said yes; a run that still stands is over by that. Until `due_at` an attempt meets it."""
    ended(session, match, started_at)
    clock = ContactClock(
        clock_id=new_id(), thid=match.thid, started_at=started_at, due_at=due_at, outcome="running"
    )
    session.add(clock)
    session.flush()
    return clock


def latest(session: AnySession, match: Match) -> ContactClock | None:
    """The run of the last acceptance, over or not."""
    runs = select(ContactClock).where(ContactClock.thid == match.thid)
    return session.scalar(runs.order_by(ContactClock.started_at.desc()).limit(1))


def met(session: AnySession, match: Match, at: datetime) -> None:
    """A first attempt was made at `at`, its true time: one before the limit counts even if it is recorded later."""
    clock = latest(session, match)
    if clock is not None:
        outcome = "met" if at <= clock.due_at else "not-met"
        _end(session, clock, ("running", "not-met"), outcome, at)


def not_met(session: AnySession, match: Match, at: datetime) -> None:
    """The limit passed without an attempt."""
    clock = latest(session, match)
    if clock is not None:
        _end(session, clock, ("running",), "not-met", at)


def ended(session: AnySession, match: Match, at: datetime) -> None:
    """This supporter's part is over at `at`: excused before the limit, not met after it; a run that is over stays."""
    clock = latest(session, match)
    if clock is not None:
        _end(session, clock, ("running",), "excused" if at < clock.due_at else "not-met", at)


def move_due(session: AnySession, match: Match, due_at: datetime) -> None:
    """More time was given before the limit; a limit that has passed was not met, whatever comes later."""
    clock = latest(session, match)
    if clock is not None:
        move(session, clock, ContactClock.outcome == "running", due_at=due_at)


def _end(
    session: AnySession, clock: ContactClock, before: tuple[str, ...], outcome: str, at: datetime
) -> None:
    move(session, clock, ContactClock.outcome.in_(before), outcome=outcome, ended_at=at)
