"""Moving a match from state to state: one conditional update, and what each side may hear of the state.

`move` is the only place that writes `state`. Two callers that started from the same row cannot both succeed.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub import audit, config
from hub.models import Match
from protocol.errors import SchemaInvalidError, StaleStateError
from protocol.match_states import HOME_WORD, TRANSITIONS, WITH_HELPER, Event, State

ENDED = "ended"
"""All that a site hears of a match it no longer has, or never had."""
_HELPER_WORD = {state: state.value for state in (State.PROPOSED, State.RELEASED, State.CLOSED, *WITH_HELPER)}
NO_HELPER: dict[str, Any] = dict.fromkeys(
    (
        "helper_site_id", "helper_thid", "awaiting_jti", "confirmed_at", "contact_due_at", "extended_at",
        "attempted_at", "reached_at", "contact_met", "touch_told_at",
    )
)  # fmt: skip
"""What a match forgets with its helper."""


def move(session: Session, match: Match, event: Event, now: datetime, *, actor: str, **values: Any) -> bool:
    """Let `event` happen to the match, if its state allows it and nobody else moved it meanwhile.

    `values` are further columns; `limit_at` may be given, otherwise it follows from the new state. False changes
    nothing: the caller refuses with `stale-state`.
    """
    after = TRANSITIONS.get((State(match.state), event))
    if after is None:
        return False
    lasts = config.current().limit(after)
    concerned = match.helper_site_id
    moved = session.execute(
        sa.update(Match)
        .where(Match.match_id == match.match_id, Match.state == match.state, Match.version == match.version)
        .values(
            {
                "state": after,
                "state_at": now,
                "version": match.version + 1,
                "limit_at": None if lasts is None else now + lasts,
                **values,
            }
        )
        .execution_options(synchronize_session=False)
    )
    session.refresh(match)
    if not moved.rowcount:  # type: ignore[attr-defined]
        return False
    audit.of_match(session, match, event, now, actor=actor, site_id=concerned, code=match.state)
    return True


def held(session: Session, *where: sa.ColumnElement[bool]) -> Match | None:
    """The match that fulfils `where`, read anew and held until the transaction ends."""
    return session.scalars(
        sa.select(Match).where(*where).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def by_id(session: Session, match_id: str) -> Match | None:
    """A match by the hub's own id, held."""
    return held(session, Match.match_id == match_id)


def of_home(session: Session, site_id: str, thid: str | None) -> Match:
    """The match that home calls `thid`. Raises SchemaInvalidError without one, StaleStateError if unknown."""
    match = held(session, Match.home_site_id == site_id, Match.home_thid == _required(thid))
    if match is None:
        raise StaleStateError("No match of yours has this id.", state=ENDED)
    return match


def of_helper(session: Session, site_id: str, thid: str | None) -> Match:
    """The match that this helper calls `thid`; StaleStateError with `ended` once it has left the site."""
    match = held(session, Match.helper_site_id == site_id, Match.helper_thid == _required(thid))
    if match is None or helper_word(match) == ENDED:
        raise StaleStateError(state=ENDED)
    return match


def home_word(match: Match) -> str:
    """What home may hear. A closing is told in batches, so until then it stays *in touch*."""
    if match.state == State.CLOSED and match.closing_told_at is None:
        return HOME_WORD[State.IN_TOUCH]
    return HOME_WORD[State(match.state)]


def helper_word(match: Match) -> str:
    """What the match's present helper may hear: withdrawn and taken back are both `ended`."""
    return _HELPER_WORD.get(State(match.state), ENDED)


def stale_for_home(match: Match) -> StaleStateError:
    """The refusal that tells home where the match stands."""
    return StaleStateError(state=home_word(match))


def stale_for_helper(match: Match) -> StaleStateError:
    """The refusal that tells the helper where the match stands."""
    return StaleStateError(state=helper_word(match))


def _required(thid: str | None) -> str:
    if thid is None:
        raise SchemaInvalidError("Messages about a match name it.", where=["/thid"])
    return thid
