"""Who may open which page: staff all of it, the advisory group what it looks at, strangers the public ones."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.auth import ROLES, invite_person
from hub.models import Person
from protocol.match_states import State
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import ORIGIN, add_match, add_site, signed_in, text_of
from ui.access import routes

# Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FOR_BOTH = ["/", "/overview/matches", "/matches", "/matches/{match}"]
FOR_STAFF = [
    "/sites",
    "/sites/new",
    "/sites/{site}",
    "/sites/{site}/suspend",
    "/sites/{site}/withdraw",
    "/sites/{site}/fresh-code",
    "/matches/{match}/take-back",
    "/matches/{match}/close",
    "/team/new",
    "/team/{member}/fresh-link",
    "/team/{member}/make-staff",
    "/team/{member}/close",
    "/team",
    "/team/{member}",
]
CHANGES = ["/sites/new", "/sites/{site}", *FOR_STAFF[3:-2]]


@pytest.fixture
def ids(hub: HubUnderTest) -> dict[str, str]:
    site = add_site(hub, "Cedar")
    with hub.session() as session:
        invite_person(session, "kim@example.ca", "Kim", "viewer", hub.now)
        member = session.scalars(select(Person.person_id).where(Person.email == "kim@example.ca")).one()
    return {
        "member": member,
        "site": site,
        "match": add_match(hub, site, State.IN_HAND, hub.now, site, contact_due_at=hub.now),
    }


@pytest.mark.parametrize("path", FOR_BOTH + FOR_STAFF)
def test_staff_open_every_page(staff: FlaskClient, ids: dict[str, str], path: str) -> None:
    response = staff.get(path.format(**ids))
    assert response.status_code == 200
    assert text_of(response.text)
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", CHANGES)
def test_the_advisory_group_changes_nothing(
    hub: HubUnderTest, viewer: FlaskClient, ids: dict[str, str], path: str
) -> None:
    assert viewer.post(path.format(**ids)).status_code == 403
    assert "Active" in text_of(signed_in(hub, "staff").get(f"/sites/{ids['site']}").text)
    assert "In hand" in text_of(viewer.get(f"/matches/{ids['match']}").text)


@pytest.mark.parametrize("path", CHANGES)
def test_a_stranger_changes_nothing(
    nobody: FlaskClient, staff: FlaskClient, ids: dict[str, str], path: str
) -> None:
    assert nobody.post(path.format(**ids)).status_code == 401
    assert "Active" in text_of(staff.get(f"/sites/{ids['site']}").text)
    assert "In hand" in text_of(staff.get(f"/matches/{ids['match']}").text)


@pytest.mark.parametrize(
    "path", ["/sites/unknown", "/sites/unknown/suspend", "/matches/unknown", "/team/x", "/team/x/close"]
)
def test_what_does_not_exist_is_not_found(staff: FlaskClient, path: str) -> None:
    assert staff.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/sites/{site}/explode", "/matches/{match}/explode", "/team/{member}/explode"]
)
def test_an_act_that_does_not_exist_is_not_found(staff: FlaskClient, ids: dict[str, str], path: str) -> None:
    assert staff.post(path.format(**ids)).status_code == 404


def test_a_form_without_its_token_is_refused(
    hub: HubUnderTest, staff: FlaskClient, ids: dict[str, str]
) -> None:
    hub.app.config["WTF_CSRF_ENABLED"] = True
    response = staff.post(f"/sites/{ids['site']}/suspend", base_url=ORIGIN)
    assert response.status_code == 400
    assert "Active" in text_of(staff.get(f"/sites/{ids['site']}").text)


def test_every_page_names_only_roles_that_exist(hub: HubUnderTest) -> None:
    named = {
        name for _, _, access in routes(hub.app) if access and access.kind == "roles" for name in access.names
    }
    assert named == set(ROLES)


def test_the_links_at_the_top_are_those_the_reader_may_follow(
    staff: FlaskClient, viewer: FlaskClient, nobody: FlaskClient
) -> None:
    assert 'href="/sites"' in staff.get("/matches").text
    assert 'href="/sites"' not in viewer.get("/").text
    assert 'href="/matches"' in viewer.get("/").text
    assert 'href="/matches"' not in nobody.get("/help").text
