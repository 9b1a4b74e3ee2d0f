"""Scenario 2: 72 hours pass; another supporter takes over; the physician withdraws while a phone is offline.

Fraser Bend MSA. Counts that leave a site come with evaluation; here the rows that they are made of are asserted.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocol.messages.handover import Identity
from site_agent.models import (
    ContactClock,
    Event,
    Interaction,
    Mail,
    Match,
    Offer,
    OutboxRow,
    Reminder,
    Request,
)
from site_agent.services import inter_site_helper as helper
from site_agent.services import interactions, local, requests
from site_agent.services.errors import NoLongerOpenError
from site_agent.services.requests import NewRequest
from tests.support.desk import text_of
from tests.support.story import Browser, Story

DR_B = Identity("Dr. Bram Otterbourne", ("call", "text"), ("morning",), phone="+12505550151")
T1, T4 = "Dr. Supporter T1", "Dr. Supporter T4"
REACHED_AT_0740 = {"at-day": "17", "at-month": "12", "at-year": "2025", "at-time": "7:40 am"}


def a_request(story: Story) -> tuple[str, str]:
    """Dr. B asks; the request's id and the secret link's token."""
    new = NewRequest(
        door="form",
        received_at=story.desk.now,
        stage="mid",
        modality="phone",
        reason="burnout",
        identity=DR_B,
    )
    with story.desk.session() as session:
        recorded = requests.record(session, new, story.desk.now)
        return recorded.request.request_id, recorded.link_token


def test_scenario_2(story: Story) -> None:
    story.at("2025-12-11 21:30")
    story.supporter(T1, stage="mid")
    story.supporter(T4)
    coordinator = story.desk.client("coordinator")
    request_id, link = a_request(story)
    first = _t1_says_yes_and_is_nudged_twice(story, request_id)
    _at_the_limit_the_coordinator_hears(story, request_id)
    second = _t4_takes_over(story, request_id, first)
    _the_phone_goes_offline_with_the_form_open(story, second)
    _the_physician_withdraws(story, link)
    _the_late_reached_is_refused_and_leaves_no_row(story, request_id, second)
    _what_is_counted_and_who_is_told(story, request_id, first, second)
    _nobody_sees_a_list_of_slow_supporters(story, coordinator)
    _in_march_it_starts_clean(story, request_id)


def _t1_says_yes_and_is_nudged_twice(story: Story, request_id: str) -> Browser:
    story.at("2025-12-12 15:00")
    story.ask(request_id, T1)
    story.at("2025-12-12 16:00")
    phone = story.phone(T1).open_mail()
    assert phone.post("/offer/answer", answer="yes").status_code == 303
    story.tick()
    assert story.match(request_id).due_at == datetime(2025, 12, 16, 0, 0, tzinfo=UTC)
    mails = [len(story.mails(T1))]
    for moment in ("13 15:59", "13 16:00", "13 23:00", "14 15:59", "14 16:00", "15 15:59"):
        story.at(f"2025-12-{moment}")
        story.tick()
        mails.append(len(story.mails(T1)))
    assert [each - mails[0] for each in mails] == [0, 0, 1, 1, 1, 2, 2]
    return phone


def _at_the_limit_the_coordinator_hears(story: Story, request_id: str) -> None:
    def told() -> int:
        return len([mail for mail in story.every_mail() if "Sign in" in mail.text])

    before = told()
    assert story.match(request_id).state == "in-hand"
    story.at("2025-12-15 16:00")
    story.tick()
    assert story.match(request_id).state == "overdue"
    assert told() == before + 1


def _t4_takes_over(story: Story, request_id: str, first: Browser) -> Browser:
    story.at("2025-12-16 09:10")
    first.open_mail()
    assert "0151" in first.page()
    with story.desk.session() as session:
        match = session.get_one(Match, story.match(request_id).thid)
        helper.reassign(session, match, story.who(session, T4), story.desk.now)
    assert "0151" not in first.page()
    assert DR_B.name not in first.page()
    story.tick()
    story.at("2025-12-16 13:00")
    second = story.phone(T4).open_mail()
    assert second.post("/offer/answer", answer="yes").status_code == 303
    assert story.match(request_id).due_at == datetime(2025, 12, 19, 21, 0, tzinfo=UTC)
    story.tick()
    return second


def _the_phone_goes_offline_with_the_form_open(story: Story, phone: Browser) -> None:
    story.at("2025-12-17 07:38")
    assert "0151" in phone.open_mail().page()
    assert phone.client.get("/offer/attempt/reached").status_code == 200


def _the_physician_withdraws(story: Story, link: str) -> None:
    story.at("2025-12-17 07:45")
    browser = story.desk.client(None)
    assert browser.post(f"/r/{link}").status_code == 303
    (row,) = story.rows(Request)
    assert browser.post("/request/withdraw", data={"about": row.request_id}).status_code == 303
    assert story.desk.row(Request, row.request_id).state == "withdrawn"


def _the_late_reached_is_refused_and_leaves_no_row(story: Story, request_id: str, phone: Browser) -> None:
    story.at("2025-12-17 07:50")
    assert story.match(request_id).state == "ended"
    before, n_events = story.shape(), len(story.rows(Event))
    answer = phone.post("/offer/attempt/reached", **REACHED_AT_0740)
    assert answer.status_code == 303
    assert "Nothing is left for you to do" in phone.page()
    stamped = datetime(2025, 12, 17, 15, 40, tzinfo=UTC)
    with story.desk.session() as session:
        match = session.get_one(Match, story.match(request_id).thid)
        for late in (interactions.reached, interactions.attempted):
            with pytest.raises(NoLongerOpenError):
                late(session, match, stamped, story.desk.now)
    assert story.shape() == before
    assert len(story.rows(Event)) == n_events
    assert story.match(request_id).reached_at is None


def _what_is_counted_and_who_is_told(story: Story, request_id: str, first: Browser, second: Browser) -> None:
    runs = sorted(story.rows(ContactClock), key=lambda run: run.started_at)
    assert [run.outcome for run in runs] == ["not-met", "excused"]
    assert not any("lost" in str(row) for row in story.shape())
    story.tick()
    last = [story.mails(name)[-1].text for name in (T1, T4)]
    for text in last:
        assert "You have a message" in text
        assert not any(
            word in text.casefold() for word in ("withdr", "late", "another", "otterbourne", "burnout")
        )
    pages = [first.open_mail().page(), second.open_mail().page()]
    assert pages[0] == pages[1]
    assert "Nothing is left for you to do" in pages[0]
    assert "withdr" not in pages[0].casefold()
    assert (story.rows(Offer), story.rows(Interaction)) == ([], [])
    assert [row.subject for row in story.rows(Reminder)] == ["desk"]  # when it was last mailed, about nobody
    assert story.match(request_id).supporter_id is None
    assert story.rows(OutboxRow) == []


def _nobody_sees_a_list_of_slow_supporters(story: Story, coordinator: Any) -> None:
    with story.desk.session() as session:
        people = [story.who(session, name) for name in (T1, T4)]
        values = [value for each in people for value in (each.supporter_id, each.name, each.email)]
    assert story.rows_with(*values) == []
    assert [mail.to for mail in story.rows(Mail) if mail.to] == []
    for address in ("/", "/requests"):
        page = text_of(coordinator.get(address, follow_redirects=True))
        assert T1 not in page
        assert T4 not in page


def _in_march_it_starts_clean(story: Story, old: str) -> None:
    story.at("2026-03-09 08:00")
    new, _ = a_request(story)
    before, after = story.desk.row(Request, old), story.desk.row(Request, new)
    assert (before.case_id, before.identity) == (None, None)
    assert after.case_id is not None
    with story.desk.session() as session:
        request = session.get_one(Request, new)
        found = local.candidates(session, request, story.desk.now)
        assert {each.supporter.name for each in found.candidates} == {T1, T4}
        assert all("none-this-year" in each.reasons for each in found.candidates)
        assert local.match_of(session, request) is None
    assert [event.code for event in story.rows(Event) if event.subject == new] == ["recorded"]
