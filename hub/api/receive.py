"""`POST /v1/messages`: a batch of tokens in, one receipt a token out, one commit.

For each number, in order: the next one is opened and acted on in a savepoint of its own, and used up whether it is
accepted or rejected; one taken before gets the stored receipt; one taken before with other bytes is a clone's; one
too high refuses the POST. Receipts are handed out only after the commit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub import inbox, keys
from hub.api.door import Caller, open_wrapper
from hub.models import Inbound, InboxRow
from hub.steps import RECEIVE_BEFORE_COMMIT, RELEASE_BEFORE_COMMIT, step
from protocol.envelope import HUB, Message, new_claims, open_envelope, sign, token_hash
from protocol.errors import (
    BadTokenError,
    JtiConflictError,
    NumberGapError,
    ProtocolError,
    TooLargeError,
    WrongSenderError,
)
from protocol.limits import MAX_LIFETIME, MAX_TOKENS
from protocol.messages.matches import Accept, Letters
from protocol.messages.transport import Numbered, Receipt, Submit

_INBOX = InboxRow.__table__
_KNOWN = sa.select(_INBOX.c.n, _INBOX.c.hash, _INBOX.c.receipt).where(
    _INBOX.c.site_id == sa.bindparam("site"),
    _INBOX.c.epoch == sa.bindparam("epoch"),
    _INBOX.c.n.between(sa.bindparam("first"), sa.bindparam("last")),
)
_SEEN = sa.select(_INBOX.c.jti).where(
    _INBOX.c.site_id == sa.bindparam("site"), _INBOX.c.jti.in_(sa.bindparam("jtis", expanding=True))
)
_INSERT = sa.insert(_INBOX)  # type: ignore[arg-type]
_ADVANCE = (
    sa.update(Inbound.__table__)  # type: ignore[arg-type]
    .where(Inbound.__table__.c.site_id == sa.bindparam("site"))
    .values(last_n=sa.bindparam("number"), called_at=sa.bindparam("now", type_=Inbound.called_at.type))
)


class ClonedSiteError(JtiConflictError):
    """A number of this site came twice with different bytes: two agents hold its keys."""

    def __init__(self, site_id: str, n: int) -> None:
        super().__init__(
            "This number was taken with other bytes. The site is suspended: phone the hub's team.", n=n
        )
        self.site_id = site_id


@dataclass(frozen=True)
class Received:
    """The receipts of a POST, in order, and whether an acceptance among it released an identity letter."""

    receipts: list[str]
    released: bool


@dataclass
class _Batch:
    """The receipts and rows that one POST makes."""

    caller: Caller
    now: datetime
    jtis: set[str]
    """Ids used up, before and within this POST."""
    receipts: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    released: bool = False


def receive(session: Session, post: dict[str, Any], now: datetime) -> Received:
    """Take a POST's tokens; the caller commits before it hands out the receipts.

    Raises the ProtocolError for which the whole POST is refused and nothing of it is taken.
    """
    wrapper, tokens = _read(post)
    _, submit, caller = open_wrapper(session, wrapper, Submit, now)
    _match_up(submit.tokens, tokens)
    stored = _stored(session, caller, submit.tokens)
    opened = {
        numbered.n: _open(caller, token, now)
        for numbered, token in zip(submit.tokens, tokens, strict=True)
        if numbered.n not in stored
    }
    batch = _Batch(caller, now, jtis=_seen_before(session, caller, opened.values()))
    for numbered, token in zip(submit.tokens, tokens, strict=True):
        if numbered.n in stored:
            batch.receipts.append(stored[numbered.n])
        else:
            _take(session, batch, numbered, token, opened[numbered.n])
    if batch.rows:
        session.execute(_INSERT, batch.rows)
        session.execute(_ADVANCE, {"site": caller.site_id, "number": submit.tokens[-1].n, "now": now})
    step.send(RECEIVE_BEFORE_COMMIT)
    if batch.released:
        step.send(RELEASE_BEFORE_COMMIT)
    return Received(batch.receipts, batch.released)


def _read(post: dict[str, Any]) -> tuple[str, list[str]]:
    wrapper, tokens = post.get("wrapper"), post.get("tokens")
    if set(post) != {"wrapper", "tokens"} or not isinstance(wrapper, str) or not isinstance(tokens, list):
        raise BadTokenError('A POST is {"wrapper": token, "tokens": [token, …]}.')
    if not all(isinstance(token, str) for token in tokens):
        raise BadTokenError("Each of the tokens is a string.")
    if len(tokens) > MAX_TOKENS:
        raise TooLargeError(limit=MAX_TOKENS)
    return wrapper, tokens


def _match_up(numbered: Sequence[Numbered], tokens: Sequence[str]) -> None:
    """The wrapper vouches for the bytes beside it: a bit that flipped on the way shows here, before any is taken."""
    if len(numbered) != len(tokens):
        raise BadTokenError("The wrapper lists another number of tokens than stand beside it.")
    for each, token in zip(numbered, tokens, strict=True):
        if not token.isascii() or token_hash(token) != each.hash:
            raise BadTokenError("A token is not the one that the wrapper lists.", n=each.n)


def _stored(session: Session, caller: Caller, numbered: Sequence[Numbered]) -> dict[int, str]:
    """The receipts of the numbers taken before. Raises NumberGapError or ClonedSiteError for the whole POST."""
    first, last = numbered[0].n, numbered[-1].n
    follows = all(after.n == before.n + 1 for before, after in pairwise(numbered))
    if not follows or first > caller.last_n + 1:
        raise NumberGapError(expected=caller.last_n + 1, epoch=caller.epoch)
    if first > caller.last_n:
        return {}
    span = {"site": caller.site_id, "epoch": caller.epoch, "first": first, "last": last}
    rows = {row.n: row for row in session.execute(_KNOWN, span)}
    for each in numbered:
        row = rows.get(each.n)
        if row is not None and row.hash != each.hash:
            raise ClonedSiteError(caller.site_id, each.n)
        if row is None and each.n <= caller.last_n:
            raise NumberGapError(
                "That number was taken long ago.", expected=caller.last_n + 1, epoch=caller.epoch
            )
    return {n: row.receipt for n, row in rows.items()}


def _open(caller: Caller, token: str, now: datetime) -> Message | ProtocolError:
    """The message in a token of the calling site, or why it is none."""
    try:
        message = open_envelope(token, caller.keyring, now, audience=HUB)
    except ProtocolError as refusal:
        return refusal
    if message.iss != caller.site_id:
        return WrongSenderError("A token is signed by the site that submits it.")
    return message


def _seen_before(session: Session, caller: Caller, opened: Iterable[Message | ProtocolError]) -> set[str]:
    """Which of these messages' ids the site has used up already."""
    jtis = [message.jti for message in opened if isinstance(message, Message)]
    rows = session.execute(_SEEN, {"site": caller.site_id, "jtis": jtis}) if jtis else ()
    return {row.jti for row in rows}


