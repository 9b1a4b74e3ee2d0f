"""What the link does by itself. No test here waits: the waiting is in `pace`."""

import threading
import time
from typing import Any

import pytest

from protocol.errors import BadTokenError, RateLimitedError, SitePendingError
from protocol.messages import matches
from protocol.messages.transport import Hello, Void
from site_agent import outbox
from site_agent.link import loop
from site_agent.link.errors import HubUnreachableError
from site_agent.link.inbox import HANDLERS
from site_agent.link.pace import LONGEST_SECONDS
from site_agent.link.state import Link, link_of
from tests.site_agent.link.conftest import Agent


def link(agent: Agent) -> Link:
    return link_of(agent.app)


def doors(agent: Agent) -> list[str]:
    return [door for door, _ in agent.hub.calls]


def test_one_exchange_sends_receives_answers_and_acknowledges(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(session: Any, message: Any, now: Any) -> None:
        outbox.queue(session, Hello(1, 1), now=now)

    monkeypatch.setitem(HANDLERS, matches.HomeStatus.TYPE, answer)
    agent.queue(Hello(1, 1))
    agent.hub.say(matches.HomeStatus("in-hand", agent.now), "t" * 22)
    assert agent.exchange()
    assert doors(agent) == ["messages", "poll", "messages", "poll"]
    assert agent.hub.cursor == 1


def test_an_idle_exchange_is_one_poll(agent: Agent) -> None:
    assert agent.exchange()
    assert doors(agent) == ["poll"]


def test_what_fails_on_the_way_out_does_not_stop_what_comes_in(agent: Agent) -> None:
    agent.queue(Hello(1, 1))
    agent.hub.say(Void())
    agent.hub.trouble = [BadTokenError()]
    assert agent.exchange(), "the second attempt of the same exchange went well"
    assert agent.hub.cursor == 1


def test_what_keeps_failing_on_the_way_out_is_said(agent: Agent) -> None:
    agent.queue(Hello(1, 1))
    agent.hub.edit = lambda door, answer: answer.update(receipts=[]) if door == "messages" else None
    assert not agent.exchange()
    assert doors(agent) == ["messages", "poll"]
    assert agent.state.last_error_code == "bad-answer"


def test_failures_slow_the_pace_and_success_forgives(agent: Agent) -> None:
    agent.hub.trouble = [HubUnreachableError("down")]
    agent.exchange()
    assert link(agent).pace.failures == 1
    agent.exchange()
    assert link(agent).pace.failures == 0


def test_a_hub_that_asks_to_wait_is_heard(agent: Agent) -> None:
    agent.hub.trouble = [RateLimitedError(retry_after=40)]
    agent.exchange()
    assert link(agent).pace.next(0.0) >= 40


def test_a_site_that_is_held_back_asks_slowly(agent: Agent) -> None:
    agent.hub.trouble = [SitePendingError()]
    agent.exchange()
    assert link(agent).pace.next(0.0) == LONGEST_SECONDS


def test_a_fault_nobody_thought_of_is_kept_for_the_pages_and_ends_nothing(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    agent.hub.trouble = [RuntimeError("Dr Canary")]
    assert not agent.exchange()
    assert agent.state.last_error_code == "own-fault"
    assert "Canary" not in caplog.text
    assert agent.exchange()


def test_the_background_work_exchanges_when_woken_and_ends_when_told(agent: Agent) -> None:
    agent.session.commit()
    polled, stop = threading.Event(), threading.Event()
    agent.hub.edit = lambda door, answer: polled.set()
    link(agent).pace.first = lambda: 3600.0  # type: ignore[method-assign]
    thread = threading.Thread(target=loop.background(agent.app), args=(stop,))
    thread.start()
    agent.pages.wake()
    assert polled.wait(30)
    stop.set()
    agent.pages.wake()
    thread.join(30)
    assert not thread.is_alive()


def test_waking_makes_the_pace_quick(agent: Agent) -> None:
    agent.pages.wake()
    assert link(agent).pace.next(time.monotonic()) < 3
