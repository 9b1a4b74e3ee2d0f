"""The safety route from every page of a supporter: whom to call first, then a time and a way, and nothing more."""

import re

import pytest

from site_agent.models import Mail, Match, OutboxRow, SafetyReport
from site_agent.services import policy
from tests.support.agent import PIN
from tests.support.desk import IDENTITY, text_of

LINK = 'href="/safety"'


def ticket_of(page):
    return re.search(r'name="ticket" value="([\w-]{43})"', page.text)[1]


def reports(desk):
    with desk.session() as session:
        return [(row.at, row.route) for row in session.query(SafetyReport)]


@pytest.mark.parametrize(
    "state", ["asked", "accepted", "released", "confirming", "in-hand", "in-touch", "ended"]
)
def test_it_is_one_press_from_every_page_of_an_offer(asked, state):
    supporter = asked("asked" if state == "ended" else state).open(
        PIN if state not in ("asked", "ended") else None
    )
    if state == "ended":
        supporter.post("/offer/answer", answer="no")
    assert LINK in supporter.get("/offer").text


def test_it_is_one_press_from_the_other_pages_too(helping):
    helping.post("/offer/attempt/reached", when="now")
    paths = (
        "/offer/talk",
        "/offer/check-in",
        "/offer/close",
        "/offer/attempt/message",
        "/mine",
        "/mine/availability",
    )
    for path in (*paths, "/hand-over", "/talk-card"):
        page = helping.get(path)
        assert page.status_code == 200, path
        assert LINK in page.text, path


def test_it_is_one_press_from_the_agreement(invited):
    reader, token, who = invited
    assert LINK in reader.get(f"/a/{token}").text
    reader.enter(token, "a", who)
    assert LINK in reader.get("/agreement").text


def test_whom_to_call_is_there_for_everybody_without_a_link_or_a_pin(desk):
    said = text_of(desk.client(None).get("/safety"))
    for words in ("9-1-1", "9-8-8", "1-800-663-6729", "250-555-0100"):
        assert words in said
    assert "Which way did you take?" not in said


def test_j04_when_confidence_ends_is_said_in_plain_words(desk):
    said = text_of(desk.client(None).get("/safety"))
    for words in (
        "As in your clinical work",
        "may come to harm, themselves or another",
        "practice is unsafe",
    ):
        assert words in said


def test_the_sites_own_number_of_the_keepers_stands_there(desk):
    with desk.session() as session:
        policy.put(session, "keeper_phone", "250-555-0188")
    assert "250-555-0188 : a safety keeper" in text_of(desk.client(None).get("/safety"))


def test_keepers_are_named_to_supporters_only(helping):
    helping.desk.person("keeper", name="Dr. Kit Keeper")
    assert "Dr. Kit Keeper" in text_of(helping.get("/safety"))
    assert "Keeper" not in text_of(helping.desk.client(None).get("/safety"))


def test_j05_time_and_way_are_kept_the_match_is_paused_and_a_debrief_is_offered(helping):
    page = helping.get("/safety")
    assert "<textarea" not in page.text
    assert 'type="text"' not in page.text
    assert IDENTITY.name not in page.text
    answer = helping.post("/safety", route="crisis-line", ticket=ticket_of(page))
    assert answer.headers["Location"] == "/safety/noted"
    assert reports(helping.desk) == [(helping.desk.now, "crisis-line")]
    assert helping.desk.row(Match, helping.thid).paused_at == helping.desk.now
    said = text_of(helping.get("/safety/noted"))
    assert "The support is paused" in said
    assert "talks it through with you" in said
    assert "This is paused" in text_of(helping.get("/offer"))


def test_pressed_twice_it_is_one_report(helping):
    ticket = ticket_of(helping.get("/safety"))
    for _ in range(2):
        assert helping.post("/safety", route="emergency", ticket=ticket).status_code == 303
    assert len(reports(helping.desk)) == 1


def test_j01_a_ticket_that_somebody_makes_up_leaves_no_words(helping):
    helping.post("/safety", route="emergency", ticket="Dr. Wren said that it is too much")
    with helping.desk.session() as session:
        (row,) = session.query(SafetyReport)
        assert "Wren" not in row.ticket


def test_it_needs_no_pin_and_no_match(asked):
    supporter = asked().open()
    supporter.post("/safety", route="keeper", ticket=ticket_of(supporter.get("/safety")))
    assert len(reports(supporter.desk)) == 1
    assert supporter.desk.row(Match, supporter.thid).paused_at is None
    assert "paused" not in text_of(supporter.get("/safety/noted"))


def test_j05_nothing_of_it_is_ever_queued_for_the_hub(helping):
    def queued():
        with helping.desk.session() as session:
            return [row.type for row in session.query(OutboxRow)]

    before = queued()
    helping.post("/safety", route="college", ticket=ticket_of(helping.get("/safety")))
    assert queued() == before


def test_the_mail_to_the_keepers_says_nothing(helping):
    helping.desk.sign_in("keeper")
    helping.post("/safety", route="emergency", ticket=ticket_of(helping.get("/safety")))
    with helping.desk.session() as session:
        (mail,) = session.query(Mail).filter_by(kind="keeper")
        assert mail.link == "https://cedar.example.ca/safety/reports"


@pytest.mark.parametrize("typed", [{}, {"route": ""}, {"route": "her husband was told"}])
def test_no_way_or_one_in_words_is_asked_again(helping, typed):
    answer = helping.post("/safety", ticket=ticket_of(helping.get("/safety")), **typed)
    assert answer.status_code == 422
    assert "9-8-8" in text_of(answer)
    assert reports(helping.desk) == []


def test_a_stranger_cannot_report(desk):
    answer = desk.client(None).post("/safety", data={"route": "emergency", "ticket": "x" * 43, "about": ""})
    assert answer.status_code == 403
    assert reports(desk) == []


def test_a_report_about_another_visit_is_refused(helping):
    helping.about = "somebody-else"
    assert helping.post("/safety", route="emergency", ticket="x" * 43).status_code == 409
    assert reports(helping.desk) == []
