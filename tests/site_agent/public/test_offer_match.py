"""From the name to the end: the one question, the contact details, the attempt, closing."""

import pytest

from protocol.messages.handover import Identity
from protocol.messages.matches import Attempted, Closed, Confirmed, Pass, Reached
from site_agent.models import CaseKey, Match, Offer, OutboxRow
from site_agent.services import cases, inter_site_helper
from tests.support.agent import PIN
from tests.support.desk import IDENTITY, text_of

CONTACT = ("0142", "oicemail")


def said(desk, body):
    with desk.session() as session:
        return session.query(OutboxRow).filter_by(type=body.TYPE).count()


def test_the_name_comes_alone_with_one_question(asked):
    page = asked("released").open(PIN).get("/offer")
    assert IDENTITY.name in page.text
    assert "do you supervise, assess or review them?" in text_of(page)
    assert "Working in the same place alone need not count." in text_of(page)
    assert not any(part in page.text for part in CONTACT)


def test_an_unanswered_question_is_asked_again(asked):
    supporter = asked("released").open(PIN)
    answer = supporter.post("/offer/name")
    assert answer.status_code == 422
    assert "Select yes or no" in text_of(answer)
    assert IDENTITY.name in answer.text


def test_no_confirms_once_and_contact_waits_for_the_hub(asked):
    supporter = asked("released").open(PIN)
    for _ in range(2):
        supporter.post("/offer/name", close="no")
    page = supporter.get("/offer")
    assert said(supporter.desk, Confirmed) == 1
    assert "being confirmed" in text_of(page)
    assert not any(part in page.text for part in CONTACT)


def test_yes_is_sent_and_kept_as_a_pass_and_the_name_is_gone(asked):
    supporter = asked("released").open(PIN)
    supporter.post("/offer/name", close="yes")
    page = supporter.get("/offer")
    assert "Nothing is left for you to do" in text_of(page)
    assert IDENTITY.name not in page.text
    assert said(supporter.desk, Pass) == 1
    with supporter.desk.session() as session:
        assert session.query(Offer).count() == 0
        assert session.query(CaseKey).count() == 0


def test_closeness_and_a_decline_read_alike(asked):
    pages = []
    for state, path, typed in (
        ("asked", "/offer/answer", {"answer": "no"}),
        ("released", "/offer/name", {"close": "yes"}),
    ):
        supporter = asked(state, name=f"Dr. No {state.title()}").open(PIN if state == "released" else None)
        supporter.post(path, **typed)
        pages.append(text_of(supporter.get("/offer")))
    assert pages[0] == pages[1]


def test_a_question_answered_too_late_opens_nothing(asked):
    supporter = asked("released").open(PIN)
    with supporter.desk.session() as session:
        session.get_one(Match, supporter.thid).confirm_by = supporter.desk.now
    supporter.post("/offer/name", close="no")
    assert said(supporter.desk, Confirmed) == 0
    assert "Nothing is left for you to do" in text_of(supporter.get("/offer"))


def test_once_confirmed_the_contact_details_and_the_clock_are_there(helping):
    page = helping.get("/offer")
    words = text_of(page)
    assert "tel:+12505550142" in page.text
    assert "(250) 555-0142" in words
    assert "oicemail" in words
    assert "Evenings" in words
    assert "72 h 00 min left" in words


def test_contact_details_are_judged_afresh_at_each_view(helping):
    assert IDENTITY.name in helping.get("/offer").text
    with helping.desk.session() as session:
        inter_site_helper.end(session, session.get_one(Match, helping.thid), helping.desk.now)
    page = helping.get("/offer")
    assert "Nothing is left for you to do" in text_of(page)
    assert not any(part in page.text for part in (IDENTITY.name, *CONTACT))
    helping.post("/offer/attempt/message", when="now")
    assert said(helping.desk, Attempted) == 0


@pytest.mark.parametrize(("what", "body"), [("message", Attempted), ("reached", Reached)])
def test_one_press_records_it_once(helping, what, body):
    helping.desk.clock.advance(hours=2)
    helping.token = _fresh(helping)
    helping.open(PIN)
    for _ in range(2):
        assert helping.post(f"/offer/attempt/{what}", when="now").headers["Location"] == "/offer"
    assert said(helping.desk, body) == 1
    assert said(helping.desk, Attempted) == 1
    assert helping.desk.row(Match, helping.thid).attempted_at == helping.desk.now


def test_the_true_time_counts_and_not_that_of_the_press(helping):
    helping.desk.clock.advance(hours=30)
    helping.token = _fresh(helping)
    helping.open(PIN)
    parts = {"at-day": "4", "at-month": "11", "at-year": "2026", "at-time": "8:30 am"}
    helping.post("/offer/attempt/message", **parts)
    assert helping.desk.row(Match, helping.thid).attempted_at.isoformat() == "2026-11-04T15:30:00+00:00"


