"""Fetches what the hub has for this site and takes it in order, each message once.

A message, its effect and the cursor are one commit; the next poll's cursor acknowledges it. So a stop at any point
leaves either nothing of a message, or all of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask

from protocol.envelope import MAX_TOKENS, token_hash
from protocol.errors import KeyRevokedError, ProtocolError
from protocol.messages.transport import Batch, Poll
from site_agent.extensions import db
from site_agent.keys import current_keys
from site_agent.link.accept import Arrived, take
from site_agent.link.errors import HubAnswerError
from site_agent.link.exchange import strings, with_hub_time
from site_agent.link.inbox import keys
from site_agent.link.shown import has_revoked
from site_agent.link.state import Link, link_of
from site_agent.link.steps import reached
from site_agent.link.wire import Wire, link_state, read_wire
from site_agent.models import AnySession
from ui.clock import now as clock_now

_LOG_ROUNDS = 100
"""Polls at most that do nothing but fetch the key log; each must bring it on."""


@dataclass(frozen=True)
class Answer:
    """A poll's answer whose signed batch was verified."""

    wire: Wire
    batch: Batch
    tokens: list[str]


def poll_once(app: Flask) -> int:
    """Poll, take what comes in order, and return how many messages were taken.

    Their acknowledgement goes with the next poll, so poll again at once while this is not nought. Raises LinkError
    or ProtocolError; OwnFaultError when this program failed at a message, which then stays at the hub.
    """
    link = link_of(app)
    with link.receiving, app.app_context():
        answer = _ask(link, MAX_TOKENS)
        for _ in range(_LOG_ROUNDS):
            length = len(answer.wire.log.entries)
            if length >= answer.batch.log_length or _alarmed(db.session()):
                break
            # The batch may be signed or its letters sealed with keys of entries that did not fit beside it.
            answer = _ask(link, MAX_TOKENS)
            if len(answer.wire.log.entries) == length:
                break
        return _take_all(link, answer)


def _take_all(link: Link, answer: Answer) -> int:
    n_taken = 0
    for numbered, token in zip(answer.batch.tokens, answer.tokens, strict=True):
        message = Arrived(answer.wire, numbered.n, token)
        if not take(db.session(), message, clock_now()):
            break
        link.acknowledges = True
        n_taken += 1
    return n_taken


def _ask(link: Link, most: int) -> Answer:
    wire = read_wire(db.session())
    transport = link.transport(wire.hub_url)
    jti = ""

    def call(over: Wire) -> dict[str, Any]:
        nonlocal jti
        poll = Poll(over.epoch, over.cursor, most, len(over.log.entries), over.heads_cursor, over.seen)
        wrapper, jti = over.wrap(poll, clock_now())
        if link.acknowledges:
            reached("acknowledge.before-post")
        return transport.poll({"wrapper": wrapper})

    asked_at = clock_now()
    wire, answer = with_hub_time(wire, call)
    reached("poll.posted")
    link.acknowledges = False
    return _read(wire, answer, jti, asked_at)


def _read(wire: Wire, answer: dict[str, Any], asked: str, asked_at: datetime) -> Answer:
    """Entries first, since they may hold the key that signed the rest. Commits what the answer proves about keys and
    time."""
    tokens, entries, heads = (strings(answer, name) for name in ("messages", "entries", "heads"))
    batch_token, head = answer.get("batch"), answer.get("head")
    if tokens is None or entries is None or heads is None or not isinstance(batch_token, str):
        raise HubAnswerError("The answer to a poll lacks a member.")
    session = db.session()
    log = keys.take_entries(session, wire.log, entries)
    session.commit()
    wire = wire.with_log(log)
    if has_revoked(log, wire.site_id, wire.signing.kid()):
        raise KeyRevokedError("The key log that came with the answer revokes this site's key.")
    message, batch = wire.open_body(batch_token, Batch, clock_now())
    if message.re != asked:
        raise HubAnswerError("The batch answers another poll.")
    if [token_hash(token) for token in tokens] != [each.hash for each in batch.tokens]:
        raise HubAnswerError("The messages are not the ones that the hub signed for.")
    state = link_state(session)
    # Halfway between asking and now is when the hub most likely looked at its clock.
    middle = asked_at + (clock_now() - asked_at) / 2
    state.hub_offset_seconds = round((message.iat - middle).total_seconds())
    _check_heads(session, wire, batch, head, heads)
    session.commit()
    return Answer(wire.with_offset(state.hub_offset_seconds), batch, tokens)


def _check_heads(session: AnySession, wire: Wire, batch: Batch, head: object, heads: list[str]) -> None:
    own = current_keys()
    keys.watch_own(session, wire.log, wire.site_id, own.signing, own.sealing)
    try:
        if isinstance(head, str) and keys.check_head(session, wire.log, head):
            keys.countersign(session, wire, head, clock_now())
    except ProtocolError as error:
        raise HubAnswerError("The head of the key log is not signed by the hub.") from error
    if keys.check_others(session, wire.log, heads):
        link_state(session).heads_cursor = batch.heads_cursor


def _alarmed(session: AnySession) -> bool:
    alarm = link_state(session).alarm
    session.commit()
    return alarm is not None
