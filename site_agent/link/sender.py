"""Sends what waits in the outbox: the stored bytes, in order, at most fifty a POST, and settles the receipts.

Sending twice does no harm: the hub answers a resend with the stored receipt, and a receipt has its effect once.
"""

from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import Select, select

from protocol.envelope import HUB, MAX_LIFETIME, MAX_POST_BYTES, MAX_TOKENS, new_claims, sign, token_hash
from protocol.errors import NumberGapError, TooLargeError
from protocol.limits import MAX_INTEGER
from protocol.messages.transport import Numbered, Submit, Void
from site_agent import outbox
from site_agent.extensions import db
from site_agent.keys import current_keys
from site_agent.link import receipts
from site_agent.link.errors import HubAnswerError, OwnFaultError
from site_agent.link.exchange import strings, with_hub_time
from site_agent.link.receipts import Posted
from site_agent.link.state import Link, link_of
from site_agent.link.steps import reached
from site_agent.link.wire import Wire, read_wire
from site_agent.models import AnySession, OutboxRow
from ui.clock import now as clock_now

_WRAPPER_BYTES = 16_000
"""Room for the wrapper of fifty numbers and hashes, and for the JSON around the tokens."""


def send_once(app: Flask) -> int:
    """One POST of what waits, if anything does. How many tokens have their receipt now that had none.

    Raises LinkError or ProtocolError; then nothing is lost and the same bytes go again next time.
    """
    link = link_of(app)
    with link.sending, app.app_context():
        wire = read_wire(db.session())
        waiting = _waiting(db.session(), wire.epoch)
        n_settled, fault = 0, None
        for run in _runs(waiting):
            try:
                n_settled += _send(link, wire, run)
            except OwnFaultError as error:
                # The effect of one receipt failed here; what stands behind it goes on.
                fault = error
        if fault is not None:
            raise fault
        return n_settled


def _runs(batch: Sequence[Posted]) -> list[list[Posted]]:
    """Cut where a number in between is settled already: a POST's numbers follow each other."""
    runs: list[list[Posted]] = []
    for each in batch:
        if runs and runs[-1][-1].n == each.n - 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _send(link: Link, wire: Wire, batch: list[Posted]) -> int:
    try:
        return _post(link, wire, batch)
    except NumberGapError as error:
        expected = error.members.get("expected")
        if type(expected) is not int or not 0 < expected <= MAX_INTEGER:
            raise
        n_gone = _let_go(db.session(), [each.row_id for each in batch if each.n < expected])
        if n_gone:
            return n_gone
        again = _from_number(db.session(), wire, expected)
        if not again or again[0].n != expected:
            raise
        return _post(link, wire, again)
    except TooLargeError:
        if len(batch) == 1:
            raise
        return _send(link, wire, batch[: len(batch) // 2])


def _post(link: Link, wire: Wire, batch: Sequence[Posted]) -> int:
    submit = Submit(wire.epoch, tuple(Numbered(each.n, each.hash) for each in batch))
    transport = link.transport(wire.hub_url)

    def call(over: Wire) -> dict[str, Any]:
        wrapper, _ = over.wrap(submit, clock_now())
        reached("submit.before-post")
        return transport.messages({"wrapper": wrapper, "tokens": [each.token for each in batch]})

    _, answer = with_hub_time(wire, call)
    reached("submit.posted")
    tokens = strings(answer, "receipts")
    if tokens is None or len(tokens) != len(batch):
        raise HubAnswerError("The hub did not answer with one receipt a message.")
    return receipts.take_all(db.session(), wire, list(zip(batch, tokens, strict=True)), clock_now())


def _waiting(session: AnySession, epoch: int) -> list[Posted]:
    rows = session.scalars(_in_order(epoch).where(OutboxRow.state == "waiting")).all()
    return _take(session, rows)


def _from_number(session: AnySession, wire: Wire, expected: int) -> list[Posted]:
    """What the hub misses, from that number on, settled or not: a hub that lost its last hours asks for it."""
    rows = session.scalars(_in_order(wire.epoch).where(OutboxRow.n >= expected)).all()
    for row in rows:
        if row.token is None:
            _stand_in(row, wire)
    return _take(session, rows)


def _let_go(session: AnySession, row_ids: Sequence[int]) -> int:
    n_gone = outbox.let_go(session, row_ids, clock_now())
    session.commit()
    return n_gone


def _in_order(epoch: int) -> Select[OutboxRow]:
    return select(OutboxRow).where(OutboxRow.epoch == epoch).order_by(OutboxRow.n).limit(MAX_TOKENS)


def _take(session: AnySession, rows: Sequence[OutboxRow]) -> list[Posted]:
    """As many of the rows as one POST holds, marked as posted in the commit that read them: from then on they may
    have arrived, whatever the network says, and can no longer be cancelled."""
    taken: list[OutboxRow] = []
    size = _WRAPPER_BYTES
    for row in rows:
        size += len(row.token or "") + len('"",')
        if taken and size > MAX_POST_BYTES:
            break
        taken.append(row)
    outbox.mark_posted(session, taken, clock_now())
    batch = [Posted(row.id, row.n, row.jti, row.hash, row.type, row.thid, row.token or "") for row in taken]
    session.commit()
    return batch


def _stand_in(row: OutboxRow, wire: Wire) -> None:
    # The letters that had this number are forgotten here, and the hub asks for new ones; the number still has to be
    # used up, or everything behind it would wait for ever.
    claims = new_claims(
        Void(), iss=wire.site_id, aud=HUB, now=wire.hub_time(clock_now()), lifetime=MAX_LIFETIME
    )
    # A refused row stays the dead letter that it is, whatever stands for it at the hub.
    row.type, row.jti = row.type or Void.TYPE, claims.jti
    row.token = sign(claims, current_keys().signing)
    row.hash = token_hash(row.token)
