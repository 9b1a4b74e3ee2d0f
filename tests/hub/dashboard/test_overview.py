"""The overview shows what needs the provincial team, late first, and nothing of anybody who asks."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from hub.models import Match
from protocol.match_states import State
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import add_match, add_site, text_of

HOUR = timedelta(hours=1)


def test_an_empty_hub_says_how_to_begin(staff: FlaskClient, viewer: FlaskClient) -> None:
    text = text_of(staff.get("/").text)
    assert "No site has joined yet" in text
    assert "Invite a site" in text
    assert "No match is open" in text
    assert "Invite a site" not in text_of(viewer.get("/").text)


def test_late_matches_come_first_then_quiet_homes_then_the_nearest_limit(
    hub: HubUnderTest, staff: FlaskClient
) -> None:
    now = hub.now
    home = add_site(hub, "Cedar", called_at=now)
    dark = add_site(hub, "Darkwater", called_at=now - 30 * HOUR)
    helper = add_site(hub, "Birch", called_at=now)
    add_match(hub, home, State.LOOKING, now - 5 * HOUR)
    add_match(hub, home, State.PROPOSED, now, helper, limit_at=now + 9 * HOUR)
    add_match(hub, dark, State.CHOOSING, now - 31 * HOUR)
    add_match(hub, home, State.OVERDUE, now, helper, contact_due_at=now - 3 * HOUR)
    add_match(hub, home, State.ESCALATED, now, helper, contact_due_at=now - 30 * HOUR)
    add_match(hub, home, State.IN_HAND, now, helper, contact_due_at=now + 41 * HOUR)
    add_match(hub, home, State.CLOSED, now, helper)
    text = text_of(staff.get("/").text)
    shown = ["Needs the team", "Overdue", "Phone the home site", "Asked", "In hand", "Looking"]
    places = [text.index(f" {words} ") for words in shown]
    assert places == sorted(places)
    assert "Closed" not in text
    assert "30 h 00 min late" in text
    assert "9 h 00 min left" in text
    assert "asked 5 hours ago" in text


def test_the_cards_count_sites_matches_late_ones_and_quiet_sites(
    hub: HubUnderTest, staff: FlaskClient
) -> None:
    home = add_site(hub, "Cedar", called_at=hub.now)
    add_site(hub, "Darkwater", called_at=hub.now - 24 * HOUR)
    add_site(hub, "Newcomer", "pending")
    add_match(hub, home, State.OVERDUE, hub.now, home, contact_due_at=hub.now - HOUR)
    add_match(hub, home, State.LOOKING, hub.now)
    text = text_of(staff.get("/").text)
    assert "2 sites enrolled 2 matches open 1 past the limit 1 quiet site" in text
    assert staff.get("/").text.count("app-card--alert") == 2


def test_nothing_is_alarming_while_nothing_is_late(hub: HubUnderTest, staff: FlaskClient) -> None:
    add_site(hub, "Cedar", called_at=hub.now)
    page = staff.get("/").text
    assert "0 past the limit 0 quiet sites" in text_of(page)
    assert "app-card--alert" not in page


def test_the_live_part_costs_nothing_while_nothing_changes(hub: HubUnderTest, staff: FlaskClient) -> None:
    home = add_site(hub, "Cedar", called_at=hub.now)
    match = add_match(hub, home, State.IN_HAND, hub.now, home, contact_due_at=hub.now + HOUR)
    first = staff.get("/overview/matches")
    assert "<html" not in first.text
    assert match in first.text
    hub.clock.advance(minutes=30)
    asked_again = {"If-None-Match": first.headers["ETag"]}
    assert staff.get("/overview/matches", headers=asked_again).status_code == 304
    with hub.session() as session:
        session.get_one(Match, match).contact_due_at = hub.now + 25 * HOUR
    extended = staff.get("/overview/matches", headers=asked_again)
    assert extended.status_code == 200
    add_match(hub, home, State.LOOKING, hub.now)
    added = staff.get("/overview/matches", headers={"If-None-Match": extended.headers["ETag"]})
    assert "2 matches open" in text_of(added.text)


def test_the_live_part_of_somebody_signed_out_is_no_sign_in_page(nobody: FlaskClient) -> None:
    assert nobody.get("/overview/matches", headers={"Sec-Fetch-Dest": "empty"}).status_code == 401
