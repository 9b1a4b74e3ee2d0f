"""A request that is helped from this site: the clock, attempts and talks by phone, another person, the end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from site_agent.models import (
    Activity,
    ContactClock,
    Interaction,
    Mail,
    Match,
    Offer,
    OutboxRow,
    Request,
)
from site_agent.services import local, offers, policy, safety
from tests.site_agent.web.helping import (
    TALK,
    asked,
    at_now,
    count,
    helped,
    in_touch,
    match_of,
    offer_of,
    page,
    press,
)
from tests.support.desk import Desk, text_of


def test_an_attempt_by_phone_meets_the_clock(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = helped(desk, coordinator)
    answer = coordinator.post(
        f"/requests/{request_id}/help/attempt",
        data=at_now(desk) | {"what": "attempted"},
        follow_redirects=True,
    )
    assert "The attempt is recorded." in text_of(answer)
    with desk.session() as session:
        assert session.scalars(select(ContactClock.outcome)).one() == "met"
    assert desk.row(Request, request_id).state == "in-touch"
    assert "Record that they spoke" in page(coordinator, request_id)


def test_a_late_contact_offers_more_time_once_another_or_the_end(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = helped(desk, coordinator)
    with desk.session() as session:
        match = session.scalars(select(Match).where(Match.request_id == request_id)).one()
        match.state, match.due_at = "overdue", desk.now - timedelta(hours=3)
    shown = page(coordinator, request_id)
    for words in ("3 h 00 min late", "Extend the limit once", "Choose another supporter", "Close"):
        assert words in shown
    press(coordinator, request_id, "extend")
    shown = page(coordinator, request_id)
    assert "Extend the limit once" not in shown
    assert "72 h 00 min left" in shown


def test_another_supporter_takes_over_and_the_first_loses_access(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = helped(desk, coordinator)
    second = desk.supporter("Dr. Bo Lind")
    listed = text_of(coordinator.get(f"/requests/{request_id}/help/reassign"))
    assert "Dr. Bo Lind" in listed
    assert "Ada Okafor" not in listed
    press(coordinator, request_id, "ask", supporter=second, takes_over="yes")
    match = match_of(desk, request_id)
    assert (match.state, match.supporter_id, match.due_at) == ("asked", second, None)
    with desk.session() as session:
        assert session.scalars(select(Offer.supporter_id).where(Offer.state != "open")).all() == [None]


def test_another_person_is_asked_for_and_no_reason_with_it(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = helped(desk, coordinator)
    desk.supporter("Dr. Bo Lind")
    coordinator.get(f"/requests/{request_id}/wishes")
    answer = coordinator.post(
        f"/requests/{request_id}/wishes", data={"language": "en", "wishes": ["man"]}, follow_redirects=True
    )
    shown = text_of(answer)
    assert "Choose the next for request" in shown
    assert "Dr. Bo Lind" in shown
    assert "Ada Okafor" not in shown
    assert match_of(desk, request_id).state == "proposed"


def test_crafted_wishes_are_refused_and_end_nobodys_help(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = helped(desk, coordinator)
    answer = coordinator.post(
        f"/requests/{request_id}/wishes", data={"language": "en", "wishes": ["man", "man"]}
    )
    assert answer.status_code == 422
    assert "Check the marked answers" in text_of(answer)
    assert match_of(desk, request_id).state == "in-hand"


def test_an_attempt_in_the_hour_that_came_twice_says_which(desk: Desk) -> None:
    desk.clock.at = datetime(2025, 11, 2, 7, tzinfo=UTC)  # midnight at the site, before the clocks went back
    coordinator = desk.client()
    request_id = helped(desk, coordinator)
    desk.clock.advance(hours=7)
    coordinator = desk.client()
    typed = {"what": "attempted", "at-day": "2", "at-month": "11", "at-year": "2025", "at-time": "1:30 am"}
    path = f"/requests/{request_id}/help/attempt"
    asked_which = coordinator.post(path, data=typed)
    assert asked_which.status_code == 422
    assert "Which of the two hours was it?" in text_of(asked_which)
    coordinator.post(path, data=typed | {"at-which": "second"})
    assert match_of(desk, request_id).attempted_at == datetime(2025, 11, 2, 9, 30, tzinfo=UTC)


def test_a_reminder_by_one_press(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = helped(desk, coordinator)
    said = press(coordinator, request_id, "remind", offer=offer_of(desk, request_id))
    assert "A reminder is on its way to Dr. Ada Okafor." in said
    with desk.session() as session:
        assert "nudge" in session.scalars(select(Mail.kind)).all()


def test_a_talk_by_phone_is_taps_marked_with_who_recorded_it(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = in_touch(desk, coordinator)
    path = f"/requests/{request_id}/help/talk"
    assert 'name="ticket"' in coordinator.get(path).text
    wrong = coordinator.post(path, data=TALK | {"length": ""})
    assert wrong.status_code == 422
    assert "Select how long" in text_of(wrong)
    for _again in range(2):
        coordinator.post(path, data=TALK)
    with desk.session() as session:
        row = session.scalars(select(Interaction)).one()
        assert (row.length, row.found, row.by is not None) == ("15-30", 4, True)
    shown = page(coordinator, request_id)
    assert "15 to 30 minutes" in shown
    assert "Recorded here, by phone" in shown


def test_there_is_no_box_for_words_about_a_talk(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = in_touch(desk, coordinator)
    form = coordinator.get(f"/requests/{request_id}/help/talk").text
    assert "<textarea" not in form
    boxes = re.findall(r'<input[^>]*type="text"[^>]*name="([^"]+)"|name="([^"]+)"[^>]*type="text"', form)
    assert {name or other for name, other in boxes} <= {"on-day", "on-month", "on-year"}


def test_after_three_talks_closing_is_offered_first_and_nothing_is_blocked(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = in_touch(desk, coordinator)
    for n in range(3):
        coordinator.post(f"/requests/{request_id}/help/talk", data=TALK | {"ticket": str(n) * 43})
    assert "nothing has to" in page(coordinator, request_id)
    coordinator.post(f"/requests/{request_id}/help/talk", data=TALK | {"ticket": "9" * 43})
    assert count(desk, Interaction) == 4


def test_closing_asks_for_the_jottings_and_forgets_who_helped_whom(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = in_touch(desk, coordinator)
    path = f"/requests/{request_id}/help/close"
    unsaid = coordinator.post(path)
    assert unsaid.status_code == 422
    assert "Select whether the jottings are destroyed" in text_of(unsaid)
    coordinator.post(path, data={"paper": "no"})
    match = match_of(desk, request_id)
    assert (match.state, match.jottings_destroyed) == ("closed", False)
    assert desk.row(Request, request_id).state == "closed"
    assert count(desk, Offer) == 0
    assert coordinator.get(path).status_code == 409


def test_a_talk_that_comes_after_the_end_leaves_no_row(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = in_touch(desk, coordinator)
    coordinator.post(f"/requests/{request_id}/help/close", data={"paper": "yes"})
    answer = coordinator.post(f"/requests/{request_id}/help/talk", data=TALK, follow_redirects=True)
    assert "has moved on" in text_of(answer)
    assert count(desk, Interaction) == 0


def test_a_paused_match_says_whom_to_speak_with_and_goes_on_by_a_press(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = in_touch(desk, coordinator)
    with desk.session() as session:
        match = session.scalars(select(Match).where(Match.request_id == request_id)).one()
        safety.report(session, match, "crisis-line", "s" * 43, desk.now)
    shown = page(coordinator, request_id)
    assert "Speak with them before anything else" in shown
    assert "9-8-8" not in shown, "the way that was taken is for the keepers"
    html = coordinator.get(f"/requests/{request_id}").text.partition("</main>")[0]
    (first,) = re.findall(r'class="govuk-button"[^>]*>([^<]*)<', html)
    assert first == "I spoke with them: go on", "the one thing to do"
    assert "Reminders go on" in press(coordinator, request_id, "resume")
    assert match_of(desk, request_id).paused_at is None


def test_while_a_match_is_paused_no_reminder_is_sent_by_hand(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = helped(desk, coordinator)
    assert "Send a reminder" in page(coordinator, request_id)
    with desk.session() as session:
        match = session.scalars(select(Match).where(Match.request_id == request_id)).one()
        safety.report(session, match, "crisis-line", "s" * 43, desk.now)
    shown = page(coordinator, request_id)
    assert "Send a reminder" not in shown
    assert "Paused" in shown
    assert "Paused" in text_of(coordinator.get("/requests"))
    sent = count(desk, Mail)
    assert "has moved on" in press(coordinator, request_id, "remind", offer=offer_of(desk, request_id))
    assert count(desk, Mail) == sent


def test_a_close_by_mistake_is_undone_within_ten_minutes(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = desk.request()
    answer = coordinator.post(f"/requests/{request_id}/close", follow_redirects=True)
    undo = f'action="/requests/{request_id}/reopen"'
    assert answer.text.count(undo) == 2, "in the banner and on the page"
    assert coordinator.get(f"/requests/{request_id}").text.count(undo) == 1
    coordinator.post(f"/requests/{request_id}/reopen")
    assert desk.row(Request, request_id).state == "new"
    coordinator.post(f"/requests/{request_id}/close", follow_redirects=True)
    desk.clock.advance(minutes=11)
    assert undo not in coordinator.get(f"/requests/{request_id}").text
    late = coordinator.post(f"/requests/{request_id}/reopen", follow_redirects=True)
    assert "has moved on" in text_of(late)
    assert desk.row(Request, request_id).state == "closed"


def test_a_close_after_help_cannot_be_undone(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = in_touch(desk, coordinator)
    coordinator.post(f"/requests/{request_id}/help/close", data={"paper": "yes"})
    assert "reopen" not in coordinator.get(f"/requests/{request_id}").text
    coordinator.post(f"/requests/{request_id}/reopen")
    assert desk.row(Request, request_id).state == "closed"


def test_where_the_lead_assigns_a_coordinator_reads_and_the_lead_presses(desk: Desk) -> None:
    who, request_id = desk.supporter(), desk.request()
    with desk.session() as session:
        policy.put(session, "who_assigns", "lead", desk.now)
    coordinator, lead = desk.client(), desk.client("lead")
    assert "the physician lead chooses who is asked" in page(coordinator, request_id)
    assert "Tell the lead" in press(coordinator, request_id, "ask", supporter=who)
    assert count(desk, Offer) == 0
    press(lead, request_id, "ask", supporter=who)
    assert count(desk, Offer) == 1


def test_opening_a_page_with_a_name_on_it_is_kept_once_an_hour(desk: Desk, coordinator: FlaskClient) -> None:
    here, elsewhere = desk.request(), desk.request(elsewhere=True)
    for _again in range(3):
        page(coordinator, here)
        page(coordinator, elsewhere)
    with desk.session() as session:
        assert session.execute(select(Activity.code, Activity.subject)).all() == [("request-opened", here)]


def test_the_address_of_a_request_from_elsewhere_leads_to_the_own_one(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = asked(desk, coordinator)
    answer = coordinator.get(f"/elsewhere/{match_of(desk, request_id).thid}")
    assert answer.headers["Location"] == f"/requests/{request_id}"


@pytest.mark.parametrize("act", ["pass", "give-back", "not-close", "delete"])
def test_what_is_of_the_hub_is_no_press_here(desk: Desk, coordinator: FlaskClient, act: str) -> None:
    request_id = helped(desk, coordinator)
    assert coordinator.post(f"/requests/{request_id}/help/{act}").status_code == 404
    assert count(desk, OutboxRow) == 0


def test_the_next_one_by_itself_needs_no_press(desk: Desk, coordinator: FlaskClient) -> None:
    with desk.session() as session:
        policy.put(session, "next_by_itself", "yes", desk.now)
    request_id = asked(desk, coordinator)
    desk.supporter("Dr. Bo Lind")
    press(coordinator, request_id, "no", offer=offer_of(desk, request_id))
    assert "Dr. Bo Lind" in page(coordinator, request_id)
    assert match_of(desk, request_id).state == "asked"
    offer_id = offer_of(desk, request_id)
    with desk.session() as session:
        assert local.next_step(session, session.get_one(Request, request_id), desk.now) is None
        assert offers.lapse(session, session.get_one(Offer, offer_id), desk.now) is False
