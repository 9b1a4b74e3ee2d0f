"""What happens by itself when a limit passes. Run every few seconds, by as many processes as there are.

Each match is taken in a commit of its own, held while it is looked at and skipped if somebody else holds it, so one
that fails delays no other and none is moved twice.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from hub import audit, config, database, outbox
from hub.extensions import db
from hub.models import Match
from hub.services import brokerage, retention
from hub.services.match_moves import move
from protocol.match_states import FINAL, HOME_WORD, Event, State
from protocol.messages import matches as messages
from ui import clock

_AT_ONCE = 100
_EPOCH = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday; batches are told at whole periods from it, so that the time of telling says nothing."""
_log = logging.getLogger(__name__)


def background(app: Flask) -> Callable[[threading.Event], None]:
    """The thread that looks for passed limits until it is told to stop."""

    def run(stop: threading.Event) -> None:
        while not stop.wait(app.extensions["hub_config"].limits_every.total_seconds()):
            once(app)

    return run


def once(app: Flask) -> None:
    """One round: what is due, then nothing that was deleted stays on the disk. An error waits for the next round."""
    with app.app_context():
        try:
            run_due(db.session(), clock.now())
            # Used letters and erased salts stay in SQLite's log until it is cut.
            db.session.remove()
            database.cut_log(db.engine)
        except Exception as error:
            # The text of a database error may hold what a row held, so only its kind is logged.
            _log.error("Looking for passed limits failed: %s", type(error).__name__)
            db.session.rollback()


def run_due(session: Session, now: datetime) -> int:
    """Do all that is due at `now`: passed limits, waiting matches, the batch of closings, forgetting.

    Commits after each; returns how many matches were moved or told of.
    """
    now = now.replace(microsecond=0)
    n_done = sum(_one(session, match_id, now, pass_limit) for match_id in _due(session, now))
    brokerage.try_waiting(session, now, most=_AT_ONCE)
    session.commit()
    boundary = batch_boundary(now)
    n_done += sum(_one(session, match_id, now, _tell_closing) for match_id in _untold(session, boundary))
    retention.forget(session, now)
    session.commit()
    return n_done


def pass_limit(session: Session, match: Match, now: datetime) -> bool:
    """The limit of the match's state has passed: what that leads to. False if there is none or it has not."""
    if match.limit_at is None or match.limit_at > now:
        return False
    state = State(match.state)
    if state in {State.PROPOSED, State.RELEASED}:
        return brokerage.pass_on(session, match, now, actor=audit.HUB, tell=True)
    if state is State.ESCALATED:
        return brokerage.pass_on(session, match, now, actor=audit.HUB, tell=True, event=Event.LIMIT)
    due_at = match.limit_at
    ends = {"closed_at": now} if state in {State.LOOKING, State.CHOOSING, State.IN_TOUCH} else {}
    late = {"contact_met": False} if state is State.IN_HAND else {}
    if not move(session, match, Event.LIMIT, now, actor=audit.HUB, **ends, **late):
        return False
    _tell(session, match, due_at, now)
    return True


def batch_boundary(now: datetime) -> datetime:
    """The latest moment at which a batch of closings was due."""
    period = timedelta(days=config.current().closed_batch_days)
    return _EPOCH + (now - _EPOCH) // period * period


def _tell(session: Session, match: Match, due_at: datetime, now: datetime) -> None:
    if match.state == State.OVERDUE and match.helper_site_id is not None:
        body = messages.Overdue(due_at=due_at, escalates_at=match.limit_at or now)
        outbox.queue(
            session, match.helper_site_id, body, now=now, thid=match.helper_thid, match_id=match.match_id
        )
    elif match.state in {State.ESCALATED, State.CLOSED}:
        brokerage.tell_helper(session, match, match.state, now)
    elif match.state == State.UNMATCHED:
        brokerage.tell_home(session, match, HOME_WORD[State.UNMATCHED], now)


def _tell_closing(session: Session, match: Match, now: datetime) -> bool:
    if match.state != State.CLOSED or match.closing_told_at is not None:
        return False
    match.closing_told_at = now
    session.flush()
    # The hour of the closing would tell home which talk it was.
    brokerage.tell_home(session, match, HOME_WORD[State.CLOSED], batch_boundary(now), now=now)
    return True


def _due(session: Session, now: datetime) -> list[str]:
    query = sa.select(Match.match_id).where(Match.limit_at <= now, Match.state.not_in(FINAL))
    return list(session.scalars(query.order_by(Match.limit_at, Match.match_id).limit(_AT_ONCE)))


def _untold(session: Session, boundary: datetime) -> list[str]:
    query = sa.select(Match.match_id).where(
        Match.state == State.CLOSED, Match.closing_told_at.is_(None), Match.closed_at < boundary
    )
    return list(session.scalars(query.order_by(Match.match_id).limit(_AT_ONCE)))


def _one(
    session: Session, match_id: str, now: datetime, act: Callable[[Session, Match, datetime], bool]
) -> bool:
    match = session.scalars(
        sa.select(Match)
        .where(Match.match_id == match_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    try:
        done = match is not None and act(session, match, now)
        session.commit()
    except Exception as error:
        session.rollback()
        _log.error("A limit of match %s could not be passed: %s", match_id, type(error).__name__)
        return False
    return done
