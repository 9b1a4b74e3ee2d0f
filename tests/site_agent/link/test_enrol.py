"""Enrolment from the site's side: a wrong hub is sent nothing, every failure says how to mend it, steps repeat."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from protocol.enrolment_code import EnrolmentCode, EnrolmentCodeError
from protocol.errors import (
    CodeExpiredError,
    CodeUnknownError,
    CodeUsedError,
    HubKeyMismatchError,
    KeyLogForkError,
    ProtocolError,
    UnsupportedVersionError,
)
from protocol.key_log import genesis
from protocol.keys import SigningKey
from protocol.words import six_words
from site_agent.keys import current_keys
from site_agent.link.errors import (
    AlreadyEnrolledError,
    HubAnswerError,
    HubUnreachableError,
    InsecureAddressError,
    NotEnrolledError,
)
from site_agent.models import Enrolment, KeyEntry
from tests.site_agent.link.conftest import HUB_URL, Agent
from tests.support.fake_hub import FakeHub


def begin(agent: Agent, code: str | None = None, url: str = HUB_URL) -> Any:
    return agent.pages.begin(agent.session, code or agent.hub.code.encode(), url, agent.now)


def doors(agent: Agent) -> list[str]:
    return [door for door, _ in agent.hub.calls]


def test_a_new_site_is_pending_and_shows_the_six_words_of_its_own_keys(stranger: Agent) -> None:
    standing = begin(stranger)
    keys = current_keys()
    assert standing.state == "pending"
    assert standing.words == six_words(keys.signing.kid(), keys.sealing.kid())
    assert doors(stranger) == ["hub", "enrol", "enrol"]


def test_approval_is_noticed_by_the_link_itself_and_the_first_message_goes(stranger: Agent) -> None:
    begin(stranger)
    keys = current_keys()
    stranger.hub.admit(keys.signing, keys.sealing)
    stranger.hub.approved = True
    assert stranger.exchange()
    assert stranger.pages.standing(stranger.session).state == "approved"
    assert [message.type for message in stranger.hub.opened_messages()] == ["transport.hello"]
    assert stranger.pages.status(stranger.session, stranger.now).connected


def test_after_approval_nothing_of_the_code_is_kept(stranger: Agent) -> None:
    stranger.hub.approved = True
    begin(stranger)
    row = stranger.session.get(Enrolment, 1)
    assert (row.code_secret, row.nonce, row.opened) == (None, None, None)


def test_the_same_code_again_gets_the_same_answer(stranger: Agent) -> None:
    assert begin(stranger) == begin(stranger)


def test_an_approved_site_does_not_enrol_again(agent: Agent) -> None:
    with pytest.raises(AlreadyEnrolledError):
        begin(agent)


def test_a_broken_exchange_is_taken_up_where_it_broke(stranger: Agent) -> None:
    stranger.hub.trouble = [HubUnreachableError("down")]
    with pytest.raises(HubUnreachableError):
        begin(stranger)
    assert stranger.pages.standing(stranger.session).state == "none"

    begin_and_lose(stranger)
    assert stranger.pages.standing(stranger.session).error_code == "unreachable"
    assert stranger.exchange(), "the link goes on by itself"
    assert stranger.pages.standing(stranger.session).state == "pending"
    assert stranger.pages.standing(stranger.session).error_code is None


def begin_and_lose(agent: Agent) -> None:
    calls = iter([None, HubUnreachableError("lost")])

    def lose(door: str, answer: dict[str, Any]) -> None:
        next(calls)
        agent.hub.trouble = [HubUnreachableError("lost")]

    agent.hub.edit = lose
    with pytest.raises(HubUnreachableError):
        begin(agent)
    agent.hub.edit = lambda door, answer: None


def test_a_hub_that_the_code_does_not_name_is_sent_nothing_and_nothing_is_kept(stranger: Agent) -> None:
    other = EnrolmentCode.new(genesis(SigningKey.generate(), recovery_hash="A" * 43, now=stranger.now))
    with pytest.raises(HubKeyMismatchError) as caught:
        begin(stranger, other.encode())
    assert doors(stranger) == ["hub"]
    assert stranger.pages.standing(stranger.session).state == "none"
    assert stranger.session.get(KeyEntry, 0) is None
    assert stranger.pages.failure(caught.value).field == "hub_url"


def lie(change: Callable[[FakeHub, dict[str, Any]], None]) -> Callable[[Agent], None]:
    def arrange(agent: Agent) -> None:
        agent.hub.edit = lambda door, answer: change(agent.hub, answer) if door == "hub" else None

    return arrange


def _flip(hub: FakeHub, answer: dict[str, Any]) -> None:
    other = FakeHub(hub.clock)
    answer["log"] = [*answer["log"], other.log.tokens[0]]


def _foreign_head(hub: FakeHub, answer: dict[str, Any]) -> None:
    answer["head"] = FakeHub(hub.clock).hub()["head"]


def _part_of_the_log(hub: FakeHub, answer: dict[str, Any]) -> None:
    hub.admit(SigningKey.generate(), _sealing(), site_id="B" * 22)
    from protocol.key_log import sign_head

    answer["head"] = sign_head(hub.log, hub.key, hub.now())


def _sealing() -> Any:
    from protocol.keys import SealingKey

    return SealingKey.generate()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (_flip, HubKeyMismatchError),
        (_foreign_head, HubAnswerError),
        (_part_of_the_log, HubAnswerError),
        (lambda hub, answer: answer.update(versions=[2]), UnsupportedVersionError),
        (lambda hub, answer: answer.update(log=[]), HubAnswerError),
        (lambda hub, answer: answer.update(log="x"), HubAnswerError),
        (lambda hub, answer: answer.update(head=7), HubAnswerError),
        (lambda hub, answer: answer.clear(), HubAnswerError),
    ],
)
def test_a_hub_page_that_does_not_hold_together_is_refused_before_anything_is_sent(
    stranger: Agent, change: Callable[[FakeHub, dict[str, Any]], None], error: type[Exception]
) -> None:
    lie(change)(stranger)
    with pytest.raises(error):
        begin(stranger)
    assert doors(stranger) == ["hub"]
    assert stranger.pages.standing(stranger.session).state == "none"


@pytest.mark.parametrize("typed", ["", "7K2M4", "U" * 55, "7K2M4-" * 11, "ä" * 55])
def test_a_mistyped_code_is_marked_on_the_form_and_no_hub_is_asked(stranger: Agent, typed: str) -> None:
    with pytest.raises(EnrolmentCodeError) as caught:
        stranger.pages.begin(stranger.session, typed, HUB_URL, stranger.now)
    assert stranger.pages.failure(caught.value).field == "code"
    assert stranger.hub.calls == []


def test_plain_http_to_another_machine_is_marked_on_the_form(stranger: Agent) -> None:
    with pytest.raises(InsecureAddressError) as caught:
        begin(stranger, url="http://hub.example.ca")
    assert stranger.pages.failure(caught.value).field == "hub_url"
    assert stranger.hub.calls == []


@pytest.mark.parametrize("error", [CodeUnknownError, CodeExpiredError, CodeUsedError])
def test_a_code_that_the_hub_refuses_is_marked_and_a_new_one_can_be_entered(
    stranger: Agent, error: type[ProtocolError]
) -> None:
    stranger.hub.edit = lambda door, answer: stranger.hub.trouble.append(error())
    with pytest.raises(error) as caught:
        begin(stranger)
    assert stranger.pages.failure(caught.value).field == "code"
    assert stranger.pages.standing(stranger.session).error_code == error.code
    stranger.hub.edit = lambda door, answer: None
    stranger.hub.calls.clear()
    assert stranger.exchange()
    assert stranger.hub.calls == [], "the link does not ask again with a code that was refused"
    assert begin(stranger).state == "pending"


def test_every_error_has_words(stranger: Agent) -> None:
    for error in (EnrolmentCodeError("x"), HubUnreachableError("x"), CodeUsedError(), KeyLogForkError()):
        failure = stranger.pages.failure(error)
        with stranger.app.test_request_context():
            assert str(failure.trouble.what)
            assert str(failure.trouble.mend)
        assert failure.code != "unknown"


@pytest.mark.parametrize("hours", [-26, 26])
def test_a_site_whose_clock_is_a_day_off_enrols_and_learns_the_hubs_time(stranger: Agent, hours: int) -> None:
    stranger.hub.offset = timedelta(hours=hours)
    stranger.hub.approved = True
    assert begin(stranger).state == "approved"
    assert stranger.state.hub_offset_seconds == hours * 3600


def test_a_page_that_only_looks_writes_nothing(stranger: Agent) -> None:
    assert stranger.pages.standing(stranger.session).state == "none"
    assert stranger.session.get(Enrolment, 1) is None


def test_asking_before_anything_was_begun(stranger: Agent) -> None:
    with pytest.raises(NotEnrolledError):
        stranger.pages.check(stranger.session, stranger.now)
    assert stranger.exchange(), "an agent without a hub has nothing to exchange"
    assert stranger.pages.status(stranger.session, stranger.now).code == "not-enrolled"


def test_the_copy_of_a_hub_that_was_left_makes_room_for_another(stranger: Agent) -> None:
    begin(stranger)
    first = stranger.hub.log.tokens[0]
    stranger.hub.__init__(stranger.clock)  # type: ignore[misc]
    begin(stranger)
    assert stranger.session.get(KeyEntry, 0).token == stranger.hub.log.tokens[0] != first


def test_the_log_of_the_same_hub_is_never_overwritten(stranger: Agent) -> None:
    begin(stranger)
    held = stranger.hub.log
    keys = current_keys()
    stranger.hub.admit(keys.signing, keys.sealing)
    begin(stranger)
    stranger.hub.log = held
    with pytest.raises(KeyLogForkError):
        begin(stranger)
    assert stranger.session.get(KeyEntry, 1) is not None


def test_a_refusal_by_staff_is_said_and_ends_the_asking(stranger: Agent) -> None:
    begin(stranger)
    stranger.session.get(Enrolment, 1).state = "refused"
    stranger.session.commit()
    stranger.hub.calls.clear()
    assert stranger.exchange()
    assert stranger.hub.calls == []
    assert stranger.pages.status(stranger.session, stranger.now).code == "enrolment-refused"
