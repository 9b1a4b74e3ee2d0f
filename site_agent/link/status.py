"""How the link stands, for the pages: connected or not, what waits, what was refused, and what a person can do.

Reads and writes this site's own database only, so every page does its job with the hub away.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from protocol.messages.matches import Letters
from site_agent import outbox
from site_agent.hub_link import DeadLetter, LinkStatus, WaitingMessage
from site_agent.link.wording import trouble
from site_agent.models import AnySession, Enrolment, LinkState, OutboxRow
from site_agent.models.conditional import move
from site_agent.services import inter_site_home, key_directory
from site_agent.services.left_hub import LEFT
from site_agent.services.not_sent import UNDO

CONNECTED_FOR = timedelta(minutes=2)
"""A site polls at least every 36 s while all is well; after three missed polls it counts as not connected."""
HELD_BACK = frozenset({"site-pending", "site-suspended"})
_COUNTS = (
    select(OutboxRow.state, func.count())
    .where(OutboxRow.state.in_(("waiting", "rejected")))
    .group_by(OutboxRow.state)
)


def link_status(session: AnySession, now: datetime) -> LinkStatus:
    """How the link stands at this moment."""
    state = session.get(LinkState, 1) or LinkState(id=1)
    enrolment = session.get(Enrolment, 1)
    enrolled = enrolment is not None and enrolment.state == "approved"
    code = state.last_error_code if enrolled else _enrolment_code(enrolment)
    wrong = state.alarm or code
    fresh = state.last_ok_at is not None and now - state.last_ok_at <= CONNECTED_FOR
    counts = dict(session.execute(_COUNTS).all())
    return LinkStatus(
        connected=enrolled and fresh and (code is None or code == "own-fault"),
        waiting=counts.get("waiting", 0),
        dead=counts.get("rejected", 0),
        last_ok_at=state.last_ok_at,
        alarm=state.alarm,
        pending=code in HELD_BACK,
        code=code,
        trouble=trouble(wrong) if wrong else None,
        left=code == LEFT,
    )


def log_words(session: AnySession) -> tuple[str, ...]:
    """The six words of the key log as it is held here; none while an alarm asks for another screen's."""
    return () if key_directory.alarm(session) is not None else key_directory.words(session)


def dead_letters(session: AnySession) -> Sequence[DeadLetter]:
    """What the hub refused and a person should look at, oldest first."""
    return [
        DeadLetter(
            row.id,
            row.type or "",
            row.queued_at,
            row.settled_at,
            row.code or "",
            trouble(row.code or ""),
            comes_back=row.type in UNDO,
        )
        for row in outbox.dead(session)
    ]


def waiting(session: AnySession) -> Sequence[WaitingMessage]:
    """What has no receipt yet, in the order in which it goes."""
    return [
        WaitingMessage(row.id, row.type or "", row.queued_at, row.posted_at is None and row.type in UNDO)
        for row in outbox.waiting(session)
    ]


def send_again(session: AnySession, row_id: int, now: datetime) -> bool:
    """Say a refused message again, as a new one; letters are sealed anew. False if it is no dead letter any more.
    Never commits."""
    row = session.get(OutboxRow, row_id)
    if row is None:
        return False
    if row.type == Letters.TYPE:
        return inter_site_home.letters_again(session, row, now)
    return outbox.retry(session, row, now) is not None


def dismiss(session: AnySession, row_id: int, now: datetime) -> bool:
    """The matter is settled otherwise: take it off the list. What can be undone here is (`comes_back`), or nobody
    would ever look at it again. False if it is not there. Never commits."""
    row = session.get(OutboxRow, row_id)
    if row is None or not move(session, row, OutboxRow.state == "rejected", state="dismissed"):
        return False
    if row.thid is not None:
        undo = UNDO.get(row.type or "")
        if undo is not None:
            undo(session, row.thid, now)
        if row.type == Letters.TYPE:
            inter_site_home.letters_dropped(session, row.thid)
    return True


def cancel(session: AnySession, row_id: int, now: datetime) -> bool:
    """Take back a message that the network never had, and its effect here. False, and no change, if it may have been
    sent, or if its effect cannot be undone. Never commits."""
    row = session.get(OutboxRow, row_id)
    undo = UNDO.get(row.type or "") if row is not None else None
    if row is None or undo is None or row.thid is None:
        return False
    thid = row.thid
    with session.begin_nested() as savepoint:
        if not outbox.cancel(session, row, now):
            return False
        if undo(session, thid, now):
            return True
        savepoint.rollback()
    session.expire_all()
    return False


def _enrolment_code(enrolment: Enrolment | None) -> str:
    if enrolment is None or enrolment.state == "none":
        return "not-enrolled"
    if enrolment.error_code is not None:
        return enrolment.error_code
    return {"pending": "site-pending", "refused": "enrolment-refused"}.get(enrolment.state, "not-enrolled")
