"""A page that was left open at the desk: it must not end, or speak for, the help of whoever has come since."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from site_agent.models import Interaction, Request
from tests.site_agent.web.helping import TALK, asked, count, helped, match_of, offer_of, press
from tests.support.desk import Desk, text_of

CAME_TOO_LATE = "This has moved on in the meantime"


def seen(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', client.get(path).text)
    assert found, path
    return found[1]


def handed_on(desk: Desk, client: FlaskClient, request_id: str) -> None:
    """Somebody else takes over, and says yes."""
    press(client, request_id, "ask", supporter=desk.supporter("Dr. Bea Second"), takes_over="yes")
    press(client, request_id, "yes", offer=offer_of(desk, request_id))


@pytest.mark.parametrize(
    ("form", "typed"),
    [("close", {"paper": "yes"}), ("talk", TALK), ("attempt", {"what": "reached", "at-time": "9 am"})],
)
def test_a_form_about_the_first_supporter_does_nothing_to_the_second(
    desk: Desk, coordinator: FlaskClient, form: str, typed: dict[str, str]
) -> None:
    request_id = helped(desk, coordinator)
    path = f"/requests/{request_id}/help/{form}"
    before = seen(coordinator, path)
    handed_on(desk, coordinator, request_id)
    day = {"at-day": "3", "at-month": "11", "at-year": "2026"}
    answer = coordinator.post(path, data=day | typed | {"seen": before}, follow_redirects=True)
    assert CAME_TOO_LATE in text_of(answer)
    match = match_of(desk, request_id)
    assert (match.state, match.reached_at, count(desk, Interaction)) == ("in-hand", None, 0)


def test_wishes_said_about_the_first_supporter_do_not_end_the_help_of_the_second(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = helped(desk, coordinator)
    path = f"/requests/{request_id}/wishes"
    before = seen(coordinator, path)
    handed_on(desk, coordinator, request_id)
    wishes = {"language": "en", "wishes": ["man"]}
    answer = coordinator.post(path, data=wishes | {"seen": before}, follow_redirects=True)
    assert CAME_TOO_LATE in text_of(answer)
    assert match_of(desk, request_id).state == "in-hand"
    coordinator.post(path, data=wishes | {"seen": seen(coordinator, path)})
    assert match_of(desk, request_id).state == "proposed"


def test_nobody_is_given_up_who_said_yes_meanwhile(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = asked(desk, coordinator)
    path = f"/requests/{request_id}/give-up"
    before = seen(coordinator, path)
    press(coordinator, request_id, "yes", offer=offer_of(desk, request_id))
    assert CAME_TOO_LATE in text_of(coordinator.post(path, data={"seen": before}, follow_redirects=True))
    assert match_of(desk, request_id).state == "in-hand"
    coordinator.post(path, data={"seen": seen(coordinator, path)})
    assert match_of(desk, request_id).state == "ended"


def test_a_list_left_open_does_not_take_over_from_whoever_came_since(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = helped(desk, coordinator)
    third = desk.supporter("Dr. Cy Third")
    before = seen(coordinator, f"/requests/{request_id}/help/reassign")
    handed_on(desk, coordinator, request_id)
    second = match_of(desk, request_id).supporter_id
    said = press(coordinator, request_id, "ask", supporter=third, takes_over="yes", seen=before)
    assert CAME_TOO_LATE in said
    assert match_of(desk, request_id).supporter_id == second


def test_a_withdrawal_is_heard_whatever_came_since(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = asked(desk, coordinator)
    page = coordinator.get(f"/requests/{request_id}/withdraw").text
    assert 'name="seen"' not in page
    press(coordinator, request_id, "yes", offer=offer_of(desk, request_id))
    coordinator.post(f"/requests/{request_id}/withdraw")
    assert desk.row(Request, request_id).state == "withdrawn"


def test_no_site_is_passed_by_after_a_yes_that_came_meanwhile(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    thid = desk.match("asked", desk.supporter())
    path = f"/elsewhere/{thid}/pass"
    assert CAME_TOO_LATE in text_of(
        coordinator.post(path, data={"seen": "before.open"}, follow_redirects=True)
    )
    assert coordinator.post(path, data={"seen": seen(coordinator, path)}).headers["Location"] == "/"