def _take(
    session: Session, batch: _Batch, numbered: Numbered, token: str, opened: Message | ProtocolError
) -> None:
    """Act on the token of the next number and keep the receipt. Its number is used up either way."""
    message, error, jti = None, None, None
    if isinstance(opened, ProtocolError):
        error = opened
    elif opened.jti in batch.jtis:
        message, error = opened, JtiConflictError()
    else:
        message, error, jti = opened, _act(session, batch, opened), opened.jti
        batch.jtis.add(jti)
    receipt = _receipt(batch, numbered, message, error)
    batch.receipts.append(receipt)
    batch.rows.append(
        {
            "site_id": batch.caller.site_id, "epoch": batch.caller.epoch, "n": numbered.n, "jti": jti,
            "hash": numbered.hash, "type": message.type if message else None, "receipt": receipt,
            "token": token if _may_be_kept(message, error) else None, "at": batch.now,
        }
    )  # fmt: skip


def _act(session: Session, batch: _Batch, message: Message) -> ProtocolError | None:
    """Let a message have its effect, in a savepoint of its own; the refusal, if it has none."""
    try:
        return _try(session, batch, message)
    except IntegrityError:
        # Another site's message took the same random id a moment ago: looked up again, it is there, and refused.
        return _try(session, batch, message)


def _try(session: Session, batch: _Batch, message: Message) -> ProtocolError | None:
    savepoint = session.begin_nested()
    try:
        inbox.handle(message, batch.caller.site_id, session, batch.now)
        savepoint.commit()
    except ProtocolError as refusal:
        savepoint.rollback()
        # Rows that were read inside the savepoint may hold what it undid.
        session.expire_all()
        return refusal
    except IntegrityError:
        savepoint.rollback()
        session.expire_all()
        raise
    batch.released |= isinstance(message.body, Accept)
    return None


def _may_be_kept(message: Message | None, error: ProtocolError | None) -> bool:
    """Letters are filed apart and deleted when used; a rejected token may hold anything."""
    return message is not None and error is None and not isinstance(message.body, Letters)


def _receipt(batch: _Batch, numbered: Numbered, message: Message | None, error: ProtocolError | None) -> str:
    body = Receipt(
        n=numbered.n,
        hash=numbered.hash,
        outcome="accepted" if error is None else "rejected",
        committed_at=batch.now,
        code=None if error is None else error.code,
        state=None if error is None else error.members.get("state"),
    )
    claims = new_claims(
        body,
        iss=HUB,
        aud=batch.caller.site_id,
        now=batch.now,
        lifetime=MAX_LIFETIME,
        re=message.jti if message else None,
    )
    return sign(claims, keys.current())
