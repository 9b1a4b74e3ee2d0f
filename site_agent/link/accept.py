"""Takes one message of the hub: opens it, has its effect, moves the cursor, in one commit.

What cannot be taken: a message by a key that the log does not hold, or one that is malformed, misdirected, unknown or
refused by its handler, is acknowledged with a `nack`, which goes to staff, since an un-acknowledged one would block
everything behind it. A fault of this program's own acknowledges nothing: the hub keeps the message, and it is tried
again.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, update

from protocol.envelope import Message, check_expired, peek, token_hash
from protocol.errors import ProtocolError, UnknownKidError, UnsupportedTypeError
from protocol.messages import matches
from protocol.messages.body import ID_PATTERN
from protocol.messages.directory import Sites
from protocol.messages.transport import Nack, Void
from site_agent import outbox
from site_agent.link.errors import HubAnswerError, OwnFaultError
from site_agent.link.faults import where
from site_agent.link.inbox import HANDLERS
from site_agent.link.steps import reached
from site_agent.link.wire import Wire, link_state
from site_agent.models import AnySession, LinkState, Seen

logger = logging.getLogger(__name__)

TAKEN_LATE = frozenset({matches.HomeStatus.TYPE, matches.HelperStatus.TYPE, Sites.TYPE, Void.TYPE})
"""Taken even after their expiry: they only tell how things stand, and `ended` must close an access however long
the site was away."""
NACK_CODES = frozenset(
    {
        "bad-token",
        "unknown-kid",
        "unsupported-type",
        "schema-invalid",
        "wrong-letter",
        "stale-state",
        "expired",
    }
)
_NEAREST = {"key-revoked": "unknown-kid", "unsupported-version": "unsupported-type"}


@dataclass(frozen=True)
class Arrived:
    """One token of a verified batch."""

    wire: Wire
    n: int
    token: str


def take(session: AnySession, arrived: Arrived, now: datetime) -> bool:
    """Take the message that stands next; False for one that was taken before.

    Raises HubAnswerError for a number that does not follow, UnknownKidError while an alarm stands and the key is
    unknown, OwnFaultError if this program failed. Then nothing of the message is kept.
    """
    try:
        if not _move_cursor(session, arrived.n):
            return False
        type_name = _effect(session, arrived, now)
        reached("receive.before-commit")
        session.commit()
    except (HubAnswerError, UnknownKidError):
        raise
    except Exception as error:
        logger.error("A message could not be taken and stays at the hub: %s", where(error))
        raise OwnFaultError(type(error).__name__) from error
    finally:
        session.rollback()
    reached("receive.committed")
    if type_name == matches.Release.TYPE:
        reached("release.committed")
    return True


def _move_cursor(session: AnySession, n: int) -> bool:
    """Only ever by one, so that of two receivers one takes a message and the other finds it taken."""
    link_state(session)
    moved = session.execute(
        update(LinkState)
        .where(LinkState.id == 1, LinkState.cursor == n - 1)
        .values(cursor=n)
        .execution_options(synchronize_session="fetch")
    )
    if cast(CursorResult[None], moved).rowcount == 1:
        return True
    if link_state(session).cursor >= n:
        return False
    raise HubAnswerError("A message is missing before this one.")


def _effect(session: AnySession, arrived: Arrived, now: datetime) -> str | None:
    """The type of the message that had its effect; None if it was answered with a nack or had it before."""
    try:
        message = _open(session, arrived, now)
        if not _first_time(session, message, now):
            return None
        with session.begin_nested():
            HANDLERS[message.type](session, message, now)
    except ProtocolError as error:
        if isinstance(error, UnknownKidError) and link_state(session).alarm is not None:
            # The log is in dispute, so the key may be good after all: the message stays at the hub until people
            # have settled it.
            raise
        _nack(session, arrived.token, error, now)
        return None
    return message.type


def _open(session: AnySession, arrived: Arrived, now: datetime) -> Message:
    message = arrived.wire.open(arrived.token, now)
    if message.type not in TAKEN_LATE:
        check_expired(message, arrived.wire.hub_time(now))
    if message.type not in HANDLERS:
        raise UnsupportedTypeError(f"{message.type} does not come as a message.")
    return message


def _first_time(session: AnySession, message: Message, now: datetime) -> bool:
    mark = token_hash(message.jti)
    if session.get(Seen, mark) is not None:
        return False
    session.add(Seen(jti_hash=mark, seen_at=now))
    session.flush()
    return True


def _nack(session: AnySession, token: str, error: ProtocolError, now: datetime) -> None:
    """Say that this message was not taken, if it can be named at all."""
    logger.warning("A message of the hub was not taken: %s", error.code)
    try:
        jti = peek(token)[1].get("jti")
    except ProtocolError:
        return
    if not isinstance(jti, str) or re.fullmatch(ID_PATTERN, jti) is None:
        return
    outbox.queue(session, Nack(jti=jti, code=nack_code(error)), now=now, re=jti)


def nack_code(error: ProtocolError) -> str:
    """The word of a nack that comes nearest to a refusal."""
    return error.code if error.code in NACK_CODES else _NEAREST.get(error.code, "bad-token")
