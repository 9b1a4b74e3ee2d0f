"""Inviting a site: what is asked, what is refused and kept, and a code that is shown once and works."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.models import Site
from protocol.enrolment_code import EnrolmentCode
from tests.support.fake_site import FakeSite
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import add_site, text_of

# Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FILLED = {
    "name": "Cedar Inlet Peer Support",
    "community": "Cedar Inlet",
    "kind": "msa",
    "funded": "yes",
    "cohort": "4",
    "zone": "America/Creston",
}


def sites(hub: HubUnderTest) -> list[Site]:
    with hub.session() as session:
        found = list(session.scalars(select(Site)))
        session.expunge_all()
        return found


def code_on(page: str) -> str:
    found = re.search(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){10}", re.sub(r"<[^>]+>", "", page))
    assert found is not None
    return found[0]


def test_a_right_form_makes_a_site_and_shows_its_code(hub: HubUnderTest, staff: FlaskClient) -> None:
    response = staff.post("/sites/new", data=FILLED)
    assert response.status_code == 200
    (site,) = sites(hub)
    assert (site.name, site.community, site.kind) == (FILLED["name"], FILLED["community"], "msa")
    assert (site.funded, site.cohort, site.zone) == (True, "4", "America/Creston")
    text = text_of(response.text)
    assert "shown once" in text
    assert "Wed 4 Nov 2026, 10:00 am" in text  # 24 h after the hub's time
    EnrolmentCode.parse(code_on(response.text))


def test_the_code_enrols_and_is_on_no_other_page(hub: HubUnderTest, staff: FlaskClient) -> None:
    code = code_on(staff.post("/sites/new", data=FILLED).text)
    (site,) = sites(hub)
    FakeSite(hub, site.site_id, code).begin()
    for path in ("/", "/sites", f"/sites/{site.site_id}"):
        assert code[:11] not in staff.get(path).text


def test_an_unfunded_site_outside_the_cohorts_is_welcome(hub: HubUnderTest, staff: FlaskClient) -> None:
    assert staff.post("/sites/new", data={**FILLED, "funded": "no", "cohort": ""}).status_code == 200
    (site,) = sites(hub)
    assert (site.funded, site.cohort) == (False, None)


@pytest.mark.parametrize(
    ("field", "typed", "advice"),
    [
        ("name", "", "Enter the name of the site"),
        ("name", "   ", "Enter the name of the site"),
        ("name", "x" * 121, "The name must be 120 characters or fewer"),
        ("name", "OLD SITE", "There is a site of this name already"),
        ("community", "", "Enter the community the site is in"),
        ("community", "x" * 81, "The community must be 80 characters or fewer"),
        ("kind", "", "Select what kind of organization runs it"),
        ("kind", "club", "Not a valid choice"),
        ("funded", "", "Select whether it is funded by the initiative"),
        ("cohort", "third", "The cohort must be a number from 1 to 99, or empty"),
        ("cohort", "0", "The cohort must be a number from 1 to 99, or empty"),
        ("zone", "Europe/Paris", "Not a valid choice"),
    ],
)
def test_a_wrong_form_says_how_to_mend_it_and_loses_nothing(
    hub: HubUnderTest, staff: FlaskClient, field: str, typed: str, advice: str
) -> None:
    add_site(hub, "Old site")
    response = staff.post("/sites/new", data={**FILLED, field: typed})
    assert response.status_code == 422
    assert "<title>Error:" in response.text
    assert text_of(response.text).count(advice) >= 2  # in the summary and at the field
    for kept in (
        ({**FILLED, field: typed})["name"].strip(),
        FILLED["community"] if field != "community" else "",
    ):
        assert kept in response.text
    assert len(sites(hub)) == 1


@pytest.mark.parametrize("character", ["\u00a0", "\u200b", "\u202e", "\n"])
@pytest.mark.parametrize("field", ["name", "community"])
def test_what_no_site_would_take_in_its_directory_is_refused(
    hub: HubUnderTest, staff: FlaskClient, field: str, character: str
) -> None:
    response = staff.post("/sites/new", data=FILLED | {field: f"North{character}Shore"})
    assert response.status_code == 422
    assert "it holds a line break, an invisible character or a pile of accents" in text_of(response.text)
    assert sites(hub) == []


@pytest.mark.parametrize("name", ["\u0646\u06cc\u0644\u200c\u06af\u0648\u0646", "L\u2019\u00cele d'Or"])
def test_a_name_is_spelt_as_its_script_wants(hub: HubUnderTest, staff: FlaskClient, name: str) -> None:
    assert staff.post("/sites/new", data=FILLED | {"name": name}).status_code in (200, 303)
    assert [site.name for site in sites(hub)] == [name]


def test_a_reload_makes_no_second_site(hub: HubUnderTest, staff: FlaskClient) -> None:
    staff.post("/sites/new", data=FILLED)
    assert staff.post("/sites/new", data=FILLED).status_code == 422
    assert len(sites(hub)) == 1
