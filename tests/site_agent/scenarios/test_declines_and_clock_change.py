"""Scenario 1: two declines, an acquaintance, and 72 hours across the change of the clocks.

Cedar Inlet Division of Family Practice, nine supporters. That the quarter's aggregate of 1 is suppressed comes with
evaluation, and is asserted there: no count leaves this site yet.
"""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect

from protocol.messages.handover import Identity
from site_agent.models import Base, CaseKey, ContactClock, Interaction, Offer, OutboxRow, Request
from site_agent.services import local, policy, requests
from site_agent.services.requests import NewRequest, Wishes
from tests.support.story import Browser, Story

DR_A = Identity("Dr. Ailsa Quillfeather", ("call",), ("evening",), phone="+12505550147")
S2, S5, S7, S8 = (f"Dr. Supporter S{n}" for n in (2, 5, 7, 8))
TALK = {"day": "today", "length": "30-45", "mode": "phone", "found": "4"}


@pytest.fixture
def request_id(story: Story) -> str:
    """Dr. A's request, as of Monday 27 October 2025, 8:12 in the morning."""
    story.at("2025-10-27 08:12")
    for n in (1, 3, 4):
        story.supporter(f"Dr. Supporter S{n}", stage="early")
    story.supporter("Dr. Supporter S6", posts=("department-head",))
    story.supporter("Dr. Supporter S9")
    for name in (S2, S5, S7, S8):
        story.supporter(name)
    new = NewRequest(
        door="form", received_at=story.desk.now, stage="late", modality="phone", reason="complaint", identity=DR_A,
        wishes=Wishes(("other-hospital",)), posts=("department-head",), origin="cmpa",
    )  # fmt: skip
    with story.desk.session() as session:
        policy.put(session, "offer_hours", 48)
        paused = story.who(session, "Dr. Supporter S9")
        paused.paused, paused.paused_until = True, datetime(2025, 11, 10, tzinfo=UTC).date()
        return requests.record(session, new, story.desk.now).request.request_id


