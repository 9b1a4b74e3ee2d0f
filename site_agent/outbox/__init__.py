"""The outbox: what this site says to the hub, signed once, in the commit that holds its local effect.

Nothing here commits. A caller queues beside its own changes; the link sends what is `waiting`, in order, and
settles each row with the hub's receipt.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from protocol.envelope import HUB, MAX_LIFETIME, new_claims, peek, sign, token_hash
from protocol.messages import load_body
from protocol.messages.body import Body
from protocol.messages.matches import (
    Accept,
    Attempted,
    Closed,
    Confirmed,
    Letters,
    Pass,
    Reached,
    Rematch,
    Withdraw,
)
from protocol.messages.offers import Capacity
from protocol.messages.transport import Hello, Nack, Void
from site_agent.keys import current_keys
from site_agent.models import AnySession, Enrolment, LinkState, Match, OutboxRow
from site_agent.models.conditional import move

__all__ = [
    "NotEnrolledError",
    "StaysHereError",
    "abandon",
    "cancel",
    "dead",
    "is_followed",
    "is_posted",
    "let_go",
    "mark_posted",
    "queue",
    "retry",
    "settle",
    "site_id",
    "waiting",
]

FORGETS = frozenset({Letters.TYPE})
"""Types whose token tells which sites were written to: forgotten with the receipt (protocol page, step 3)."""
TOLD_AGAIN = frozenset(body.TYPE for body in (Attempted, Closed, Pass, Reached, Rematch, Withdraw))
"""What is as true after two weeks as on the day: said anew when it waited here until it expired. A first attempt
carries its own time, which counts at the hub."""
ANSWERS = frozenset(body.TYPE for body in (Accept, Confirmed))
"""What answers a proposal or a release that the hub has long since taken to another site."""
BY_THE_WAY = frozenset(body.TYPE for body in (Capacity, Hello, Nack, Void))
"""Of no use to anybody once they are old: the next one says more."""

RECEIPTS_KEPT = timedelta(days=35)
"""Protocol page: how long the hub can repeat what it said of a message."""

_FORGOTTEN: dict[str, None] = dict.fromkeys(("type", "thid", "token", "queued_at", "posted_at"))


class NotEnrolledError(Exception):
    """This site has no place at a hub yet, so it has nobody to write to. Mend: enrol first."""


class StaysHereError(RuntimeError):
    """A fault of this program: it was about to tell the hub of a match between two people of this site."""


def site_id(session: AnySession) -> str:
    """This site's id at its hub. Raises NotEnrolledError before the hub has approved it."""
    enrolment = session.get(Enrolment, 1)
    if enrolment is None or enrolment.site_id is None or enrolment.state != "approved":
        raise NotEnrolledError("This site is not enrolled at a hub.")
    return enrolment.site_id


