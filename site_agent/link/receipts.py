"""The hub's receipts: each settles one row of the outbox and has its effect, once."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from protocol.envelope import peek
from protocol.errors import ProtocolError
from protocol.messages import matches
from protocol.messages.transport import Receipt
from site_agent import outbox
from site_agent.link.errors import HubAnswerError, OwnFaultError
from site_agent.link.faults import where
from site_agent.link.steps import reached
from site_agent.link.wire import Wire
from site_agent.models import AnySession, OutboxRow
from site_agent.services import inter_site_helper, inter_site_home

logger = logging.getLogger(__name__)

FROM_HOME = frozenset(
    body.TYPE for body in (matches.Request, matches.Letters, matches.Withdraw, matches.Rematch)
)
"""What a home site says of a match; of everything else in that conversation this site is the helper."""
CLOCK_STARTS = frozenset({matches.Confirmed.TYPE, matches.Reassigned.TYPE})
"""Contact details open, and the limit for the first attempt runs, from the hub's commit of these."""


@dataclass(frozen=True)
class Posted:
    """One token as it goes out, with what its receipt's effect needs to know."""

    row_id: int
    n: int
    jti: str
    hash: str
    type: str | None
    thid: str | None
    token: str


def take_all(session: AnySession, wire: Wire, answered: Sequence[tuple[Posted, str]], now: datetime) -> int:
    """Verify and take the receipts of one POST in one commit. How many rows they settled.

    Raises HubAnswerError for a receipt that is not the hub's word on that token; what is right is kept all the
    same. Raises OwnFaultError if an effect failed here: its row stays unsettled, so that the next resend brings the
    receipt again.
    """
    settled, wrong, fault = 0, "", ""
    for posted, token in answered:
        try:
            receipt = read(wire, posted, token, now)
        except (ProtocolError, HubAnswerError) as error:
            wrong = str(error)
            continue
        try:
            with session.begin_nested():
                settled += take(session, posted, receipt, now)
        except Exception as error:
            logger.error("The effect of a receipt for %s failed: %s", posted.type, where(error))
            fault = type(error).__name__
    session.commit()
    reached("submit.committed")
    if fault:
        raise OwnFaultError(fault)
    if wrong:
        raise HubAnswerError(wrong)
    return settled


def read(wire: Wire, posted: Posted, token: str, now: datetime) -> Receipt:
    """The receipt in a token of the hub, if it is about this very token. Raises as `open_envelope`, or
    HubAnswerError."""
    message, receipt = wire.open_body(token, Receipt, now)
    # Of bytes that the hub could not read it cannot repeat the jti; number and hash say which they were.
    if (receipt.n, receipt.hash) != (posted.n, posted.hash) or message.re not in (posted.jti, None):
        raise HubAnswerError("A receipt is about another message.")
    if message.re is None and receipt.outcome == "accepted":
        raise HubAnswerError("A receipt names no message.")
    return receipt


def take(session: AnySession, posted: Posted, receipt: Receipt, now: datetime) -> bool:
    """Settle the row and let the services have the effect. False if it was settled before; never commits."""
    row = session.get(OutboxRow, posted.row_id)
    sent = _letters(row)
    outdated = row is not None and outbox.is_outdated(row, receipt.committed_at)
    if row is None or not outbox.settle(
        session, row, outcome=receipt.outcome, committed_at=receipt.committed_at, code=receipt.code
    ):
        return False
    opens = receipt.outcome == "accepted" and posted.type in CLOCK_STARTS
    if opens and outbox.is_followed(session, row, CLOCK_STARTS):
        return True  # somebody else takes over since: their contact details open with their own receipt
    if posted.thid is not None:
        _effect(session, posted.type, posted.thid, receipt, sent, now, outdated=outdated)
    return True


def _letters(row: OutboxRow | None) -> matches.Letters | None:
    """The letters of a row whose receipt has just come: read before they are forgotten. In the place of letters that
    were settled before stands a void."""
    if row is None or row.state != "waiting" or row.type != matches.Letters.TYPE or row.token is None:
        return None
    return matches.Letters.load(peek(row.token)[1]["body"])


def _effect(
    session: AnySession,
    type_name: str | None,
    thid: str,
    receipt: Receipt,
    sent: matches.Letters | None,
    now: datetime,
    *,
    outdated: bool,
) -> None:
    side = inter_site_home if type_name in FROM_HOME else inter_site_helper
    if receipt.outcome == "accepted":
        if type_name in CLOCK_STARTS:
            inter_site_helper.receipt_confirmed(session, thid, receipt.committed_at, now)
    elif receipt.code == "stale-state":
        side.stale(session, thid, receipt.state, now)
    elif receipt.code == "expired" and outdated and type_name in outbox.ANSWERS:
        # No proposal is open for as long as a message lives: it has gone to another site.
        inter_site_helper.stale(session, thid, "ended", now)
    elif sent is not None:
        inter_site_home.letters_refused(session, thid, sent, now)