def difference(before: Counter[str], after: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """Rows that came and rows that went. The number of waiting tokens differs from one answer to the next."""
    return after - before, before - after


def told_apart(text: str) -> str:
    return re.sub(r"S[1-9]", "S?", text)


def test_scenario_1(story: Story, request_id: str) -> None:
    _four_are_left(story, request_id)
    phones = _three_do_not_take_it(story, request_id)
    _the_fourth_says_yes_in_the_last_half_hour(story, request_id, phones)
    _reached_in_time_over_the_change_of_the_clocks(story, request_id, phones[S8])
    _two_talks_and_closing(story, request_id, phones[S8])
    _what_is_gone_and_what_stays(story, request_id)


def _four_are_left(story: Story, request_id: str) -> None:
    with story.desk.session() as session:
        found = local.candidates(session, session.get_one(Request, request_id), story.desk.now)
        assert {each.supporter.name for each in found.candidates} == {S2, S5, S7, S8}
        assert found.n_excluded == 5


def _three_do_not_take_it(story: Story, request_id: str) -> dict[str, Browser]:
    """S2 and S5 say "not this time", S7 "I am close to this person": stored identically."""
    phones, left, shown = {}, [], []
    for name, asked, answered, answer in (
        (S2, "2025-10-27 08:40", "2025-10-27 12:30", "no"),
        (S5, "2025-10-27 12:45", "2025-10-28 09:05", "no"),
        (S7, "2025-10-28 09:20", "2025-10-29 18:00", "close"),
    ):
        story.at(asked)
        story.ask(request_id, name)
        story.at(answered)
        phone = phones[name] = story.phone(name).open_mail()
        page = phone.page()
        assert DR_A.name in page
        assert "omplaint" in page
        _shows_no_contact(page)
        before = story.shape()
        assert phone.post("/offer/answer", answer=answer).status_code == 303
        left.append(difference(before, story.shape()))
        shown.append(told_apart(phone.page()))
        assert DR_A.name not in shown[-1]
    assert left[0] == left[1] == left[2]
    assert len(set(shown)) == 1
    offers = story.rows(Offer)
    assert {(offer.state, offer.supporter_id, offer.policy_version) for offer in offers} == {
        ("not-taken", None, offers[0].policy_version)
    }
    _no_query_counts_declines(story, (S2, S5, S7))
    return phones


def _no_query_counts_declines(story: Story, names: tuple[str, ...]) -> None:
    with story.desk.session() as session:
        people = [story.who(session, name) for name in names]
        values = [value for each in people for value in (each.supporter_id, each.name, each.email)]
    assert story.rows_with(*values) == []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            assert not re.search(r"declin|refus|closeness|n_asked|reason_for", column.name), column


def _the_fourth_says_yes_in_the_last_half_hour(
    story: Story, request_id: str, phones: dict[str, Browser]
) -> None:
    story.at("2025-10-29 18:05")
    story.ask(request_id, S8)
    asked_at = story.desk.now
    assert story.desk.row(Request, request_id).wishes is not None
    assert story.at("2025-10-31 17:40") - asked_at == timedelta(hours=47, minutes=35)
    phone = phones[S8] = story.phone(S8).open_mail()
    _shows_no_contact(phone.page())
    assert phone.post("/offer/answer", answer="yes").status_code == 303
    match, request = story.match(request_id), story.desk.row(Request, request_id)
    assert match.due_at == datetime(2025, 11, 4, 0, 40, tzinfo=UTC)
    assert (match.state, request.state) == ("in-hand", "in-hand")
    assert (request.wishes, request.avoid) == (None, None)
    assert "555-0147" in phone.page().replace(" ", "-")
    for name in (S2, S5, S7):
        _shows_no_contact(phones[name].page())
        assert DR_A.name not in phones[name].page()


def _shows_no_contact(page: str) -> None:
    assert "0147" not in page


def _reached_in_time_over_the_change_of_the_clocks(story: Story, request_id: str, phone: Browser) -> None:
    story.at("2025-11-02 10:15")
    phone.open_mail()
    assert "Mon 3 Nov 2025, 4:40 pm" in phone.page()
    assert phone.post("/offer/attempt/reached", when="now").status_code == 303
    (run,) = story.rows(ContactClock)
    assert run.outcome == "met"
    assert run.ended_at - run.started_at == timedelta(hours=41, minutes=35)
    story.at("2025-11-03 16:41")
    assert story.match(request_id).state == "in-touch"


def _two_talks_and_closing(story: Story, request_id: str, phone: Browser) -> None:
    for day, ticket in (("2025-11-06 12:00", "a" * 43), ("2025-11-20 12:00", "b" * 43)):
        story.at(day)
        _fresh_link(story, phone)
        for _ in range(2):
            assert phone.post("/offer/talk", ticket=ticket, **TALK).status_code == 303
    assert len(story.rows(Interaction)) == 2
    story.at("2025-11-24 10:00")
    _fresh_link(story, phone)
    assert phone.post("/offer/close", paper="yes").status_code == 303
    assert (story.match(request_id).state, story.desk.row(Request, request_id).state) == ("closed", "closed")
    _shows_no_contact(phone.page())
    assert DR_A.name not in phone.page()


def _fresh_link(story: Story, phone: Browser) -> None:
    """The old link sends a fresh one."""
    token = story.mails(phone.name)[-1].token
    assert phone.client.post(f"/o/{token}/fresh").status_code == 303
    story.tick()
    phone.open_mail()


def _what_is_gone_and_what_stays(story: Story, request_id: str) -> None:
    story.at("2025-11-24 10:05")
    assert story.rows(Offer) == []
    with story.desk.session() as session:
        others = [story.who(session, name) for name in (S2, S5, S7)]
        values = [value for each in others for value in (each.supporter_id, each.name, each.email)]
    assert story.rows_with(*values) == []
    for name in (S2, S5, S7, S8):
        assert story.mails(name)
        for mail in story.mails(name):
            assert DR_A.name not in mail.text
            assert "Quillfeather" not in mail.text
            assert "complaint" not in mail.text.casefold()
    story.at("2025-12-24 09:59")
    assert story.desk.row(Request, request_id).identity is not None
    story.at("2025-12-24 10:00")
    request = story.desk.row(Request, request_id)
    assert (request.identity, request.reason, request.case_id) == (None, None, None)
    assert story.rows(CaseKey) == []
    assert len(story.rows(Interaction)) == 2
    assert story.rows(OutboxRow) == []
    assert "supporter" not in " ".join(inspect(ContactClock).columns.keys())
