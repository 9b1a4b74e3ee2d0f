"""What the pages show of the link, with the hub there and away."""

from datetime import timedelta
from typing import Any

import pytest

from protocol.errors import PROBLEMS, SitePendingError, SiteSuspendedError
from site_agent.link.errors import HubUnreachableError, LinkError
from site_agent.link.wording import trouble
from tests.site_agent.link.conftest import Agent, look_elsewhere


def status(agent: Agent) -> Any:
    return agent.pages.status(agent.session, agent.now)


def test_connected_until_three_polls_are_missed(agent: Agent) -> None:
    assert status(agent).connected
    assert status(agent).trouble is None
    agent.clock.advance(minutes=2, seconds=1)
    assert not status(agent).connected


def test_with_the_hub_away_messages_wait_and_the_page_says_so(agent: Agent) -> None:
    look_elsewhere(agent)
    agent.hub.trouble = [HubUnreachableError("down")]
    assert not agent.exchange()
    shown = status(agent)
    assert (shown.connected, shown.waiting, shown.code) == (False, 1, "unreachable")
    with agent.app.test_request_context():
        assert "wait" in str(shown.trouble.mend)
    assert agent.exchange()
    assert (status(agent).connected, status(agent).waiting, status(agent).trouble) == (True, 0, None)


@pytest.mark.parametrize("error", [SitePendingError, SiteSuspendedError])
def test_a_site_that_the_hub_holds_back_says_so(agent: Agent, error: type[Exception]) -> None:
    agent.hub.trouble = [error()]
    assert not agent.exchange()
    assert status(agent).pending
    assert not status(agent).connected


def test_a_site_without_a_hub(stranger: Agent) -> None:
    shown = status(stranger)
    assert (shown.connected, shown.waiting, shown.dead, shown.code) == (False, 0, 0, "not-enrolled")


def test_an_alarm_comes_before_everything_else(agent: Agent) -> None:
    agent.state.alarm = "key-log-fork"
    agent.state.last_error_code = "unreachable"
    agent.session.commit()
    with agent.app.test_request_context():
        assert "sealed" in str(status(agent).trouble.what)


def test_every_code_of_trouble_has_words_of_its_own(agent: Agent) -> None:
    codes = {*PROBLEMS, "key-log-fork", "own-key-swapped"} | {each.code for each in _kinds(LinkError)}
    unknown = trouble("no such code")
    assert [code for code in codes if trouble(code) is unknown] == []


def _kinds(kind: type[LinkError]) -> list[type[LinkError]]:
    return [kind, *(below for each in kind.__subclasses__() for below in _kinds(each))]


def test_an_old_success_is_no_connection_after_a_failure(agent: Agent) -> None:
    agent.hub.trouble = [HubUnreachableError("down")]
    assert not agent.exchange()
    assert agent.now - status(agent).last_ok_at < timedelta(minutes=1)
    assert not status(agent).connected
