"""`POST /v1/poll`: acknowledge what came before, get what waits, and what is new in the key log.

At least once and in order: nothing leaves the outbox before the site's cursor has passed it. A poll that finds
nothing writes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub import audit, keys, outbox
from hub.api.door import Caller, open_wrapper
from hub.models import Inbound, OutboxRow
from hub.models.inbound import CALL_NOTED_EVERY
from hub.services import directory, key_directory
from hub.steps import POLL_ACKNOWLEDGED_BEFORE_COMMIT, POLL_ANSWERED, step
from protocol.envelope import HUB, new_claims, sign
from protocol.errors import BadTokenError, NumberGapError
from protocol.limits import MAX_LIFETIME, MAX_POST_BYTES
from protocol.messages.transport import Batch, Numbered, Poll

_OUTBOX = OutboxRow.__table__
_MOST_NUMBERS = 1_000_000_000
"""Ours: no hub ever says as much to one site. Below it, a cursor ahead of all numbers leaves them room to go on."""
_WAITING = (
    sa.select(_OUTBOX.c.n, _OUTBOX.c.hash, _OUTBOX.c.token, _OUTBOX.c.sent_at)
    .where(_OUTBOX.c.site_id == sa.bindparam("site"), _OUTBOX.c.n > sa.bindparam("cursor"))
    .order_by(_OUTBOX.c.n)
    .limit(sa.bindparam("most"))
)
_ACKNOWLEDGE = (
    sa.update(_OUTBOX)  # type: ignore[arg-type]
    .where(
        _OUTBOX.c.site_id == sa.bindparam("site"),
        _OUTBOX.c.n > sa.bindparam("before"),
        _OUTBOX.c.n <= sa.bindparam("upto"),
    )
    .values(token=None, acknowledged_at=sa.bindparam("now", type_=OutboxRow.acknowledged_at.type))
)
_SENT = (
    sa.update(_OUTBOX)  # type: ignore[arg-type]
    .where(
        _OUTBOX.c.site_id == sa.bindparam("site"),
        _OUTBOX.c.n.between(sa.bindparam("first"), sa.bindparam("upto")),
        _OUTBOX.c.sent_at.is_(None),
    )
    .values(sent_at=sa.bindparam("now", type_=OutboxRow.sent_at.type))
)
_CALLED = (
    sa.update(Inbound.__table__)  # type: ignore[arg-type]
    .where(Inbound.__table__.c.site_id == sa.bindparam("site"))
    .values(cursor=sa.bindparam("upto"), called_at=sa.bindparam("now", type_=Inbound.called_at.type))
)


@dataclass(frozen=True)
class Answer:
    """The JSON of the answer, and whether the call acknowledged something."""

    json: dict[str, Any]
    acknowledged: bool


def poll(session: Session, post: dict[str, Any], now: datetime) -> Answer:
    """Answer a poll; the caller commits before it hands the answer out. Raises the ProtocolError of a refusal."""
    wrapper = post.get("wrapper")
    if set(post) != {"wrapper"} or not isinstance(wrapper, str):
        raise BadTokenError('A poll is {"wrapper": token}.')
    message, body, caller = open_wrapper(session, wrapper, Poll, now)
    _check_cursor(session, caller, body.cursor, now)
    if body.seen is not None:
        key_directory.note_seen(session, caller.site_id, body.seen, now)
    acknowledged = _acknowledge(session, caller, body.cursor, now)
    directory.bring_up_to_date(session, caller.site_id, now)
    rows, more = _waiting(session, caller.site_id, body, now)
    heads, heads_cursor = key_directory.seen_since(session, body.heads_cursor, caller.site_id)
    batch = Batch(
        tokens=tuple(Numbered(row.n, row.hash) for row in rows),
        more=int(more),
        log_length=len(caller.log.entries),
        heads_cursor=heads_cursor,
    )
    claims = new_claims(batch, iss=HUB, aud=caller.site_id, now=now, lifetime=MAX_LIFETIME, re=message.jti)
    answer = {
        "batch": sign(claims, keys.current()),
        "messages": [row.token for row in rows],
        "entries": key_directory.entries_from(session, body.log_length),
        "head": key_directory.head_token(session),
        "heads": heads,
    }
    step.send(POLL_ANSWERED)
    return Answer(answer, acknowledged)


def _check_cursor(session: Session, caller: Caller, cursor: int, now: datetime) -> None:
    """A cursor behind the stored one is a restored agent's. One that acknowledges what was never sent shows a hub
    restored from an older copy: it goes on behind that cursor, and staff see it."""
    if cursor < caller.cursor:
        raise NumberGapError("The site has acknowledged more than this cursor says.", expected=caller.cursor)
    if cursor > _MOST_NUMBERS:
        raise NumberGapError("The cursor is ahead of every message.", expected=caller.cursor)
    if cursor > caller.cursor and outbox.put_behind(session, caller.site_id, cursor):
        audit.of_site(session, "numbers-ahead", now, actor=audit.DOOR, site_id=caller.site_id)


def _acknowledge(session: Session, caller: Caller, cursor: int, now: datetime) -> bool:
    """Delete the bytes up to the cursor, and note that the site called, if either is news."""
    if cursor > caller.cursor:
        span = {"site": caller.site_id, "before": caller.cursor, "upto": cursor, "now": now}
        session.execute(_ACKNOWLEDGE, span)
    elif caller.called_at is not None and now - caller.called_at < CALL_NOTED_EVERY:
        return False
    session.execute(_CALLED, {"site": caller.site_id, "upto": cursor, "now": now})
    if cursor > caller.cursor:
        step.send(POLL_ACKNOWLEDGED_BEFORE_COMMIT)
    return cursor > caller.cursor


def _waiting(session: Session, site_id: str, body: Poll, now: datetime) -> tuple[list[Any], bool]:
    """The next messages, as many as asked for and as one answer may hold, and whether more wait behind them."""
    query = {"site": site_id, "cursor": body.cursor, "most": body.max + 1}
    found = session.execute(_WAITING, query).all()
    taken: list[Any] = []
    room = MAX_POST_BYTES
    for row in found[: body.max]:
        room -= len(row.token)
        if taken and room < 0:
            break
        taken.append(row)
    if any(row.sent_at is None for row in taken):
        session.execute(_SENT, {"site": site_id, "first": taken[0].n, "upto": taken[-1].n, "now": now})
    return taken, len(taken) < len(found)
