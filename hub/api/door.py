"""Who calls: opening a wrapper, in this order.

Size and form of the POST; signature, audience, type and body of the wrapper (`protocol.envelope`); freshness;
how often the site calls; its live key; its state; its epoch. From then on the site's `inbound` row is held, so that
its calls come one at a time.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import current_app, g
from sqlalchemy.orm import Session

from hub.api.buckets import Buckets
from hub.models import Inbound, Site, SiteState
from hub.services import enrolment, key_directory
from protocol.envelope import HUB, Message, check_fresh, open_envelope
from protocol.errors import (
    KeyRevokedError,
    NumberGapError,
    RateLimitedError,
    SitePendingError,
    SiteSuspendedError,
    UnknownKidError,
    UnsupportedTypeError,
)
from protocol.key_log import Log
from protocol.keys import Keyring, VerifyKey
from protocol.messages.transport import Poll, Submit

Wrapper = TypeVar("Wrapper", Submit, Poll)
_COLUMNS = (Inbound.epoch, Inbound.last_n, Inbound.cursor, Inbound.directory_edition, Inbound.called_at)
_HOLD = (
    sa.select(Site.state, *_COLUMNS)
    .join(Inbound, Inbound.site_id == Site.site_id)
    .where(Site.site_id == sa.bindparam("site"))
    .with_for_update(of=Inbound)
)


@dataclass(frozen=True)
class Caller:
    """The site that calls, as its held row says."""

    site_id: str
    keyring: Keyring
    log: Log
    epoch: int
    last_n: int
    cursor: int
    directory_edition: int
    called_at: datetime | None


@dataclass(frozen=True)
class _DoorKeyring:
    """The key log, and after it the keys of sites that wait for approval, so that they can be told so."""

    log: Log
    session: Session

    def verify_key(self, kid: str, at: datetime | None = None) -> VerifyKey:
        try:
            return self.log.keyring().verify_key(kid, at)
        except UnknownKidError:
            key = enrolment.pending_key(self.session, kid)
            if key is None:
                raise
            return key


def open_wrapper(
    session: Session, token: str, kind: type[Wrapper], now: datetime
) -> tuple[Message, Wrapper, Caller]:
    """Open a wrapper of this kind and hold the calling site's row. Raises the ProtocolError of what is wrong."""
    log = key_directory.log(session)
    message = open_envelope(token, _DoorKeyring(log, session), now, audience=HUB)
    body = message.body
    if not isinstance(body, kind):
        raise UnsupportedTypeError(f"Here stands a {kind.TYPE}.")
    g.calling_site_id = message.iss
    check_fresh(message, now)
    _slow_down(message.kid)
    caller = _hold(session, message, log)
    if body.epoch != caller.epoch:
        raise NumberGapError(
            "Another epoch of this site's numbers is open.", expected=caller.last_n + 1, epoch=caller.epoch
        )
    return message, body, caller


def init_buckets(app: Any, per_second: int, at_once: int) -> None:
    """Give the app its count of calls per key."""
    app.extensions["hub_calls"] = Buckets(per_second, at_once)
    app.extensions["hub_refusals"] = Buckets(1, 60)


def _slow_down(kid: str) -> None:
    # By key: whoever has one that was replaced, or is not approved, does not use up the calls of the live one.
    buckets: Buckets = current_app.extensions["hub_calls"]
    wait = buckets.take(kid)
    if wait > 0:
        raise RateLimitedError(retry_after=max(1, math.ceil(wait)))


def _hold(session: Session, message: Message, log: Log) -> Caller:
    row = session.execute(_HOLD, {"site": message.iss}).one_or_none()
    live = log.site_keys(message.iss)
    if row is None or (live is None and row.state not in {SiteState.INVITED, SiteState.PENDING}):
        raise KeyRevokedError()
    if live is None:
        raise SitePendingError()
    if live.signing.kid() != message.kid:
        _refuse_other_key(log, message.kid)
    if row.state == SiteState.SUSPENDED:
        raise SiteSuspendedError()
    return Caller(message.iss, log.keyring(), log, *row[1:])


def _refuse_other_key(log: Log, kid: str) -> None:
    # A key that was rotated away still proves what it signed before, but nobody calls with it any more.
    try:
        log.keyring().verify_key(kid)
    except UnknownKidError:
        raise SitePendingError("The new keys of this site are not approved yet.") from None
    raise KeyRevokedError("This key has been replaced: call with the live one.")
