"""Receiving: in order, each once, effect and cursor in one commit, nothing that blocks the queue."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from protocol.envelope import HUB, Message, sign
from protocol.errors import NumberGapError, ServerFaultError, StaleStateError
from protocol.keys import SealingKey, SigningKey
from protocol.messages import matches
from protocol.messages.directory import Site, Sites
from protocol.messages.transport import Hello, Void
from site_agent.link.errors import HubAnswerError, HubUnreachableError, OwnFaultError
from site_agent.link.inbox import HANDLERS
from site_agent.link.steps import step
from site_agent.models import DirectorySite, Request, Seen
from tests.site_agent.link.conftest import Agent

THID = "t" * 22


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What reaches the handler of match.status, instead of its effect."""
    messages: list[Message] = []

    def hear(session: Any, message: Message, now: datetime) -> None:
        messages.append(message)

    monkeypatch.setitem(HANDLERS, matches.HomeStatus.TYPE, hear)
    return messages


def status(agent: Agent) -> matches.HomeStatus:
    return matches.HomeStatus("in-hand", agent.now)


def directory(edition: int, *names: str, page: int = 1, n_pages: int = 1) -> Sites:
    return Sites(edition, page, n_pages, tuple(Site(name * 22, name, "Here", "active") for name in names))


def names(agent: Agent) -> list[str]:
    return sorted(agent.session.scalars(select(DirectorySite.name)))


def nacks(agent: Agent) -> list[tuple[str, str]]:
    agent.send()
    said = [message.body for message in agent.hub.opened_messages()]
    return [(body.jti, body.code) for body in said if body.TYPE == "transport.nack"]


def test_messages_come_in_order_and_the_next_poll_acknowledges(agent: Agent, heard: list[Message]) -> None:
    sent = [agent.hub.say(status(agent), THID) for _ in range(3)]
    assert agent.poll() == 3
    assert [message.jti for message in heard] == [claims.jti for claims in sent]
    assert agent.hub.cursor == 0
    assert agent.poll() == 0
    assert agent.hub.cursor == 3


def test_an_answer_that_is_lost_comes_again_and_has_its_effect_once(
    agent: Agent, heard: list[Message]
) -> None:
    agent.hub.say(status(agent), THID)
    agent.hub.lose_answers = 1
    with pytest.raises(HubUnreachableError):
        agent.poll()
    assert agent.poll() == 1
    assert len(heard) == 1


def test_a_replayed_batch_adds_nothing(agent: Agent, heard: list[Message]) -> None:
    agent.hub.say(status(agent), THID)
    agent.poll()
    agent.state.cursor = 0
    agent.session.commit()
    assert agent.poll() == 1
    assert len(heard) == 1, "its jti was seen"


def test_a_message_that_comes_again_under_another_number_adds_nothing(
    agent: Agent, heard: list[Message]
) -> None:
    agent.hub.say(status(agent), THID)
    agent.hub.messages_.append(agent.hub.messages_[0])
    assert agent.poll() == 2
    assert len(heard) == 1


def test_more_than_fit_in_one_answer(agent: Agent, heard: list[Message]) -> None:
    for _ in range(70):
        agent.hub.say(Void())
    assert [agent.poll(), agent.poll(), agent.poll()] == [50, 20, 0]


def test_the_offset_of_the_hubs_clock_is_learnt_from_what_it_signed(agent: Agent) -> None:
    agent.hub.offset = timedelta(hours=-30)
    agent.poll()
    assert agent.state.hub_offset_seconds == -30 * 3600
    agent.hub.calls.clear()
    agent.poll()
    assert len(agent.hub.calls) == 1, "the next wrapper is signed by the hub's time at once"


