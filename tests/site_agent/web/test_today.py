"""Today: what waits comes first and the most urgent at the top; nothing waits unseen; nobody is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from site_agent.models import Enrolment, LinkState, OutboxRow, Request
from tests.support.desk import Desk, text_of


def today(client: FlaskClient) -> str:
    return text_of(client.get("/"))


def order(shown: str, *texts: str) -> list[str]:
    return sorted(texts, key=shown.index)


def test_the_most_urgent_comes_first(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    desk.request()
    desk.match()
    desk.match("overdue", desk.supporter(), due_at=desk.now - timedelta(hours=3))
    soon = desk.supporter("Dr. Bo Lind")
    desk.match("in-hand", soon, due_at=desk.now + timedelta(hours=5))
    with desk.session() as session:
        session.get_one(LinkState, 1).alarm = "key-log-fork"
    shown = today(coordinator)
    lines = (
        "Read the alarm about the hub’s keys",
        "Decide about a first contact that is late",
        "Ask a supporter for a request from elsewhere",
        "Find a supporter for request",
        "See that first contact is made",
    )
    assert order(shown, *lines) == list(lines)
    assert "Waiting for you (5)" in shown
    assert "3 h late" in shown
    assert "Waiting 4 h" in shown


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("new", "Find a supporter for request"),
        ("unmatched", "Find another way for request"),
    ],
)
def test_each_request_that_needs_a_person_waits(
    desk: Desk, coordinator: FlaskClient, state: str, words: str
) -> None:
    desk.request(state=state)
    assert words in today(coordinator)


def test_one_that_nobody_elsewhere_can_help_waits_for_a_call(desk: Desk, coordinator: FlaskClient) -> None:
    desk.request(state="unmatched", elsewhere=True)
    assert "Call the physician of request" in today(coordinator)


def test_erased_wishes_wait_for_the_physicians_word(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    request_id = desk.request(elsewhere=True)
    with desk.session() as session:
        session.get_one(Request, request_id).restate = True
    assert "Ask for the wishes of request" in today(coordinator)


def set_up(desk: Desk) -> None:
    """Nothing of the set-up is left; the request that tried the form is over."""
    desk.enrol()
    desk.supporter("Dr. Una Untrained", practice_on=None)
    desk.request(state="withdrawn")


def test_a_clock_with_more_than_a_day_left_does_not_wait(desk: Desk, coordinator: FlaskClient) -> None:
    set_up(desk)
    desk.match("in-hand", desk.supporter())
    assert "Waiting for you (0)" in today(coordinator)


def test_a_request_on_its_way_is_listed_and_does_not_wait(desk: Desk, coordinator: FlaskClient) -> None:
    set_up(desk)
    desk.request(elsewhere=True)
    shown = today(coordinator)
    assert "Waiting for you (0)" in shown
    assert "Looking elsewhere" in shown


def test_a_new_site_is_led_to_what_is_left_of_the_set_up(desk: Desk, coordinator: FlaskClient) -> None:
    shown = today(coordinator)
    assert "Waiting for you (1) Finish setting up: 3 steps left" in shown
    assert "To do" in shown
    assert "Until then nobody of this site can be asked." in shown
    assert "Nothing waits for you." not in shown
    assert 'href="/set-up"' in coordinator.get("/today/list").text
    set_up(desk)
    assert "Finish setting up" not in today(coordinator)


def test_a_step_of_the_set_up_that_stops_nothing_says_so(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    desk.supporter()
    shown = today(coordinator)
    assert "Finish setting up: 1 step left" in shown
    assert "Nothing waits for it: physicians can ask, and supporters can be asked." in shown
    assert "Until then" not in shown
    desk.without_mail()
    assert "Until then no email goes out" in today(coordinator)


def test_empty_lists_teach(desk: Desk, coordinator: FlaskClient) -> None:
    set_up(desk)
    shown = today(coordinator)
    assert "Nothing waits for you." in shown
    assert "The 72 hours start when the match is confirmed." in shown


def test_nobody_is_named(desk: Desk, coordinator: FlaskClient) -> None:
    desk.request()
    desk.match("overdue", desk.supporter())
    assert "Canary" not in coordinator.get("/").text


def test_how_the_site_stands_is_beside_it(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    desk.supporter()
    desk.supporter("Dr. Bo Lind", practice_on=None)
    shown = today(coordinator)
    assert "Supporters 2" in shown
    assert "Taking requests 1" in shown
    assert "Hub link Connected" in shown


def test_with_the_hub_away_everything_works_and_the_page_says_that_messages_wait(
    desk: Desk, coordinator: FlaskClient
) -> None:
    desk.enrol()
    with desk.session() as session:
        session.get_one(LinkState, 1).last_ok_at = desk.now - timedelta(hours=3)
        session.get_one(LinkState, 1).last_error_code = "unreachable"
    desk.request(elsewhere=True)
    shown = today(coordinator)
    assert "Not connected" in shown
    assert "1 message waits" in shown


@pytest.mark.parametrize(("state", "words"), [("none", "Not enrolled"), ("pending", "Waiting for approval")])
def test_the_way_to_the_hub_is_said(desk: Desk, coordinator: FlaskClient, state: str, words: str) -> None:
    with desk.session() as session:
        session.add(Enrolment(id=1, state=state, hub_url=""))
    assert words in today(coordinator)


def test_a_refused_message_is_seen(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    desk.request(elsewhere=True)
    with desk.session() as session:
        row = session.query(OutboxRow).one()
        row.state, row.code = "rejected", "schema-invalid"
    shown = today(coordinator)
    assert "Look at what the hub refused" in shown
    assert "1 message refused" in shown


def test_the_list_alone_is_sent_only_when_it_changed(desk: Desk, coordinator: FlaskClient) -> None:
    first = coordinator.get("/today/list")
    again = coordinator.get("/today/list", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    desk.request()
    changed = coordinator.get("/today/list", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "Find a supporter" in text_of(changed)
