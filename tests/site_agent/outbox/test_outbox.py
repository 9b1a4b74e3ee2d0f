"""The outbox: signed once, numbered without a gap, settled once, forgetting letters."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from protocol.envelope import MAX_LIFETIME, token_hash
from protocol.messages.matches import (
    Accept,
    Attempted,
    Closed,
    Confirmed,
    Extended,
    Letters,
    Pass,
    Reached,
    Rematch,
    Withdraw,
)
from protocol.messages.transport import Hello, Nack, Void
from site_agent import outbox
from site_agent.extensions import db
from site_agent.models import Enrolment, LinkState, OutboxRow
from tests.support.agent import Agent
from tests.support.clock import START

THID = "T" * 22


def queue(session: Any, cedar: Agent, body: Any = None, **more: Any) -> OutboxRow:
    row = outbox.queue(session, body or Hello(1, 1), now=cedar.now, **more)
    session.commit()
    return row


def test_a_message_is_signed_by_the_site_for_the_hub(session: Any, cedar: Agent) -> None:
    row = queue(session, cedar, Withdraw(), thid=THID, re="R" * 22)
    (message,) = cedar.said()
    assert (message.iss, message.aud, message.thid, message.re) == (cedar.site_id, "hub", THID, "R" * 22)
    assert message.exp - message.iat == MAX_LIFETIME
    assert (row.jti, row.hash) == (message.jti, token_hash(str(row.token)))


def test_numbers_have_no_gap(session: Any, cedar: Agent) -> None:
    assert [queue(session, cedar).n for _ in range(4)] == [1, 2, 3, 4]


def test_a_rolled_back_message_takes_no_number(session: Any, cedar: Agent) -> None:
    queue(session, cedar)
    outbox.queue(session, Hello(1, 1), now=cedar.now)
    session.rollback()
    assert queue(session, cedar).n == 2


def test_numbers_have_no_gap_among_threads(session: Any, cedar: Agent) -> None:
    session.remove()
    begin = threading.Barrier(8)

    def work() -> None:
        begin.wait()
        for _ in range(5):
            with cedar.app.app_context():
                outbox.queue(db.session, Hello(1, 1), now=cedar.now)
                db.session.commit()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(session.scalars(select(OutboxRow.n))) == list(range(1, 41))


def test_an_epoch_has_numbers_of_its_own(session: Any, cedar: Agent) -> None:
    queue(session, cedar)
    state = session.get_one(LinkState, 1)
    state.epoch, state.next_n = 2, 1
    row = queue(session, cedar)
    assert (row.epoch, row.n) == (2, 1)
    assert [(each.epoch, each.n) for each in outbox.waiting(session)] == [(1, 1), (2, 1)]
    assert len(outbox.waiting(session, limit=1)) == 1


@pytest.mark.parametrize("state", ["none", "begun", "pending", "refused"])
def test_before_approval_there_is_nobody_to_write_to(state: str, session: Any, cedar: Agent) -> None:
    session.get_one(Enrolment, 1).state = state
    with pytest.raises(outbox.NotEnrolledError):
        outbox.queue(session, Hello(1, 1), now=cedar.now)


def test_a_receipt_counts_once(session: Any, cedar: Agent) -> None:
    row = queue(session, cedar)
    assert outbox.settle(session, row, outcome="accepted", committed_at=cedar.now)
    assert not outbox.settle(session, row, outcome="rejected", committed_at=cedar.now, code="expired")
    assert (row.state, row.code, row.settled_at) == ("accepted", None, cedar.now)
    assert outbox.waiting(session) == []


def test_a_refusal_becomes_a_dead_letter_that_can_be_said_again(session: Any, cedar: Agent) -> None:
    row = queue(session, cedar, Withdraw(), thid=THID, re="R" * 22)
    outbox.settle(session, row, outcome="rejected", committed_at=cedar.now, code="expired")
    assert outbox.dead(session) == [row]
    again = outbox.retry(session, row, cedar.now + timedelta(days=20))
    assert again is not None
    assert (again.n, again.thid, again.type) == (2, THID, "match.withdraw")
    assert again.jti != row.jti
    assert cedar.said()[-1].re == "R" * 22
    assert outbox.dead(session) == []
    assert outbox.retry(session, row, cedar.now) is None


def test_a_stale_state_is_no_dead_letter(session: Any, cedar: Agent) -> None:
    row = queue(session, cedar, Withdraw(), thid=THID)
    outbox.settle(session, row, outcome="rejected", committed_at=cedar.now, code="stale-state")
    assert outbox.dead(session) == []
    assert row.code == "stale-state"


@pytest.mark.parametrize(("outcome", "code"), [("accepted", None), ("rejected", "stale-state")])
def test_of_letters_only_number_jti_and_hash_stay(
    outcome: str, code: str | None, session: Any, cedar: Agent
) -> None:
    row = queue(session, cedar, Letters(1, (), cedar.now), thid=THID)
    jti, kept_hash = row.jti, row.hash
    outbox.settle(session, row, outcome=outcome, committed_at=cedar.now, code=code)
    session.commit()
    assert (row.n, row.jti, row.hash) == (1, jti, kept_hash)
    assert (row.type, row.thid, row.token, row.queued_at, row.posted_at) == (None,) * 5
    assert outbox.dead(session) == []


def test_letters_that_were_refused_are_a_dead_letter_without_the_sites_they_were_for(
    session: Any, cedar: Agent
) -> None:
    row = queue(session, cedar, Letters(1, (), cedar.now), thid=THID)
    outbox.settle(session, row, outcome="rejected", committed_at=cedar.now, code="schema-invalid")
    session.commit()
    assert outbox.dead(session) == [row]
    assert (row.type, row.thid, row.token) == ("match.letters", THID, None)
    assert outbox.retry(session, row, cedar.now) is None, "they are sealed anew, not said again"
    assert outbox.take_up(session, row)
    assert outbox.dead(session) == []


AFTER = timedelta(days=14)


@pytest.mark.parametrize(
    "body",
    [Withdraw(), Pass(), Closed(), Rematch(), Attempted(START), Reached(START)],
    ids=lambda body: body.TYPE,
)
def test_what_expired_here_and_is_still_true_is_said_anew_by_itself(
    body: Any, session: Any, cedar: Agent
) -> None:
    row = queue(session, cedar, body, thid=THID, re="R" * 22)
    told_at = cedar.now + AFTER
    outbox.settle(session, row, outcome="rejected", committed_at=told_at, code="expired")
    assert outbox.dead(session) == []
    (again,) = outbox.waiting(session)
    first, second = cedar.said()
    assert (second.body, second.thid, second.re) == (first.body, THID, "R" * 22), "with its true time"
    assert (second.iat, again.n) == (told_at, 2)
    outbox.settle(session, again, outcome="rejected", committed_at=told_at, code="expired")
    assert outbox.dead(session) == [again], "once only: then the clock is wrong, and a person has to look"


@pytest.mark.parametrize(
    "body", [Accept(), Confirmed(), Nack("J" * 22, "expired")], ids=lambda body: body.TYPE
)
def test_what_expired_here_and_can_no_longer_matter_is_no_dead_letter(
    body: Any, session: Any, cedar: Agent
) -> None:
    row = queue(session, cedar, body, thid=THID)
    outbox.settle(session, row, outcome="rejected", committed_at=cedar.now + AFTER, code="expired")
    assert (outbox.dead(session), outbox.waiting(session)) == ([], [])


@pytest.mark.parametrize("body", [Accept(), Attempted(START), Extended()], ids=lambda body: body.TYPE)
def test_what_expired_too_soon_is_for_a_person(body: Any, session: Any, cedar: Agent) -> None:
    row = queue(session, cedar, body, thid=THID)
    outbox.settle(session, row, outcome="rejected", committed_at=cedar.now, code="expired")
    assert outbox.dead(session) == [row]


def test_to_a_hub_that_was_left_nothing_is_said_any_more(session: Any, cedar: Agent) -> None:
    rows = [queue(session, cedar, Withdraw(), thid=THID) for _ in range(2)]
    outbox.settle(session, rows[0], outcome="rejected", committed_at=cedar.now, code="bad-token")
    outbox.abandon(session, cedar.now)
    assert (outbox.dead(session), outbox.waiting(session)) == ([], [])
    assert [(row.state, row.token, row.thid) for row in rows] == [("forgotten", None, None)] * 2


def test_what_was_never_sent_can_be_cancelled_and_its_number_is_used_up(session: Any, cedar: Agent) -> None:
    row = queue(session, cedar, Withdraw(), thid=THID)
    assert outbox.cancel(session, row, cedar.now)
    (message,) = cedar.said()
    assert (message.body, message.thid, row.n, row.type) == (Void(), None, 1, Void.TYPE)
    assert row.hash == token_hash(str(row.token))


def test_what_may_have_arrived_cannot_be_cancelled(session: Any, cedar: Agent) -> None:
    row = queue(session, cedar, Withdraw(), thid=THID)
    outbox.mark_posted(session, [row], cedar.now)
    first = row.posted_at
    outbox.mark_posted(session, [row], cedar.now + timedelta(hours=1))
    assert row.posted_at == first
    assert not outbox.cancel(session, row, cedar.now)
    assert row.type == "match.withdraw"
