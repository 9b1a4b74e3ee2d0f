"""The hub's side of the key log: everybody's keys, as one verified log, and the heads that sites countersigned.

The verified log stays in memory, since verifying ten thousand entries takes seconds. What the database holds
decides: before each use one short query compares lengths and hashes, and what is new is read and checked.
"""

from datetime import datetime
from threading import Lock

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from hub import keys
from hub.models import HeadSeen, KeyEntry
from hub.models.counter import HEADS
from hub.services import counters
from protocol import key_log
from protocol.errors import KeyLogForkError, WrongSenderError
from protocol.key_log import Log
from protocol.keys import SealingPublicKey, VerifyKey
from protocol.words import six_words

PAGE = 200
"""Entries in one answer to a poll, about 200 kB."""
_TAIL = sa.select(KeyEntry.seq, KeyEntry.hash).order_by(KeyEntry.seq.desc()).limit(1)
_FROM = sa.select(KeyEntry.token).where(KeyEntry.seq >= sa.bindparam("seq")).order_by(KeyEntry.seq)
_HEAD = sa.select(KeyEntry.head).order_by(KeyEntry.seq.desc()).limit(1)
_SEEN_ALL = sa.select(HeadSeen.token).order_by(HeadSeen.seq)
_SEEN_OF = sa.select(HeadSeen.length, HeadSeen.token).where(HeadSeen.site_id == sa.bindparam("site"))
_SEEN_SINCE = (
    sa.select(HeadSeen.token, HeadSeen.seq)
    .where(HeadSeen.seq > sa.bindparam("after"), HeadSeen.site_id != sa.bindparam("site"))
    .order_by(HeadSeen.seq)
    .limit(50)
)


class LogCache:
    """The verified log of one app. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._log = Log()

    def read(self, session: Session) -> Log:
        """The log as the open transaction sees it."""
        tail = session.execute(_TAIL).one_or_none()
        length, last_hash = (0, "") if tail is None else (tail.seq + 1, tail.hash)
        with self._lock:
            log = self._log
            if log.head() != key_log.Head(length, last_hash):
                log = self._log = _catch_up(session, log)
        return log


def log(session: Session) -> Log:
    """The verified key log."""
    cache: LogCache = current_app.extensions.setdefault("hub_key_log", LogCache())
    return cache.read(session)


def start(session: Session, recovery_hash: str, now: datetime) -> None:
    """Write the first entry: the hub's own key. Does nothing if there is one."""
    if session.execute(_TAIL).one_or_none() is None:
        token = key_log.genesis(keys.current(), recovery_hash=recovery_hash, now=now)
        _store(session, Log().append(token), now)


def add(session: Session, site_id: str, signing: VerifyKey, sealing: SealingPublicKey, now: datetime) -> None:
    """Enter a site's keys: its first, or new ones that take the place of the old."""
    known = log(session)
    action = "add" if known.site_keys(site_id) is None else "rotate"
    token = known.next_token(
        keys.current(), subject=site_id, action=action, now=now, signing_key=signing, sealing_key=sealing
    )
    _store(session, known.append(token), now)


def revoke(session: Session, site_id: str, now: datetime) -> None:
    """Take a site's keys away, if it has any."""
    known = log(session)
    if known.site_keys(site_id) is not None:
        token = known.next_token(keys.current(), subject=site_id, action="revoke", now=now)
        _store(session, known.append(token), now)


def entries_from(session: Session, length: int) -> list[str]:
    """The next page of entry tokens for somebody who holds `length` of them."""
    return list(session.scalars(_FROM.limit(PAGE), {"seq": length}))


def all_entries(session: Session) -> list[str]:
    """Every entry token, from the first on."""
    return list(session.scalars(_FROM, {"seq": 0}))


def head_token(session: Session) -> str:
    """The signed head of the log as it stands."""
    return session.scalars(_HEAD).one()


def note_seen(session: Session, site_id: str, token: str, now: datetime) -> None:
    """Keep a site's countersignature under a head, if it is news.

    Raises KeyLogForkError if that head is not one of this log: then somebody else signs with the hub's key, or
    this database was set back. Raises WrongSenderError for another site's countersignature.
    """
    known = session.execute(_SEEN_OF, {"site": site_id}).one_or_none()
    if known is not None and known.token == token:
        return
    own = log(session)
    signer, head = key_log.open_seen(token, own)
    if signer != site_id:
        raise WrongSenderError("A site countersigns for itself only.")
    entries = own.entries
    if not 0 < head.length <= len(entries) or entries[head.length - 1].hash != head.hash:
        raise KeyLogForkError("The countersigned head is not one of this log.", length=head.length)
    if known is None or head.length > known.length:
        session.execute(sa.delete(HeadSeen).where(HeadSeen.site_id == site_id))
        seq = counters.next_value(session, HEADS)
        values = {"site_id": site_id, "length": head.length, "token": token, "seq": seq, "at": now}
        session.execute(sa.insert(HeadSeen), values)


def seen_since(session: Session, cursor: int, reader: str) -> tuple[list[str], int]:
    """Other sites' countersigned heads that are new since `cursor`, at most fifty, and the next cursor."""
    rows = session.execute(_SEEN_SINCE, {"after": cursor, "site": reader}).all()
    return [row.token for row in rows], max((row.seq for row in rows), default=cursor)


def all_seen(session: Session) -> list[str]:
    """Every site's latest countersigned head: for a site that may not poll any more, to judge the log by."""
    return list(session.scalars(_SEEN_ALL))


def words(session: Session) -> tuple[str, ...]:
    """The six words of the log as it stands, which people compare with a site's by phone."""
    shown = log(session)
    return six_words(shown.anchor(), shown.head().hash)


def _catch_up(session: Session, known: Log) -> Log:
    tokens = list(session.scalars(_FROM, {"seq": len(known.entries)}))
    try:
        for token in tokens:
            known = known.append(token)
    except KeyLogForkError:
        tokens = []
    # Shorter or different: a transaction whose entry was read here has been rolled back.
    return known if tokens else Log.load(all_entries(session))


def _store(session: Session, grown: Log, now: datetime) -> None:
    entry = grown.entries[-1]
    head = key_log.sign_head(grown, keys.current(), now)
    values = {"seq": entry.seq, "subject": entry.subject, "token": entry.token, "hash": entry.hash}
    session.execute(sa.insert(KeyEntry), values | {"head": head, "at": now})
