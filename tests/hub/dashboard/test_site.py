"""One site: six words are compared before it is approved, every act is asked about first, and what happened stays."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from hub.dashboard.questions import SITE_QUESTIONS
from hub.models import Site
from tests.hub.dashboard.test_invite import code_on
from tests.support.fake_site import FakeSite
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import add_keys, add_site, signed_in, text_of


@pytest.fixture
def waiting(hub: HubUnderTest) -> FakeSite:
    """A site that has proved its keys."""
    site_id, code = hub.invite("Cedar")
    site = FakeSite(hub, site_id, code)
    site.begin()
    site.prove()
    return site


def state(hub: HubUnderTest, site_id: str) -> str:
    with hub.session() as session:
        return session.get_one(Site, site_id).state


def words_on(page: str) -> str:
    found = re.search(r'name="words"[^>]*value="([a-z ]+)"', page)
    assert found is not None
    return found[1]


def approve(client: FlaskClient, site_id: str, **changes: str) -> int:
    page = client.get(f"/sites/{site_id}").text
    sent = {"compared": "y", "words": words_on(page), **changes}
    return client.post(f"/sites/{site_id}", data=sent).status_code


def test_six_words_are_shown_large_while_keys_wait(
    hub: HubUnderTest, staff: FlaskClient, waiting: FakeSite
) -> None:
    page = staff.get(f"/sites/{waiting.site_id}").text
    words = words_on(page).split()
    assert len(words) == 6
    for n, word in enumerate(words, start=1):
        assert f"{word} word {n}" in text_of(page)
    assert "Six words" not in text_of(staff.get(f"/sites/{hub.site().site_id}").text)


def test_a_compared_site_takes_part(hub: HubUnderTest, staff: FlaskClient, waiting: FakeSite) -> None:
    assert approve(staff, waiting.site_id) == 303
    assert state(hub, waiting.site_id) == "active"
    assert waiting.prove().state == "approved"
    page = text_of(staff.get(f"/sites/{waiting.site_id}").text)
    assert "Cedar takes part now." in page
    assert "Approved after six words were compared" in page
    assert "Staff Person" in page


def test_without_the_tick_nothing_is_approved(
    hub: HubUnderTest, staff: FlaskClient, waiting: FakeSite
) -> None:
    response = staff.post(f"/sites/{waiting.site_id}", data={"words": "x"})
    assert response.status_code == 422
    assert "Compare all six words by phone, then tick the box" in text_of(response.text)
    assert words_on(response.text)
    assert state(hub, waiting.site_id) == "pending"


def test_words_that_changed_meanwhile_must_be_compared_anew(
    hub: HubUnderTest, staff: FlaskClient, waiting: FakeSite
) -> None:
    seen = words_on(staff.get(f"/sites/{waiting.site_id}").text)
    code = code_on(staff.post(f"/sites/{waiting.site_id}/fresh-code").text)
    other = FakeSite(hub, waiting.site_id, code)
    other.begin()
    other.prove()
    response = staff.post(f"/sites/{waiting.site_id}", data={"compared": "y", "words": seen})
    assert response.status_code == 422
    assert "The words changed since you opened the page" in text_of(response.text)
    assert words_on(response.text) != seen
    assert "checked" not in response.text
    assert state(hub, waiting.site_id) == "pending"


def test_the_second_of_two_who_press_is_told(
    hub: HubUnderTest, staff: FlaskClient, waiting: FakeSite
) -> None:
    page = words_on(staff.get(f"/sites/{waiting.site_id}").text)
    other = signed_in(hub, "staff")
    assert approve(other, waiting.site_id) == 303
    response = staff.post(f"/sites/{waiting.site_id}", data={"compared": "y", "words": page})
    assert response.status_code == 409
    assert "Somebody else was faster" in text_of(response.text)
    assert state(hub, waiting.site_id) == "active"


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("refuse", "pending", "refused"),
        ("suspend", "active", "suspended"),
        ("resume", "suspended", "active"),
        ("withdraw", "active", "withdrawn"),
        ("withdraw", "suspended", "withdrawn"),
        ("withdraw", "pending", "withdrawn"),
    ],
)
def test_an_act_asks_first_and_then_happens(
    hub: HubUnderTest, staff: FlaskClient, waiting: FakeSite, action: str, before: str, after: str
) -> None:
    if before != "pending":
        approve(staff, waiting.site_id)
    if before == "suspended":
        staff.post(f"/sites/{waiting.site_id}/suspend")
    path = f"/sites/{waiting.site_id}/{action}"
    question = SITE_QUESTIONS[action]
    asked = text_of(staff.get(path).text)
    assert str(question.title) in asked
    assert all(str(sentence) in asked for sentence in question.consequences)
    assert state(hub, waiting.site_id) == before
    assert staff.post(path).status_code == 303
    assert state(hub, waiting.site_id) == after
    assert str(question.done) in text_of(staff.get(f"/sites/{waiting.site_id}").text)
    assert staff.post(path).status_code == 409


def test_a_suspension_can_be_undone_at_once(hub: HubUnderTest, staff: FlaskClient, waiting: FakeSite) -> None:
    approve(staff, waiting.site_id)
    staff.post(f"/sites/{waiting.site_id}/suspend")
    page = staff.get(f"/sites/{waiting.site_id}").text
    undo = f"/sites/{waiting.site_id}/resume"
    assert f'action="{undo}"' in page
    staff.post(undo)
    assert state(hub, waiting.site_id) == "active"


def test_a_fresh_code_replaces_the_one_before(hub: HubUnderTest, staff: FlaskClient) -> None:
    site_id, old = hub.invite("Cedar")
    response = staff.post(f"/sites/{site_id}/fresh-code")
    assert response.status_code == 200
    code = code_on(response.text)
    assert code != old
    first = FakeSite(hub, site_id, old)
    assert first.enrol(first.begin_token()).get_json()["code"] == "code-unknown"
    FakeSite(hub, site_id, code).begin()


def test_new_keys_of_a_site_that_takes_part_are_compared_too(hub: HubUnderTest, staff: FlaskClient) -> None:
    site = hub.site()
    add_keys(hub, site.site_id, "moved")
    assert "Six words to compare" in text_of(staff.get(f"/sites/{site.site_id}").text)
    assert staff.post(f"/sites/{site.site_id}/refuse").status_code == 303
    assert state(hub, site.site_id) == "active"


def test_only_acts_that_make_sense_are_offered(hub: HubUnderTest, staff: FlaskClient) -> None:
    active, gone = add_site(hub, "Cedar"), add_site(hub, "Birch", "withdrawn")
    assert "Suspend this site" in text_of(staff.get(f"/sites/{active}").text)
    page = text_of(staff.get(f"/sites/{gone}").text)
    assert "Suspend this site" not in page
    assert "Withdraw this site" not in page
    assert staff.get(f"/sites/{gone}/suspend").status_code == 409


def test_a_site_that_was_invited_says_how_long_its_code_works(hub: HubUnderTest, staff: FlaskClient) -> None:
    site_id, code = hub.invite("Cedar")
    page = text_of(staff.get(f"/sites/{site_id}").text)
    assert "Code works until Wed 4 Nov 2026, 10:00 am" in page
    assert "A one-time code was made" in page
    assert code not in page


def test_acts_of_one_second_stand_in_the_order_in_which_they_come(
    hub: HubUnderTest, staff: FlaskClient
) -> None:
    hub.clock.advance(seconds=0.7)
    site_id, code = hub.invite("Cedar")
    site = FakeSite(hub, site_id, code)
    site.begin()
    site.prove()
    page = text_of(staff.get(f"/sites/{site_id}").text)
    assert page.rindex("The site used its code") < page.index("A one-time code was made")


def test_a_site_that_calls_is_not_shown_as_minutes_behind(hub: HubUnderTest, staff: FlaskClient) -> None:
    add_site(hub, "Active", called_at=hub.now)
    hub.clock.advance(minutes=4)
    assert "Within the last 5 minutes" in text_of(staff.get("/sites").text)
    hub.clock.advance(minutes=2)
    assert "6 minutes ago" in text_of(staff.get("/sites").text)


def test_the_list_shows_who_waits_then_who_is_quiet(hub: HubUnderTest, staff: FlaskClient) -> None:
    assert "No site has joined yet" in text_of(staff.get("/sites").text)
    add_site(hub, "Active", called_at=hub.now)
    add_site(hub, "Gone", "withdrawn")
    hub.clock.advance(hours=30)
    add_site(hub, "Also active", called_at=hub.now)
    add_site(hub, "Newcomer", "pending")
    page = text_of(signed_in(hub, "staff").get("/sites").text)
    places = [page.index(name) for name in ("Newcomer", "Active Active", "Also active", "Gone")]
    assert places == sorted(places)
    assert "Quiet since Tue 3 Nov 2026, 10:00 am" in page
