"""The page of the link: it says plainly what waits and what was refused, and how to mend it, with the hub away too."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from protocol.messages import REGISTRY
from site_agent import words
from site_agent.link import trying
from site_agent.link.errors import HubUnreachableError
from site_agent.models import LinkState, OutboxRow, Request
from tests.support.desk import Desk, text_of


@pytest.fixture(autouse=True)
def enrolled(desk: Desk) -> None:
    """The site has a hub."""
    desk.enrol()


def message(desk: Desk, **changes: object) -> int:
    """A request that looks elsewhere, and the row of its message."""
    desk.request(elsewhere=True)
    with desk.session() as session:
        row = session.scalars(select(OutboxRow)).one()
        for name, value in changes.items():
            setattr(row, name, value)
        return row.id


def test_all_well_says_so(coordinator: FlaskClient) -> None:
    shown = text_of(coordinator.get("/settings/link"))
    assert "Connected" in shown
    assert "No message waits." in shown


def test_an_unreachable_hub_is_said_with_what_to_do(desk: Desk, coordinator: FlaskClient) -> None:
    message(desk)
    with desk.session() as session:
        state = session.get_one(LinkState, 1)
        state.last_error_code, state.last_ok_at = "unreachable", desk.now - timedelta(hours=3)
    shown = text_of(coordinator.get("/settings/link"))
    assert "The hub does not answer." in shown
    assert "3 hours ago" in shown
    assert "A request that looks elsewhere" in shown
    assert "Nothing is lost" in shown


def test_an_alarm_comes_before_anything_else(desk: Desk, coordinator: FlaskClient) -> None:
    with desk.session() as session:
        session.get_one(LinkState, 1).alarm = "key-log-fork"
    shown = text_of(coordinator.get("/settings/link"))
    assert "No letters are sealed any more" in shown
    assert "Phone another site’s coordinator" in shown


def test_a_refused_message_shows_what_is_wrong_and_is_sent_again_once(
    desk: Desk, coordinator: FlaskClient
) -> None:
    row_id = message(desk, state="rejected", code="schema-invalid")
    shown = text_of(coordinator.get("/settings/link"))
    assert "does not have the form that the hub asks for" in shown
    again = f"/settings/link/{row_id}/again"
    assert "It is sent again" in text_of(coordinator.post(again, follow_redirects=True))
    assert "has moved on already" in text_of(desk.client().post(again, follow_redirects=True))
    with desk.session() as session:
        states = session.scalars(select(OutboxRow.state).order_by(OutboxRow.id)).all()
    assert states == ["retried", "waiting"]


def test_a_refused_message_can_be_taken_off_the_list(desk: Desk, coordinator: FlaskClient) -> None:
    row_id = message(desk, state="rejected", code="expired")
    coordinator.post(f"/settings/link/{row_id}/dismiss")
    assert "Refused by the hub" not in text_of(coordinator.get("/settings/link"))


def test_what_never_left_can_be_taken_back_and_the_request_stays_here(
    desk: Desk, coordinator: FlaskClient
) -> None:
    row_id = message(desk)
    answer = coordinator.post(f"/settings/link/{row_id}/cancel", follow_redirects=True)
    assert "It is taken back" in text_of(answer)
    with desk.session() as session:
        assert session.scalars(select(Request.state)).one() == "new"


def test_what_may_have_left_is_not_taken_back(desk: Desk, coordinator: FlaskClient) -> None:
    row_id = message(desk, posted_at=desk.now)
    assert "Take back" not in text_of(coordinator.get("/settings/link"))
    answer = coordinator.post(f"/settings/link/{row_id}/cancel", follow_redirects=True)
    assert "has moved on already" in text_of(answer)
    with desk.session() as session:
        assert session.scalars(select(Request.state)).one() == "looking"


def test_a_try_says_that_the_hub_was_not_reached_and_when_it_is_tried_again(
    desk: Desk, coordinator: FlaskClient, no_hub: None
) -> None:
    shown = text_of(coordinator.post("/settings/link/now", follow_redirects=True))
    assert "The hub does not answer." in shown
    assert "This site tries again by itself within 5 minutes." in shown


def test_a_try_names_the_seconds_that_are_left(
    desk: Desk, coordinator: FlaskClient, no_hub: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "_again_in", lambda next_at: 17.2)
    shown = text_of(coordinator.post("/settings/link/now", follow_redirects=True))
    assert "This site tries again by itself within 18 seconds." in shown


def test_a_try_that_went_well_says_so(
    desk: Desk, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "exchange", lambda app: True)
    shown = text_of(coordinator.post("/settings/link/now", follow_redirects=True))
    assert "The hub answered, and everything that waited was exchanged." in shown


def test_a_try_that_the_hub_refused_says_why(
    desk: Desk, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.session() as session:
        session.get_one(LinkState, 1).last_error_code = "site-suspended"
    monkeypatch.setattr(trying, "exchange", lambda app: False)
    shown = text_of(coordinator.post("/settings/link/now", follow_redirects=True))
    assert "The hub answered. The provincial team has suspended this site." in shown


def test_a_try_that_takes_long_goes_on_by_itself(
    desk: Desk, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = threading.Event()
    monkeypatch.setattr(trying, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(trying, "exchange", lambda app: answer.wait(30))
    shown = text_of(coordinator.post("/settings/link/now", follow_redirects=True))
    answer.set()
    assert "The hub has not answered yet." in shown


@pytest.fixture
def no_hub(desk: Desk) -> None:
    """The network is down."""

    class Down:
        def __init__(self, url: str) -> None:
            raise HubUnreachableError("down")

    desk.app.extensions["link"].make_transport = Down


def test_a_refused_request_that_is_kept_here_is_looked_at_again(desk: Desk, coordinator: FlaskClient) -> None:
    row_id = message(desk, state="rejected", code="schema-invalid")
    assert "Keep it here" in text_of(coordinator.get("/settings/link"))
    coordinator.post(f"/settings/link/{row_id}/dismiss")
    with desk.session() as session:
        row = session.scalars(select(Request)).one()
        assert (row.state, row.thid) == ("new", None)


def test_every_press_wakes_the_link(desk: Desk, coordinator: FlaskClient) -> None:
    woken = desk.app.extensions["link"].woken
    coordinator.post(f"/requests/{desk.request()}/elsewhere", data={"said_so": "y"})
    assert woken.is_set()


def test_every_message_that_a_site_writes_has_words() -> None:
    # Enrolment, polls and the hub's own messages never wait in the outbox.
    by_itself = {
        "transport.submit",
        "transport.poll",
        "transport.batch",
        "transport.receipt",
        "transport.hello",
    }
    ours = {
        name
        for name, body in REGISTRY.items()
        if body.FROM == "site" and not name.startswith(("enrolment.", "keys.")) and name not in by_itself
    }
    assert ours <= set(words.MESSAGE)
