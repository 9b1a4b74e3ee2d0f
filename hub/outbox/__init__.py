"""Queue a message for a site in the open session: signed here, once, with the next number. Never commits.

The bytes are kept until the site acknowledges them, and are never signed again: a resend is the same bytes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub import keys
from hub.models import Outbound, OutboxRow
from protocol.envelope import HUB, new_claims, new_id, sign, token_hash
from protocol.limits import MAX_LIFETIME
from protocol.messages.body import Body
from protocol.messages.matches import Proposal, Release
from protocol.messages.transport import Void

_OUTBOX = OutboxRow.__table__
_TAKE_NUMBER = (
    sa.update(Outbound)
    .where(Outbound.site_id == sa.bindparam("site"))
    .values(last_n=Outbound.last_n + 1)
    .returning(Outbound.last_n)
    .execution_options(synchronize_session=False)
)
_INSERT = sa.insert(_OUTBOX)  # type: ignore[arg-type]
_REPLACE = (
    sa.update(_OUTBOX)  # type: ignore[arg-type]
    .where(
        _OUTBOX.c.site_id == sa.bindparam("site"),
        _OUTBOX.c.n == sa.bindparam("number"),
        _OUTBOX.c.acknowledged_at.is_(None),
    )
    .values({name: sa.bindparam(f"new_{name}") for name in ("jti", "type", "hash", "token")})
)
_OPEN_HANDOVERS = sa.select(_OUTBOX.c.site_id, _OUTBOX.c.n, _OUTBOX.c.type, _OUTBOX.c.sent_at).where(
    _OUTBOX.c.match_id == sa.bindparam("match"),
    _OUTBOX.c.site_id == sa.bindparam("site"),
    _OUTBOX.c.type.in_((Proposal.TYPE, Release.TYPE)),
    _OUTBOX.c.acknowledged_at.is_(None),
)
_HOLD_LAST = sa.select(Outbound.last_n).where(Outbound.site_id == sa.bindparam("site")).with_for_update()
_UNSENT = (
    sa.select(_OUTBOX.c.n)
    .where(
        _OUTBOX.c.site_id == sa.bindparam("site"),
        _OUTBOX.c.sent_at.is_(None),
        _OUTBOX.c.acknowledged_at.is_(None),
    )
    .order_by(_OUTBOX.c.n)
)
_RENUMBER = (
    sa.update(_OUTBOX)  # type: ignore[arg-type]
    .where(_OUTBOX.c.site_id == sa.bindparam("site"), _OUTBOX.c.n == sa.bindparam("number"))
    .values(n=sa.bindparam("later"))
)
_GO_ON_FROM = (
    sa.update(Outbound)
    .where(Outbound.site_id == sa.bindparam("site"))
    .values(last_n=sa.bindparam("last"))
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True)
class Queued:
    """Where a message stands: its number towards the site and its id."""

    site_id: str
    n: int
    jti: str


def queue(
    session: Session,
    site_id: str,
    body: Body,
    *,
    now: datetime,
    thid: str | None = None,
    re: str | None = None,
    match_id: str | None = None,
    jti: str | None = None,
    lifetime: timedelta = MAX_LIFETIME,
) -> Queued:
    """Sign `body` for the site and put it last in its line. `match_id` stays here; the site sees `thid` only."""
    n = session.execute(_TAKE_NUMBER, {"site": site_id}).scalar_one()
    jti = jti or new_id()
    claims = new_claims(body, iss=HUB, aud=site_id, now=now, lifetime=lifetime, thid=thid, re=re, jti=jti)
    token = sign(claims, keys.current())
    row = {"site_id": site_id, "n": n, "jti": jti, "type": body.TYPE, "match_id": match_id}
    session.execute(_INSERT, row | {"hash": token_hash(token), "token": token, "queued_at": now})
    return Queued(site_id, n, jti)


def void(session: Session, site_id: str, n: int, now: datetime) -> bool:
    """Put a `transport.void` in the place of a message that the site has not acknowledged; False if it has.

    It may have been sent and lost, so it may arrive all the same: what it did there, `ended` undoes.
    """
    claims = new_claims(Void(), iss=HUB, aud=site_id, now=now, lifetime=MAX_LIFETIME)
    token = sign(claims, keys.current())
    new = {"new_jti": claims.jti, "new_type": Void.TYPE, "new_hash": token_hash(token), "new_token": token}
    return bool(session.execute(_REPLACE, {"site": site_id, "number": n, **new}).rowcount)  # type: ignore[attr-defined]


def void_handovers(session: Session, match_id: str, site_id: str, now: datetime) -> bool:
    """Void this match's unacknowledged proposal and release to a site.

    True if the site may have heard of the match: its proposal was acknowledged, or stood in an answer.
    """
    rows = session.execute(_OPEN_HANDOVERS, {"match": match_id, "site": site_id}).all()
    for row in rows:
        void(session, row.site_id, row.n, now)
    return not any(row.type == Proposal.TYPE and row.sent_at is None for row in rows)


def put_behind(session: Session, site_id: str, cursor: int) -> bool:
    """A site has committed messages under numbers that this hub never sent, so the hub was restored from an older
    copy: what was never sent goes behind the site's cursor, in its order. False if all up to the cursor was sent.

    Left where they are, those messages would count as acknowledged and be lost.
    """
    last_n = session.execute(_HOLD_LAST, {"site": site_id}).scalar_one()
    unsent = session.scalars(_UNSENT, {"site": site_id}).all()
    by = cursor + 1 - (unsent[0] if unsent else last_n + 1)
    if by <= 0:
        return False
    for n in reversed(unsent):
        session.execute(_RENUMBER, {"site": site_id, "number": n, "later": n + by})
    session.execute(_GO_ON_FROM, {"site": site_id, "last": last_n + by})
    return True
