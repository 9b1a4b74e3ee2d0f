"""One match: both sites, its clock and how it came about in words; staff take it back or close it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from hub.dashboard import event_words
from hub.dashboard.rows import ref
from hub.models import Match, SiteState
from hub.services.shortlist import REASONS
from hub.words import MATCH, MODALITY, PHYSICIAN, SITE, STAGE
from protocol.codes import HOME_STATES, MODALITIES, STAGES
from protocol.match_states import Event, State
from protocol.messages import matches
from tests.support.fake_site import CARD, IDENTITY, FakeRequest
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import add_match, add_site, signed_in, text_of


@pytest.fixture
def request_at_helper(hub: HubUnderTest) -> FakeRequest:
    """A request of Site 1, confirmed by Site 2."""
    home, helper = hub.site(), hub.helper()
    request = home.ask()
    assert request.listed() == [helper.site_id]
    hub.clock.advance(minutes=10)
    request.write(helper)
    hub.clock.advance(minutes=10)
    held = request.released_at(helper)
    hub.clock.advance(minutes=10)
    held.says(matches.Confirmed(), re=held.awaits)
    return request


def only_match(hub: HubUnderTest) -> Match:
    with hub.session() as session:
        match = session.query(Match).one()
        session.expunge(match)
        return match


def press(hub: HubUnderTest, staff: FlaskClient, path: str, about: str | None = None) -> int:
    """The button of a question, read while `about` had the match (now, unless it is given)."""
    return staff.post(path, data={"about": about or only_match(hub).helper_site_id}).status_code


def test_the_page_tells_how_it_came_about(
    hub: HubUnderTest, staff: FlaskClient, request_at_helper: FakeRequest
) -> None:
    page = text_of(staff.get(f"/matches/{only_match(hub).match_id}").text)
    for words in ("From Site 1", "To Site 2", "Mid-career", "By phone", "In hand", "72 h 00 min left"):
        assert words in page
    told = [
        "Confirmed, and the clock runs (Site 2)",
        "A supporter said yes (Site 2)",
        "Asked to help (Site 2)",
        "Letters came from the home site",
        "A shortlist went to the home site",
        "A request came in (Site 1)",
    ]
    places = [page.index(each) for each in told]
    assert places == sorted(places)
    assert "Something else happened" not in page
    assert "fewest open matches first, then drawn by lot" in page
    assert "in the order of the home site’s letters" in page


def test_a_page_holds_nothing_of_the_letters(
    hub: HubUnderTest, staff: FlaskClient, request_at_helper: FakeRequest
) -> None:
    match = only_match(hub)
    for path in ("/", "/matches", f"/matches/{match.match_id}"):
        page = staff.get(path).text
        for secret in (
            CARD,
            IDENTITY,
            request_at_helper.secret,
            match.withdrawal_hash,
            request_at_helper.thid,
        ):
            assert secret not in page


def test_past_the_limit_the_page_says_whose_turn_it_is(
    hub: HubUnderTest, staff: FlaskClient, request_at_helper: FakeRequest
) -> None:
    hub.clock.advance(hours=75)
    hub.run_limits()
    match_id = only_match(hub).match_id
    page = text_of(signed_in(hub, "viewer").get(f"/matches/{match_id}").text)
    assert "Overdue" in page
    assert "3 h 00 min late" in page
    assert "The limit passed without an attempt (Site 2)" in page


def test_staff_take_a_match_back_after_a_question(
    hub: HubUnderTest, staff: FlaskClient, request_at_helper: FakeRequest
) -> None:
    path = f"/matches/{only_match(hub).match_id}"
    question = text_of(staff.get(f"{path}/take-back").text)
    assert "now with Site 2" in question
    assert "The physician waits longer" in question
    assert only_match(hub).state == State.IN_HAND
    assert press(hub, staff, f"{path}/take-back") == 303
    page = text_of(staff.get(path).text)
    assert "The match was taken back" in page
    assert "Staff Person" in page
    assert only_match(hub).helper_site_id is None
    assert staff.post(f"{path}/take-back").status_code == 409


def test_a_press_that_comes_twice_does_not_take_it_from_the_next_site(
    hub: HubUnderTest, staff: FlaskClient
) -> None:
    home, first, second = hub.site(), hub.helper(), hub.helper()
    request = home.ask()
    request.listed()
    request.write(first, second)
    path = f"/matches/{only_match(hub).match_id}/take-back"
    assert f'name="about" value="{first.site_id}"' in staff.get(path).text
    assert press(hub, staff, path, first.site_id) == 303
    assert only_match(hub).helper_site_id == second.site_id
    assert press(hub, staff, path, first.site_id) == 409
    assert staff.post(path).status_code == 409
    assert only_match(hub).helper_site_id == second.site_id


def test_staff_close_a_match_after_a_question(
    hub: HubUnderTest, staff: FlaskClient, request_at_helper: FakeRequest
) -> None:
    path = f"/matches/{only_match(hub).match_id}"
    assert "Close this match?" in text_of(staff.get(f"{path}/close").text)
    assert press(hub, staff, f"{path}/close") == 303
    assert only_match(hub).state == State.CLOSED
    listed = text_of(staff.get("/matches").text)
    assert listed.index("Ended") < listed.index("Closed")
    assert staff.get(f"{path}/close").status_code == 409


def test_the_advisory_group_is_offered_no_act(viewer: FlaskClient, hub: HubUnderTest) -> None:
    site = add_site(hub, "Cedar")
    match = add_match(hub, site, State.IN_HAND, hub.now, site, contact_due_at=hub.now + timedelta(hours=1))
    page = text_of(viewer.get(f"/matches/{match}").text)
    assert "In hand" in page
    assert "Take it back" not in page
    assert "Close this match" not in page


def test_a_match_that_was_forgotten_shows_no_site(hub: HubUnderTest, staff: FlaskClient) -> None:
    home, helper = add_site(hub, "Cedar"), add_site(hub, "Birch")
    match_id = add_match(hub, home, State.CLOSED, hub.now, helper)
    with hub.session() as session:
        match = session.get_one(Match, match_id)
        match.home_site_id = match.helper_site_id = match.home_thid = match.helper_thid = match.salt = None
    page = text_of(staff.get(f"/matches/{match_id}").text)
    assert "From forgotten" in page
    assert "Cedar" not in page
    assert "Birch" not in page


def test_every_code_has_words() -> None:
    assert set(Event) <= {*event_words.MATCH, Event.LIMIT}
    assert set(MATCH) == set(State)
    assert set(SITE) == set(SiteState)
    assert set(PHYSICIAN) == set(HOME_STATES)
    assert set(STAGE) == set(STAGES)
    assert set(MODALITY) == set(MODALITIES)
    assert {*REASONS, "home-order"} <= set(event_words.REASON)


def test_a_short_name_says_little_and_stays_the_same() -> None:
    assert ref("abc") == ref("abc")
    assert ref("abc") != ref("abd")
    assert len(ref("abc")) == 5


@pytest.mark.parametrize("body", [matches.Attempted, matches.Reached])
def test_contact_is_shown_with_whether_it_met_the_limit(
    hub: HubUnderTest, staff: FlaskClient, body: type
) -> None:
    home, helper = hub.site(), hub.helper()
    request = home.ask()
    request.listed()
    request.write(helper)
    held = request.confirmed_at(helper)
    held.says(body(hub.now))
    page = text_of(staff.get(f"/matches/{only_match(hub).match_id}").text)
    assert "In touch" in page
    assert "First attempt Inside the limit" in page
