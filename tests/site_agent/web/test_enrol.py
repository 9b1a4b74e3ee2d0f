"""Connecting to the hub: every wrong code is said with its mend, what was typed stays, six words are shown."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from protocol.enrolment_code import EnrolmentCode
from protocol.errors import CodeExpiredError, CodeUnknownError, CodeUsedError
from protocol.key_log import genesis
from protocol.keys import SigningKey
from protocol.words import six_words
from site_agent.link import init_link
from site_agent.link.errors import HubUnreachableError
from site_agent.link.loop import exchange
from site_agent.models import Enrolment, Site
from tests.support.desk import Desk, text_of
from tests.support.fake_hub import FakeHub

HUB = "https://hub.example.ca"


@pytest.fixture
def hub(desk: Desk) -> FakeHub:
    """A hub that gave this site a code."""
    hub = FakeHub(desk.clock)
    init_link(desk.app, lambda url: hub)
    return hub


def enter(client: FlaskClient, code: str, hub_url: str = HUB) -> tuple[int, str]:
    answer = client.post("/set-up/enrol", data={"code": code, "hub_url": hub_url})
    return answer.status_code, text_of(answer) if answer.status_code != 303 else ""


def own_words(desk: Desk) -> tuple[str, ...]:
    keys = desk.app.extensions["agent_keys"]
    return six_words(keys.signing.kid(), keys.sealing.kid())


def test_a_right_code_leads_to_six_words_to_read_out(
    desk: Desk, coordinator: FlaskClient, hub: FakeHub
) -> None:
    assert enter(coordinator, hub.code.encode())[0] == 303
    shown = text_of(coordinator.get("/set-up/enrol"))
    assert "Read these six words to the provincial team by phone" in shown
    assert all(word in shown for word in own_words(desk))
    assert "Waiting for approval" in shown


def test_approval_shows_without_loading_the_page_anew(
    desk: Desk, coordinator: FlaskClient, hub: FakeHub
) -> None:
    enter(coordinator, hub.code.encode())
    before = coordinator.get("/set-up/enrol/state")
    same = coordinator.get("/set-up/enrol/state", headers={"If-None-Match": before.headers["ETag"]})
    assert same.status_code == 304
    keys = desk.app.extensions["agent_keys"]
    hub.approved = True
    hub.admit(keys.signing, keys.sealing)
    exchange(desk.app)
    after = coordinator.get("/set-up/enrol/state", headers={"If-None-Match": before.headers["ETag"]})
    assert "This site is enrolled" in text_of(after)
    assert "Connect to the hub Enrolled" in text_of(coordinator.get("/set-up/enrol"))


REFUSED = [
    (CodeUnknownError(), "The hub does not know this code. Ask the provincial team for a new code"),
    (CodeExpiredError(), "more than 24 hours old. Ask the provincial team for a new code"),
    (CodeUsedError(), "used by somebody else. Phone the provincial team at once"),
    (HubUnreachableError("down"), "The hub does not answer. This site may be offline."),
]


@pytest.mark.parametrize(("trouble", "said"), REFUSED)
def test_a_refusal_is_said_with_its_mend_and_nothing_typed_is_lost(
    desk: Desk, coordinator: FlaskClient, hub: FakeHub, trouble: Exception, said: str
) -> None:
    hub.trouble = [trouble]
    code = hub.code.encode()
    answer = coordinator.post("/set-up/enrol", data={"code": code, "hub_url": HUB})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert f'value="{code}"' in answer.text
    assert f'value="{HUB}"' in answer.text


def test_another_hub_is_found_out_before_anything_is_sent(
    desk: Desk, coordinator: FlaskClient, hub: FakeHub
) -> None:
    other = SigningKey.generate()
    strange = EnrolmentCode.new(genesis(other, recovery_hash=other.kid(), now=desk.now))
    status, shown = enter(coordinator, strange.encode())
    assert status == 422
    assert "not the one that gave you the code. Nothing was sent to it." in shown
    assert [door for door, _ in hub.calls] == ["hub"]
    assert desk.row(Enrolment, 1) is None or desk.row(Enrolment, 1).state == "none"


TYPED = [
    ("", HUB, "Paste the whole code"),
    ("ABCDE", HUB, "This is not an enrolment code"),
    ("A" * 201, HUB, "That is longer than a code"),
    (None, "", "Enter the address of the hub"),
    (None, "ftp://hub.example.ca", "This is not the address of a hub"),
    (None, "http://hub.example.ca", "Enter the address that begins with https://"),
    (None, "https://" + "h" * 300, "300 characters or fewer"),
]


@pytest.mark.parametrize(("code", "hub_url", "said"), TYPED)
def test_what_cannot_be_a_code_or_an_address_is_refused(
    desk: Desk, coordinator: FlaskClient, hub: FakeHub, code: str | None, hub_url: str, said: str
) -> None:
    status, shown = enter(coordinator, hub.code.encode() if code is None else code, hub_url)
    assert status == 422
    assert said in shown
    assert hub.calls == []


def test_another_code_can_be_entered_while_one_waits(
    desk: Desk, coordinator: FlaskClient, hub: FakeHub
) -> None:
    enter(coordinator, hub.code.encode())
    assert "One-time code" not in text_of(coordinator.get("/set-up/enrol"))
    assert "One-time code" in text_of(coordinator.get("/set-up/enrol?again=1"))


def test_asking_again_by_hand_is_one_press(desk: Desk, coordinator: FlaskClient, hub: FakeHub) -> None:
    enter(coordinator, hub.code.encode())
    assert coordinator.post("/set-up/enrol/check").status_code == 303


def test_the_address_that_was_given_with_the_site_is_filled_in(
    desk: Desk, coordinator: FlaskClient, hub: FakeHub
) -> None:
    with desk.session() as session:
        session.get_one(Site, 1).hub_url = HUB
    assert f'value="{HUB}"' in coordinator.get("/set-up/enrol").text
    shown = coordinator.post("/set-up/enrol", data={"code": "", "hub_url": "https://other.example.ca"}).text
    assert 'value="https://other.example.ca"' in shown, "what was typed stays"