def test_an_own_fault_keeps_nothing_acknowledges_nothing_and_is_tried_again(
    agent: Agent, heard: list[Message], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def half(session: Any, message: Message, now: datetime) -> None:
        session.add(DirectorySite(site_id="x" * 22, name="half", community="", state="active", edition=1))
        session.flush()
        raise RuntimeError("Dr Canary")

    agent.hub.say(status(agent), THID)
    monkeypatch.setitem(HANDLERS, Sites.TYPE, half)
    agent.hub.say(directory(1, "A"))
    agent.hub.say(status(agent), THID)
    with pytest.raises(OwnFaultError):
        agent.poll()
    assert names(agent) == []
    assert (agent.state.cursor, len(heard)) == (1, 1)
    assert "Canary" not in caplog.text
    assert not agent.exchange()
    assert agent.hub.cursor == 1, "the message stays at the hub"
    shown = agent.pages.status(agent.session, agent.now)
    assert (shown.code, shown.alarm) == ("own-fault", None)
    monkeypatch.setitem(HANDLERS, Sites.TYPE, lambda session, message, now: None)
    assert agent.exchange()
    assert (agent.state.cursor, len(heard)) == (3, 2)
    assert agent.pages.status(agent.session, agent.now).trouble is None


def test_what_its_handler_refuses_is_nacked_and_does_not_block(
    agent: Agent, heard: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(session: Any, message: Message, now: datetime) -> None:
        session.add(DirectorySite(site_id="x" * 22, name="half", community="", state="active", edition=1))
        session.flush()
        raise StaleStateError

    monkeypatch.setitem(HANDLERS, Sites.TYPE, refuse)
    bad = agent.hub.say(directory(1, "A"))
    agent.hub.say(status(agent), THID)
    assert agent.poll() == 2
    assert names(agent) == [], "what the handler had begun is undone"
    assert len(heard) == 1
    assert nacks(agent) == [(bad.jti, "stale-state")]


def _foreign_key(agent: Agent) -> str:
    claims = agent.hub.claims(status(agent), THID)
    agent.hub.messages_.append(sign(claims, SigningKey.generate()))
    return claims.jti


def _of_another_site(agent: Agent) -> str:
    # A site's key is in the log, and still it does not speak for the hub.
    key = SigningKey.generate()
    agent.hub.admit(key, SealingKey.generate(), site_id="B" * 22)
    claims = agent.hub.claims(status(agent), THID)
    agent.hub.messages_.append(sign(claims, key))
    return claims.jti


def _misdirected(agent: Agent) -> str:
    return agent.hub.say(status(agent), THID, aud="B" * 22).jti


def _as_a_site(agent: Agent) -> str:
    return agent.hub.say(Hello(1, 1), iss=HUB).jti


def _expired(agent: Agent) -> str:
    jti = agent.hub.say(matches.Overdue(agent.now, agent.now), THID).jti
    agent.clock.advance(days=15)
    return jti


def _without_a_match(agent: Agent) -> str:
    return agent.hub.say(matches.Overdue(agent.now, agent.now)).jti


def _no_message(agent: Agent) -> str:
    return agent.hub.say(matches.Shortlist(1, ()), THID, type="match.shortlists").jti


def _of_an_answer(agent: Agent) -> str:
    from protocol.messages.transport import Batch

    return agent.hub.say(Batch((), 0, 1, 0)).jti


@pytest.mark.parametrize(
    ("write", "code"),
    [
        (_foreign_key, "unknown-kid"),
        (_of_another_site, "unknown-kid"),
        (_misdirected, "bad-token"),
        (_as_a_site, "bad-token"),
        (_expired, "expired"),
        (_without_a_match, "schema-invalid"),
        (_no_message, "unsupported-type"),
        (_of_an_answer, "unsupported-type"),
    ],
)
def test_what_cannot_be_taken_is_nacked_and_does_not_block(
    agent: Agent, heard: list[Message], write: Any, code: str
) -> None:
    jti = write(agent)
    agent.hub.say(status(agent), THID)
    assert agent.poll() == 2
    assert len(heard) == 1
    assert nacks(agent) == [(jti, code)]


def test_bytes_that_name_no_message_are_passed_over(agent: Agent, heard: list[Message]) -> None:
    agent.hub.messages_.append("not.a.token")
    agent.hub.say(status(agent), THID)
    assert agent.poll() == 2
    assert len(heard) == 1
    assert nacks(agent) == []


def test_that_a_match_has_ended_counts_however_late_it_comes(agent: Agent, heard: list[Message]) -> None:
    agent.hub.say(status(agent), THID)
    agent.clock.advance(days=40)
    assert agent.poll() == 1
    assert len(heard) == 1


def _drop(answer: dict[str, Any]) -> None:
    answer["messages"].pop()


def _swap(answer: dict[str, Any]) -> None:
    answer["messages"].reverse()


def _flip(answer: dict[str, Any]) -> None:
    answer["messages"][1] = _with_another_letter(answer["messages"][1])


def _unsign(answer: dict[str, Any]) -> None:
    answer["batch"] = _with_another_letter(answer["batch"])


def _with_another_letter(token: str) -> str:
    """The last letters of a signature are often the same, so one in its middle is changed."""
    return token[:-40] + ("B" if token[-40] == "A" else "A") + token[-39:]


@pytest.mark.parametrize(
    "spoil",
    [
        _drop, _swap, _flip, _unsign, dict.clear,
        lambda answer: answer.update(batch=7),
        lambda answer: answer.update(head="x.y.z"),
        lambda answer: answer.update(messages="ab"),
        lambda answer: answer.update(heads=[7]),
        lambda answer: answer.update(entries=None),
    ],
)  # fmt: skip
def test_an_answer_that_the_hub_did_not_sign_for_changes_nothing(
    agent: Agent, heard: list[Message], spoil: Any
) -> None:
    agent.hub.say(status(agent), THID)
    agent.hub.say(status(agent), THID)
    agent.hub.edit = lambda door, answer: spoil(answer)
    assert not agent.exchange()
    assert (agent.state.cursor, heard) == (0, [])
    agent.hub.edit = lambda door, answer: None
    assert agent.exchange()
    assert len(heard) == 2


def test_an_old_answer_played_again_is_refused(agent: Agent, heard: list[Message]) -> None:
    kept: list[dict[str, Any]] = []
    agent.hub.edit = lambda door, answer: kept.append(dict(answer))
    agent.poll()
    agent.hub.edit = lambda door, answer: answer.update(kept[0])
    with pytest.raises(HubAnswerError):
        agent.poll()


@pytest.mark.parametrize("skipped", [1, -1])
def test_numbers_that_do_not_follow_are_not_taken(agent: Agent, heard: list[Message], skipped: int) -> None:
    agent.hub.say(status(agent), THID)
    assert agent.poll() == 1
    agent.hub.say(status(agent), THID)
    agent.hub.skipped = skipped
    if skipped > 0:
        with pytest.raises(HubAnswerError):
            agent.poll()
    else:
        assert agent.poll() == 0
    assert (agent.state.cursor, len(heard)) == (1, 1)
    agent.hub.skipped = 0
    assert agent.poll() == 1


@pytest.mark.parametrize("error", [NumberGapError(expected=4), ServerFaultError()])
def test_a_refused_poll_changes_nothing(agent: Agent, error: Exception) -> None:
    agent.hub.trouble = [error]
    with pytest.raises(type(error)):
        agent.poll()
    assert agent.state.cursor == 0


def test_a_directory_stands_when_all_its_pages_are_there(agent: Agent) -> None:
    agent.hub.say(directory(1, "A", "B"))
    agent.hub.say(directory(2, "C", page=2, n_pages=2))
    agent.poll()
    assert names(agent) == ["A", "B"]
    agent.hub.say(directory(2, "A", page=1, n_pages=2))
    agent.hub.say(directory(1, "Z"))
    agent.poll()
    assert names(agent) == ["A", "C"]


def test_a_void_uses_its_number_up(agent: Agent) -> None:
    agent.hub.say(Void())
    assert agent.poll() == 1
    assert agent.state.cursor == 1


def test_effect_mark_and_cursor_are_one_commit(agent: Agent) -> None:
    agent.hub.say(directory(1, "A"))

    class StopError(BaseException):
        pass

    def stop(point: str) -> None:
        if point == "receive.before-commit":
            raise StopError

    with step.connected_to(stop), pytest.raises(StopError):
        agent.poll()
    assert (agent.state.cursor, names(agent), list(agent.session.scalars(select(Seen)))) == (0, [], [])
    assert agent.poll() == 1
    assert (agent.state.cursor, names(agent)) == (1, ["A"])


def test_the_marked_points_of_a_poll_come_in_order(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def note(point: str) -> None:
        seen.append(point)

    monkeypatch.setitem(HANDLERS, matches.Release.TYPE, lambda session, message, now: None)
    agent.hub.say(matches.Release("a.b", agent.now, 72), THID)
    with step.connected_to(note):
        agent.poll()
        agent.poll()
    assert seen == [
        "poll.posted", "receive.before-commit", "receive.committed", "release.committed",
        "acknowledge.before-post", "poll.posted",
    ]  # fmt: skip


def test_every_message_from_the_hub_has_a_handler() -> None:
    from protocol.messages import REGISTRY

    answers = {"enrolment.challenge", "enrolment.result", "keys.entry", "keys.head"}
    answers |= {"transport.batch", "transport.receipt"}
    from_hub = {name for name, body in REGISTRY.items() if body.FROM in ("hub", "both")}
    assert set(HANDLERS) == from_hub - answers


@pytest.mark.parametrize("pages", [[("A", "A")], [("A", "B"), ("B",)]])
def test_a_directory_that_names_a_site_twice_is_not_taken_and_blocks_nothing(
    agent: Agent, pages: list[tuple[str, ...]]
) -> None:
    for number, sites in enumerate(pages, 1):
        bad = agent.hub.say(directory(1, *sites, page=number, n_pages=len(pages)))
    agent.hub.say(directory(2, "C"))
    assert agent.poll() == len(pages) + 1
    assert nacks(agent) == [(bad.jti, "schema-invalid")]
    assert names(agent) == ["C"]


@pytest.mark.parametrize("strange", ["\ud800", "é"])
def test_what_is_no_token_is_a_wrong_answer_and_no_fault_here(agent: Agent, strange: str) -> None:
    agent.hub.edit = lambda door, answer: answer.update(messages=[strange])
    with pytest.raises(HubAnswerError):
        agent.poll()


def test_a_status_for_a_request_that_was_lost_makes_a_bare_row(agent: Agent) -> None:
    agent.hub.say(status(agent), THID)
    agent.poll()
    row = agent.session.scalars(select(Request).where(Request.thid == THID)).one()
    assert row.state == "in-hand"
    assert row.ref, "people here have to call it something"
