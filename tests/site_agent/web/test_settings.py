"""Settings and the set-up list: what cannot be is refused and kept on the form; the list says what is left."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from site_agent.models import Site
from tests.support.desk import Desk, text_of

SETTINGS = {
    "name": "Cedar Inlet Peer Support",
    "community": "Prince George",
    "zone": "America/Edmonton",
    "phone": "250 555 0111",
    "public_url": "https://peers.example.ca/",
}


def test_settings_are_kept(desk: Desk, coordinator: FlaskClient) -> None:
    answer = coordinator.post("/settings", data=SETTINGS, follow_redirects=True)
    assert "The settings are saved" in text_of(answer)
    site = desk.row(Site, 1)
    assert (site.name, site.zone, site.public_url) == (
        "Cedar Inlet Peer Support",
        "America/Edmonton",
        "https://peers.example.ca",
    )
    assert "(250) 555-0111" in answer.text, "in the footer of every page"


WRONG = [
    ({"name": ""}, "Enter the name of the site"),
    ({"name": "C" * 121}, "120 characters or fewer"),
    ({"community": "P" * 81}, "80 characters or fewer"),
    ({"zone": "Mars/Olympus"}, "Not a valid choice"),
    ({"phone": "12"}, "Enter a phone number with its area code"),
    ({"public_url": "peers.example.ca"}, "Enter an address like https://"),
    ({"public_url": "http://peers.example.ca"}, "Enter an address like https://"),
    ({"public_url": "https://peers.example.ca/ask"}, "nothing after the name"),
    ({"public_url": "https://peers example.ca"}, "Enter an address like https://"),
    ({"public_url": "https://[peers"}, "Enter an address like https://"),
    ({"name": "Back\u202eward"}, "invisible character"),
    ({"community": ""}, "Enter the community"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_what_cannot_be_is_refused_and_kept_on_the_form(
    desk: Desk, coordinator: FlaskClient, wrong: dict[str, str], said: str
) -> None:
    answer = coordinator.post("/settings", data=SETTINGS | wrong)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'value="Cedar Inlet Peer Support"' in answer.text or "name" in wrong
    assert desk.row(Site, 1).name == "Cedar Inlet"


@pytest.mark.parametrize(
    "address", ["http://localhost:8080", "http://cedar.localhost:8080", "http://127.0.0.1"]
)
def test_a_rehearsal_on_this_machine_may_do_without_https(
    desk: Desk, coordinator: FlaskClient, address: str
) -> None:
    coordinator.post("/settings", data=SETTINGS | {"public_url": address})
    assert desk.row(Site, 1).public_url == address


def test_a_zone_that_is_not_on_the_list_is_not_lost(desk: Desk, coordinator: FlaskClient) -> None:
    with desk.session() as session:
        session.get_one(Site, 1).zone = "America/Whitehorse"
    assert "America/Whitehorse" in coordinator.get("/settings").text
    coordinator.post("/settings", data=SETTINGS | {"zone": "America/Whitehorse"})
    assert desk.row(Site, 1).zone == "America/Whitehorse"


def test_a_site_that_nobody_named_yet_is_named_here(desk: Desk, coordinator: FlaskClient) -> None:
    with desk.session() as session:
        session.delete(session.get_one(Site, 1))
    assert coordinator.get("/").status_code == 200
    coordinator.post("/settings", data=SETTINGS)
    assert desk.row(Site, 1).name == "Cedar Inlet Peer Support"


def test_the_set_up_list_says_what_is_left(desk: Desk, coordinator: FlaskClient) -> None:
    shown = text_of(coordinator.get("/set-up"))
    assert "3 steps are left" in shown
    desk.enrol()
    desk.supporter()
    desk.request()
    assert "All done" in text_of(coordinator.get("/set-up"))
    assert "steps left" not in text_of(coordinator.get("/"))


def test_the_page_says_whether_mail_goes_out(desk: Desk, coordinator: FlaskClient) -> None:
    assert "A mail server is connected" in text_of(coordinator.get("/settings"))
    desk.without_mail()
    assert "No mail server is connected" in text_of(coordinator.get("/settings"))
