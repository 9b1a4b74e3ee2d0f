"""Sending: the stored bytes, in order, once in effect, whatever the network does."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from protocol.envelope import token_hash
from protocol.errors import (
    BadTokenError,
    ClockSkewError,
    NumberGapError,
    ServerFaultError,
    SiteSuspendedError,
    TooLargeError,
)
from protocol.messages import matches
from protocol.messages.offers import Capacity, StageBand
from protocol.messages.transport import Hello, Void
from site_agent.link import receipts, sender
from site_agent.link.errors import HubAnswerError, HubUnreachableError, OwnFaultError
from site_agent.link.steps import step
from tests.site_agent.link.conftest import Agent, look_elsewhere
from tests.support.fake_hub import Verdict

THID = "t" * 22


def capacity(agent: Agent) -> Capacity:
    return Capacity((StageBand("early", "1-2"),), ("en",), ("phone",), agent.now + timedelta(days=7))


def said(agent: Agent) -> list[str]:
    """Types of what the hub has, after the first hello."""
    return [message.type for message in agent.hub.opened_messages()][1:]


def posts(agent: Agent) -> list[dict[str, Any]]:
    return [posted for door, posted in agent.hub.calls if door == "messages"]


def test_nothing_waits_and_nobody_is_called(agent: Agent) -> None:
    assert agent.send() == 0
    assert agent.hub.calls == []


def test_what_waits_goes_in_order_and_is_settled_by_its_receipt(agent: Agent) -> None:
    ids = [agent.queue(capacity(agent)), agent.queue(matches.Withdraw(), THID)]
    assert agent.send() == 2
    assert said(agent) == ["offers.capacity", "match.withdraw"]
    assert [agent.row(each).state for each in ids] == ["accepted", "accepted"]
    assert agent.send() == 0


def test_a_resend_is_the_same_bytes_under_a_fresh_wrapper(agent: Agent) -> None:
    agent.queue(capacity(agent))
    agent.hub.trouble = [HubUnreachableError("down")]
    with pytest.raises(HubUnreachableError):
        agent.send()
    agent.clock.advance(hours=30)
    assert agent.send() == 1
    first, second = posts(agent)
    assert first["tokens"] == second["tokens"]
    assert first["wrapper"] != second["wrapper"]


def test_a_lost_answer_changes_nothing_but_the_time(agent: Agent) -> None:
    row_id = agent.queue(capacity(agent))
    agent.hub.lose_answers = 1
    with pytest.raises(HubUnreachableError):
        agent.send()
    assert agent.row(row_id).state == "waiting"
    assert agent.send() == 1
    assert agent.row(row_id).state == "accepted"
    assert said(agent) == ["offers.capacity"]


def test_a_backlog_goes_fifty_at_a_time(agent: Agent) -> None:
    for _ in range(120):
        agent.queue(capacity(agent))
    assert [agent.send(), agent.send(), agent.send(), agent.send()] == [50, 50, 20, 0]


def test_a_post_stays_below_the_hubs_limit(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        agent.queue(capacity(agent))
    size = len(agent.rows()[-1].token)
    monkeypatch.setattr(sender, "MAX_POST_BYTES", sender._WRAPPER_BYTES + 2 * (size + 20))
    assert agent.send() == 2


def test_a_post_that_is_too_large_all_the_same_is_halved(agent: Agent) -> None:
    for _ in range(8):
        agent.queue(capacity(agent))
    agent.hub.trouble = [TooLargeError(), TooLargeError()]
    assert agent.send() == 2
    assert [len(posted["tokens"]) for posted in posts(agent)] == [8, 4, 2]


def test_one_refused_among_fifty_leaves_forty_nine(agent: Agent) -> None:
    ids = [agent.queue(capacity(agent)) for _ in range(50)]
    bad = agent.row(ids[20]).jti
    agent.hub.judge = lambda message: (
        refuse("schema-invalid") if message.jti == bad else {"outcome": "accepted"}
    )
    assert agent.send() == 50
    states = [agent.row(each).state for each in ids]
    assert states.count("accepted") == 49
    assert states[20] == "rejected"
    (dead,) = agent.pages.dead_letters(agent.session)
    assert dead.row_id == ids[20]
    with agent.app.test_request_context():
        assert "Send again" in str(dead.trouble.mend)


def refuse(code: str, state: str | None = None) -> Verdict:
    return {"outcome": "rejected", "code": code, "state": state}


def test_sent_again_a_dead_letter_is_a_new_message_with_a_new_number(agent: Agent) -> None:
    row_id = agent.queue(capacity(agent))
    agent.hub.judge = lambda message: refuse("expired")
    agent.send()
    assert agent.pages.send_again(agent.session, row_id, agent.now)
    assert not agent.pages.send_again(agent.session, row_id, agent.now), "once only"
    agent.session.commit()
    agent.hub.judge = lambda message: {"outcome": "accepted"}
    assert agent.send() == 1
    old, new = agent.hub.opened_messages()[1:]
    assert (new.body, new.type) == (old.body, old.type)
    assert new.jti != old.jti
    assert agent.pages.dead_letters(agent.session) == []


def test_a_dead_letter_can_be_dismissed(agent: Agent) -> None:
    row_id = agent.queue(capacity(agent))
    agent.hub.judge = lambda message: refuse("expired")
    agent.send()
    assert agent.pages.dismiss(agent.session, row_id, agent.now)
    assert not agent.pages.dismiss(agent.session, row_id, agent.now)
    assert agent.pages.dead_letters(agent.session) == []


def test_a_gap_is_filled_from_the_number_that_the_hub_expects(agent: Agent) -> None:
    for _ in range(3):
        agent.queue(capacity(agent))
    agent.send()
    before = list(agent.hub.taken)
    del agent.hub.taken[2:]
    last = agent.queue(matches.Withdraw(), THID)
    assert agent.send() == 1
    assert [token for token, _ in agent.hub.taken[:4]] == [token for token, _ in before]
    assert agent.row(last).state == "accepted"


def test_in_a_gap_a_void_stands_for_letters_that_are_forgotten(agent: Agent) -> None:
    letters = agent.queue(matches.Letters(round=1, letters=(), until=agent.now + timedelta(days=14)), THID)
    agent.send()
    assert agent.row(letters).token is None
    del agent.hub.taken[1:]
    agent.queue(capacity(agent))
    assert agent.send() == 1
    assert said(agent) == ["transport.void", "offers.capacity"]


def test_a_gap_that_cannot_be_filled_is_said_and_nothing_is_invented(agent: Agent) -> None:
    agent.queue(capacity(agent))
    for wrong in (0, 7, "x", None, True, 10**30):
        agent.hub.trouble = [NumberGapError(expected=wrong)]
        with pytest.raises(NumberGapError):
            agent.send()
    assert agent.send() == 1


def test_of_letters_only_number_jti_and_hash_stay(agent: Agent) -> None:
    row_id = agent.queue(matches.Letters(round=1, letters=(), until=agent.now + timedelta(days=14)), THID)
    before = agent.row(row_id)
    kept = (before.n, before.jti, before.hash)
    agent.send()
    row = agent.row(row_id)
    assert (row.n, row.jti, row.hash) == kept
    assert (row.type, row.thid, row.token, row.queued_at, row.posted_at) == (None,) * 5


def test_a_clock_that_is_a_day_off_is_corrected_for_one_attempt_and_not_learnt_from_an_unsigned_word(
    agent: Agent,
) -> None:
    agent.queue(capacity(agent))
    agent.hub.offset = timedelta(hours=25)
    assert agent.send() == 1
    assert agent.state.hub_offset_seconds == 0


@pytest.mark.parametrize("difference", ["x", None, True, 10**30, -(10**12)])
def test_a_clock_error_without_a_difference_is_passed_on(agent: Agent, difference: object) -> None:
    agent.queue(capacity(agent))
    agent.hub.trouble = [ClockSkewError(difference=difference)]
    with pytest.raises(ClockSkewError):
        agent.send()


@pytest.mark.parametrize("error", [BadTokenError(), ServerFaultError(), SiteSuspendedError()])
def test_a_refused_post_consumes_nothing(agent: Agent, error: Exception) -> None:
    row_id = agent.queue(capacity(agent))
    agent.hub.trouble = [error]
    with pytest.raises(type(error)):
        agent.send()
    assert agent.row(row_id).state == "waiting"
    assert agent.send() == 1


def _other_receipt(answer: dict[str, Any], agent: Agent) -> None:
    answer["receipts"] = answer["receipts"][:1] * len(answer["receipts"])


def _forged(answer: dict[str, Any], agent: Agent) -> None:
    header, payload, signature = answer["receipts"][-1].split(".")
    answer["receipts"][-1] = f"{header}.{payload}.{signature[::-1]}"


@pytest.mark.parametrize("spoil", [_other_receipt, _forged])
def test_a_receipt_that_is_not_the_hubs_word_on_that_token_settles_nothing(agent: Agent, spoil: Any) -> None:
    good, bad = agent.queue(capacity(agent)), agent.queue(capacity(agent))
    agent.hub.edit = lambda door, answer: spoil(answer, agent)
    with pytest.raises(HubAnswerError):
        agent.send()
    assert (agent.row(good).state, agent.row(bad).state) == ("accepted", "waiting")


@pytest.mark.parametrize("answer", [{}, {"receipts": []}, {"receipts": [7, 8]}, {"receipts": "ab"}])
def test_an_answer_without_receipts_settles_nothing(agent: Agent, answer: dict[str, Any]) -> None:
    row_id = agent.queue(capacity(agent))

    def replace(door: str, given: dict[str, Any]) -> None:
        given.clear()
        given.update(answer)

    agent.hub.edit = replace
    with pytest.raises(HubAnswerError):
        agent.send()
    assert agent.row(row_id).state == "waiting"


def test_a_confirmation_opens_the_contact_by_the_hubs_time(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(
        receipts.inter_site_helper, "receipt_confirmed", lambda session, *args: heard.append(args[:2])
    )
    agent.hub.offset = timedelta(minutes=4)
    agent.queue(matches.Confirmed(), THID)
    agent.hub.lose_answers = 1
    with pytest.raises(HubUnreachableError):
        agent.send()
    committed_at = agent.hub.now()
    agent.clock.advance(minutes=30)
    assert agent.send() == 1
    assert heard == [(THID, committed_at)]
    assert agent.send() == 0


def test_a_late_receipt_opens_nothing_for_whoever_took_over_since(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(
        receipts.inter_site_helper, "receipt_confirmed", lambda session, *args: heard.append(args[:2])
    )
    agent.queue(matches.Reassigned(), THID)
    agent.hub.lose_answers = 1
    with pytest.raises(HubUnreachableError):
        agent.send()
    agent.clock.advance(hours=5)
    agent.queue(matches.Reassigned(), THID)
    assert agent.send() == 2
    assert heard == [(THID, agent.hub.now())]


def test_an_overtaken_message_is_applied_and_is_no_dead_letter(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(
        receipts.inter_site_helper, "stale", lambda session, *args: heard.append(("helper", *args[:2]))
    )
    monkeypatch.setattr(
        receipts.inter_site_home, "stale", lambda session, *args: heard.append(("home", *args[:2]))
    )
    agent.hub.judge = lambda message: refuse("stale-state", "withdrawn")
    agent.queue(matches.Accept(), THID)
    agent.queue(matches.Rematch(), THID)
    agent.send()
    assert heard == [("helper", THID, "withdrawn"), ("home", THID, "withdrawn")]
    assert agent.pages.dead_letters(agent.session) == []


def test_a_fault_at_one_receipt_rolls_back_that_effect_only_and_is_tried_again(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def fail_once(session: Any, thid: str, *_: Any) -> None:
        heard.append(thid)
        if len(heard) == 1:
            raise RuntimeError("text that could name somebody")

    monkeypatch.setattr(receipts.inter_site_helper, "receipt_confirmed", fail_once)
    bad = agent.queue(matches.Confirmed(), THID)
    good = agent.queue(capacity(agent))
    with pytest.raises(OwnFaultError):
        agent.send()
    assert (agent.row(bad).state, agent.row(good).state) == ("waiting", "accepted")
    later = agent.queue(capacity(agent))
    assert agent.send() == 2, "the number in between is settled, and still both go"
    assert (agent.row(bad).state, agent.row(later).state) == ("accepted", "accepted")
    assert heard == [THID, THID]


def test_a_fault_is_logged_without_its_text(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("Dr Canary")

    monkeypatch.setattr(receipts.inter_site_helper, "receipt_confirmed", fail)
    agent.queue(matches.Confirmed(), THID)
    with pytest.raises(OwnFaultError):
        agent.send()
    assert "RuntimeError" in caplog.text
    assert "Canary" not in caplog.text


def test_what_was_never_sent_can_be_cancelled_and_its_number_is_used_up(agent: Agent) -> None:
    request = look_elsewhere(agent)
    (waiting,) = agent.pages.waiting(agent.session)
    assert waiting.cancellable
    assert agent.pages.cancel(agent.session, waiting.row_id, agent.now)
    agent.session.commit()
    assert (request.state, request.thid) == ("new", None)
    assert agent.send() == 1
    assert isinstance(agent.hub.opened_messages()[-1].body, Void)


def test_what_the_network_had_cannot_be_cancelled(agent: Agent) -> None:
    request = look_elsewhere(agent)
    agent.hub.trouble = [HubUnreachableError("down")]
    with pytest.raises(HubUnreachableError):
        agent.send()
    (waiting,) = agent.pages.waiting(agent.session)
    assert not waiting.cancellable
    assert not agent.pages.cancel(agent.session, waiting.row_id, agent.now)
    assert request.state == "looking"


def test_a_request_that_moved_on_is_not_taken_back(agent: Agent) -> None:
    request = look_elsewhere(agent)
    request.state = "withdrawn"
    agent.session.commit()
    (waiting,) = agent.pages.waiting(agent.session)
    assert not agent.pages.cancel(agent.session, waiting.row_id, agent.now)
    assert agent.row(waiting.row_id).type == "match.request"


def test_two_senders_at_once_send_once(agent: Agent) -> None:
    for _ in range(5):
        agent.queue(capacity(agent))
    agent.session.commit()
    n_sent: list[int] = []
    threads = [threading.Thread(target=lambda: n_sent.append(sender.send_once(agent.app))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(n_sent) == [0, 0, 0, 5]
    assert len(posts(agent)) == 1


def test_the_marked_points_of_a_submission_come_in_order(agent: Agent) -> None:
    seen: list[str] = []

    def note(point: str) -> None:
        seen.append(point)

    agent.queue(capacity(agent))
    with step.connected_to(note):
        agent.send()
    assert seen == ["submit.before-post", "submit.posted", "submit.committed"]


def test_the_token_that_goes_is_the_one_that_was_signed_with_its_local_effect(agent: Agent) -> None:
    row = agent.row(agent.queue(Hello(epoch=1, version=1)))
    token = row.token
    agent.send()
    taken = agent.hub.taken[-1][0]
    assert taken == token
    assert token_hash(taken) == row.hash