@pytest.mark.parametrize(
    ("parts", "mend"),
    [
        ({}, "Enter the day and time"),
        ({"at-day": "31", "at-month": "2", "at-year": "2026", "at-time": "8 am"}, "Enter a real date"),
        ({"at-day": "3", "at-month": "11", "at-year": "2026", "at-time": "4:40"}, "morning or afternoon"),
        ({"at-day": "3", "at-month": "12", "at-year": "2026", "at-time": "4:40 pm"}, "not in the future"),
        ({"at-day": "1", "at-month": "11", "at-year": "2026", "at-time": "4:40 pm"}, "after the match"),
    ],
)
def test_a_time_that_cannot_be_is_asked_again_with_what_was_typed(helping, parts, mend):
    answer = helping.post("/offer/attempt/message", **parts)
    assert answer.status_code == 422
    assert mend in text_of(answer)
    for typed in parts.values():
        assert f'value="{typed}"' in answer.text
    assert said(helping.desk, Attempted) == 0


def test_an_act_that_does_not_exist_is_not_found(helping):
    assert helping.get("/offer/attempt/nothing").status_code == 404


def test_past_the_limit_the_page_says_late_and_what_to_do(asked):
    supporter = asked("overdue")
    with supporter.desk.session() as session:
        row = session.get_one(Match, supporter.thid)
        row.due_at = supporter.desk.now.replace(hour=13)
    words = text_of(supporter.open(PIN).get("/offer"))
    assert "4 h 00 min late" in words
    assert "give the true time" in words


def test_closing_asks_whether_the_jottings_are_destroyed(helping):
    assert helping.post("/offer/close").status_code == 422
    assert helping.desk.row(Match, helping.thid).state == "in-hand"


@pytest.mark.parametrize(("paper", "kept"), [("yes", True), ("no", False)])
def test_j02_either_answer_closes_and_paper_that_is_left_is_spoken_of(helping, paper, kept):
    helping.post("/offer/close", paper=paper)
    row = helping.desk.row(Match, helping.thid)
    assert (row.state, row.jottings_destroyed) == ("closed", kept)
    said = text_of(helping.get("/offer"))
    assert ("Please destroy your jottings today." in said) is not kept


def test_closing_twice_is_once_and_destroys_what_was_known(helping):
    helping.post("/offer/close", paper="yes")
    page = text_of(helping.get("/offer"))
    assert "Closed." in page
    helping.post("/offer/close", paper="yes")
    assert said(helping.desk, Closed) == 1
    row = helping.desk.row(Match, helping.thid)
    assert (row.state, row.card, row.identity) == ("closed", None, None)


def _fresh(supporter):
    with supporter.desk.session() as session:
        offer = session.get_one(Offer, supporter.offer_id)
        return inter_site_helper.fresh_link(session, offer, supporter.desk.now)


def with_ways(helping, *ways):
    """The same physician, to whom these ways are safe."""
    with helping.desk.session() as session:
        match = session.get_one(Match, helping.thid)
        identity = Identity(IDENTITY.name, ways, ("evening",), "+12505550142", "wren@example.ca")
        match.identity = cases.seal(session, match.case_id, "identity", identity.dump())
    return text_of(helping.get("/offer")), text_of(helping.get("/offer/attempt/message"))


def test_where_no_message_is_safe_none_is_suggested(helping):
    page, attempt = with_ways(helping, "call")
    for said in (page, attempt):
        assert "They did not say that a message is safe: leave none, and try again later." in said
        assert "I left a message" not in said
    assert page.index("I reached them") < page.index("I called and did not reach them")
    assert "a text" not in attempt
    helping.post("/offer/attempt/message", when="now")
    assert "Message left" not in text_of(helping.get("/offer"))


def test_what_counts_are_the_ways_that_are_safe(helping):
    page, attempt = with_ways(helping, "call", "email")
    assert page.index("I left a message") < page.index("I reached them")
    assert "Each of these counts: a missed call, an email." in attempt


def test_where_only_email_is_safe_the_number_does_not_come_first(helping):
    page, _attempt = with_ways(helping, "call", "email")
    assert page.index("0142") < page.index("wren@example.ca")
    page, _attempt = with_ways(helping, "email")
    assert page.index("wren@example.ca") < page.index("0142")


def test_until_the_first_attempt_the_badge_says_to_be_reached(helping):
    assert "To be reached" in text_of(helping.get("/offer"))
    assert "To be reached" in text_of(helping.desk.client().get(f"/elsewhere/{helping.thid}"))
