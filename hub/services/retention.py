"""Forgetting: received tokens after 35 days, the sites of a match 30 days after its end.

What stays of a match is a random id, stage, modality, states and times: totals, exact, and no way back to a site.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub import config
from hub.models import InboxRow, Match, OutboxRow, Passed
from protocol.match_states import FINAL

_PLACES = (
    "home_site_id", "home_thid", "helper_site_id", "helper_thid", "salt", "shortlist_hash", "waiting_hash",
)  # fmt: skip
"""Also the hashes of what was offered: of a few sites it is soon tried out which stood in it."""


def forget(session: Session, now: datetime) -> None:
    """Delete what has had its time."""
    settings = config.current()
    _forget_places(session, now)
    old = now - settings.keep_tokens
    session.execute(sa.delete(InboxRow).where(InboxRow.at < old).execution_options(synchronize_session=False))
    acknowledged = sa.delete(OutboxRow).where(
        OutboxRow.queued_at < old, OutboxRow.acknowledged_at.is_not(None)
    )
    session.execute(acknowledged.execution_options(synchronize_session=False))


def _forget_places(session: Session, now: datetime) -> None:
    over = sa.select(Match.match_id).where(
        Match.state.in_(FINAL),
        Match.salt.is_not(None),
        Match.closed_at < now - config.current().forget_sites_after,
    )
    match_ids = list(session.scalars(over))
    if not match_ids:
        return
    options = {"synchronize_session": False}
    session.execute(sa.delete(Passed).where(Passed.match_id.in_(match_ids)).execution_options(**options))
    session.execute(
        sa.update(OutboxRow)
        .where(OutboxRow.match_id.in_(match_ids))
        .values(match_id=None)
        .execution_options(**options)
    )
    session.execute(
        sa.update(Match)
        .where(Match.match_id.in_(match_ids))
        .values(dict.fromkeys(_PLACES))
        .execution_options(**options)
    )
    session.expire_all()