def queue(
    session: AnySession,
    body: Body,
    *,
    now: datetime,
    thid: str | None = None,
    re: str | None = None,
    lifetime: timedelta | None = None,
) -> OutboxRow:
    """Sign a message to the hub and give it the next number. `lifetime` is 14 days unless given.

    Raises NotEnrolledError; StaysHereError for a match within the site, of which the hub never hears.
    """
    sender = site_id(session)
    if thid is not None and _is_local(session, thid):
        raise StaysHereError("Nothing of a match within the site goes to the hub.")
    claims = new_claims(
        body, iss=sender, aud=HUB, now=now, lifetime=lifetime or MAX_LIFETIME, thid=thid, re=re
    )
    token = sign(claims, current_keys().signing)
    epoch, n = _next_number(session)
    row = OutboxRow(
        epoch=epoch, n=n, jti=claims.jti, hash=token_hash(token), type=body.TYPE, thid=thid, token=token,
        state="waiting", queued_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def waiting(session: AnySession, limit: int | None = None) -> Sequence[OutboxRow]:
    """What still has no receipt, in order."""
    rows = select(OutboxRow).where(OutboxRow.state == "waiting").order_by(OutboxRow.epoch, OutboxRow.n)
    return session.scalars(rows.limit(limit) if limit is not None else rows).all()


def mark_posted(session: AnySession, rows: Iterable[OutboxRow], now: datetime) -> None:
    """These are about to be handed to the network; commit before posting."""
    for row in rows:
        if row.posted_at is None:
            row.posted_at = now


def is_posted(session: AnySession, type_names: Iterable[str]) -> bool:
    """Whether a message of these types may have arrived, and has no receipt yet."""
    posted = OutboxRow.state == "waiting", OutboxRow.posted_at.is_not(None), OutboxRow.type.in_(type_names)
    return session.scalar(select(OutboxRow.id).where(*posted).limit(1)) is not None


def is_followed(session: AnySession, row: OutboxRow, type_names: Iterable[str]) -> bool:
    """Whether a later message of these types about the same match was written."""
    later = OutboxRow.id > row.id, OutboxRow.thid == row.thid, OutboxRow.type.in_(type_names)
    return session.scalar(select(OutboxRow.id).where(*later).limit(1)) is not None


def settle(
    session: AnySession,
    row: OutboxRow,
    *,
    outcome: str,
    committed_at: datetime,
    code: str | None = None,
) -> bool:
    """Keep what the hub's receipt says. False, and no change, if the row was settled before.

    What a person can mend, and nothing else, becomes a dead letter (`rejected`). Of refused letters only that they
    were refused stays: which sites they were for is forgotten as it is of accepted ones.
    """
    outdated = code == "expired" and is_outdated(row, committed_at)
    fine = outcome == "accepted" or code == "stale-state" or (outdated and row.type in ANSWERS | BY_THE_WAY)
    values: dict[str, object] = {"state": "accepted" if fine else "rejected"}
    if row.type in FORGETS:
        values |= {"state": "forgotten", **_FORGOTTEN} if fine else {"token": None}
    values |= {"code": code, "settled_at": committed_at}
    if not move(session, row, OutboxRow.state == "waiting", **values):
        return False
    if outdated and row.type in TOLD_AGAIN:
        retry(session, row, committed_at)
    return True


def is_outdated(row: OutboxRow, committed_at: datetime) -> bool:
    """Whether it waited here for as long as a message lives. One that expired sooner was written by a wrong clock."""
    # Said anew it is dated by the hub's own clock, so that it cannot come back for this reason once more.
    return row.queued_at is not None and committed_at - row.queued_at >= MAX_LIFETIME


def dead(session: AnySession) -> Sequence[OutboxRow]:
    """What the hub refused and a person should look at."""
    rows = select(OutboxRow).where(OutboxRow.state == "rejected")
    return session.scalars(rows.order_by(OutboxRow.id)).all()


def retry(session: AnySession, row: OutboxRow, now: datetime) -> OutboxRow | None:
    """Say the same again as a new message. None if the row is no dead letter (any more), or one of letters, which
    are sealed anew (`take_up`)."""
    if row.token is None or row.type is None:
        return None
    claims = peek(row.token)[1]
    body = load_body(row.type, claims["body"])
    if not take_up(session, row):
        return None
    return queue(session, body, now=now, thid=row.thid, re=claims.get("re"))


def take_up(session: AnySession, row: OutboxRow) -> bool:
    """A person sends the matter of a dead letter again, in other words. False if it is none (any more)."""
    return move(session, row, OutboxRow.state == "rejected", state="retried")


def overtaken(session: AnySession, thid: str, type_name: str) -> None:
    """What was refused about a match no longer matters, since the match has moved on."""
    refused = OutboxRow.thid == thid, OutboxRow.type == type_name, OutboxRow.state == "rejected"
    session.execute(
        update(OutboxRow)
        .where(*refused)
        .values(state="dismissed")
        .execution_options(synchronize_session="fetch")
    )


def is_refused(session: AnySession, thid: str, type_name: str) -> bool:
    """Whether a dead letter of this type about a match waits for a person."""
    refused = OutboxRow.thid == thid, OutboxRow.type == type_name, OutboxRow.state == "rejected"
    return session.scalar(select(OutboxRow.id).where(*refused).limit(1)) is not None


def abandon(session: AnySession, now: datetime) -> None:
    """Nothing goes to this hub any more: what waits and what was refused is forgotten, its bytes with it."""
    unsettled = OutboxRow.state.in_(("waiting", "rejected"))
    session.execute(
        update(OutboxRow)
        .where(unsettled)
        .values(state="forgotten", settled_at=now, **_FORGOTTEN)
        .execution_options(synchronize_session="fetch")
    )


def let_go(session: AnySession, row_ids: Iterable[int], now: datetime) -> int:
    """The hub has used up the numbers of these and keeps no receipt of them any more: how many went out so long ago
    that this can be. What became of the matter it has told since, so nothing is done here.
    """
    n_gone = 0
    for row in session.scalars(select(OutboxRow).where(OutboxRow.id.in_(row_ids))).all():
        values = _FORGOTTEN if row.type in FORGETS else {}
        old = OutboxRow.state == "waiting", OutboxRow.posted_at <= now - RECEIPTS_KEPT
        state = "forgotten" if row.type in FORGETS else "dismissed"
        n_gone += move(session, row, *old, state=state, settled_at=now, **values)
    return n_gone


def cancel(session: AnySession, row: OutboxRow, now: datetime) -> bool:
    """Put a void in the place of a message that was never handed to the network; its number is used up.

    The caller undoes the local effect in the same commit. False, and no change, if it may have been sent.
    """
    claims = new_claims(Void(), iss=site_id(session), aud=HUB, now=now, lifetime=MAX_LIFETIME)
    token = sign(claims, current_keys().signing)
    void = {"jti": claims.jti, "hash": token_hash(token), "type": Void.TYPE, "thid": None, "token": token}
    return move(session, row, OutboxRow.state == "waiting", OutboxRow.posted_at.is_(None), **void)


def _is_local(session: AnySession, thid: str) -> bool:
    match = session.get(Match, thid)
    return match is not None and match.is_local


def _next_number(session: AnySession) -> tuple[int, int]:
    session.flush()
    if session.get(LinkState, 1) is None:
        session.add(LinkState(id=1))
        session.flush()
    taken = session.execute(
        update(LinkState)
        .where(LinkState.id == 1)
        .values(next_n=LinkState.next_n + 1)
        .returning(LinkState.epoch, LinkState.next_n)
        .execution_options(synchronize_session="fetch")
    ).one()
    return taken.epoch, taken.next_n - 1
