"""Enrolment through the real doors of hub and agent."""

from datetime import timedelta
from pathlib import Path

import pytest

from hub.models import Site as HubSite
from hub.services import enrolment
from protocol.errors import CodeExpiredError, CodeUnknownError, CodeUsedError, HubKeyMismatchError
from site_agent.models import DirectorySite, KeyEntry
from tests.support.clock import StoppedClock
from tests.support.federation import Agent, Federation


def state(agent: Agent) -> str:
    with agent.session() as session:
        return agent.pages().standing(session).state


def hub_words(federation: Federation, agent: Agent) -> tuple[str, ...]:
    with federation.hub.session() as session:
        return enrolment.words(session.get_one(HubSite, agent.site_id))


def test_both_screens_show_the_same_six_words_and_staff_approve(federation: Federation) -> None:
    cedar = federation.stranger("Cedar")
    standing = federation.enrol(cedar, federation.invite(cedar))
    assert standing.state == "pending"
    assert len(standing.words) == 6
    assert standing.words == hub_words(federation, cedar)
    assert cedar.exchange()
    assert state(cedar) == "pending"
    federation.staff("approve", cedar)
    assert cedar.exchange()
    assert state(cedar) == "approved"
    assert [row.state for row in cedar.outbox_rows()] == ["accepted"]
    with cedar.session() as session:
        status = cedar.pages().status(session, cedar.clock.now())
    assert (status.connected, status.waiting, status.alarm) == (True, 0, None)


def test_every_site_hears_of_every_other_and_holds_the_whole_log(federation: Federation) -> None:
    agents = [federation.site(name) for name in ("Cedar", "Kettle", "Selkirk")]
    federation.settle()
    for agent in agents:
        assert {row.site_id for row in agent.rows(DirectorySite)} == {each.site_id for each in agents}
        assert [row.token for row in agent.rows(KeyEntry)] == list(federation.hub.log().tokens)
        with agent.session() as session:
            assert agent.pages().status(session, agent.clock.now()).alarm is None


def test_a_refused_site_is_told(federation: Federation) -> None:
    cedar = federation.stranger("Cedar")
    federation.enrol(cedar, federation.invite(cedar))
    federation.staff("refuse", cedar)
    assert cedar.exchange()
    assert state(cedar) == "refused"


def test_the_same_code_with_the_same_keys_gets_the_same_answer_with_others_none(
    federation: Federation,
) -> None:
    cedar, thief = federation.stranger("Cedar"), federation.stranger("Thief")
    code = federation.invite(cedar)
    first = federation.enrol(cedar, code)
    assert federation.enrol(cedar, code) == first
    with pytest.raises(CodeUsedError):
        federation.enrol(thief, code)
    assert state(thief) == "begun"
    assert federation.enrol(thief, federation.invite(thief)).state == "pending", "a code of its own mends it"


def test_an_answer_that_is_lost_on_the_way_costs_nothing(federation: Federation) -> None:
    cedar = federation.stranger("Cedar")
    code = federation.invite(cedar)
    cedar.wire.repeats = 2
    assert federation.enrol(cedar, code).state == "pending"


def test_a_code_that_is_too_old(federation: Federation) -> None:
    cedar = federation.stranger("Cedar")
    code = federation.invite(cedar)
    federation.clock.advance(hours=25)
    with pytest.raises(CodeExpiredError):
        federation.enrol(cedar, code)


def test_a_code_that_was_replaced(federation: Federation) -> None:
    cedar = federation.stranger("Cedar")
    old = federation.invite(cedar)
    with federation.hub.session() as session:
        new = enrolment.renew_code(session, session.get_one(HubSite, cedar.site_id), federation.hub.now)
    with pytest.raises(CodeUnknownError):
        federation.enrol(cedar, old)
    assert federation.enrol(cedar, new).state == "pending"


def test_the_code_of_another_hub(federation: Federation, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Federation(tmp_path / "other")
    _, code = other.hub.invite("Cedar")
    cedar = federation.stranger("Cedar")
    with pytest.raises(HubKeyMismatchError):
        federation.enrol(cedar, code)
    assert [path for path, _ in cedar.wire.calls] == ["hub"]
    other.close_down()


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_site_whose_clock_is_a_day_off_enrols_and_exchanges(federation: Federation, hours: int) -> None:
    wrong = StoppedClock(federation.clock.at + timedelta(hours=hours))
    cedar = federation.site("Cedar", "Uma Ross", clock=wrong)
    federation.settle()
    assert {row.state for row in cedar.outbox_rows()} == {"accepted"}


def test_a_suspended_site_waits_and_goes_on_when_it_is_resumed(federation: Federation) -> None:
    cedar = federation.site("Cedar")
    federation.staff("suspend", cedar)
    cedar.has_supporters("Uma Ross")
    assert not cedar.exchange()
    with cedar.session() as session:
        status = cedar.pages().status(session, cedar.clock.now())
    assert (status.pending, status.code, status.waiting) == (True, "site-suspended", 1)
    federation.staff("resume", cedar)
    assert cedar.exchange()
    assert {row.state for row in cedar.outbox_rows()} == {"accepted"}
