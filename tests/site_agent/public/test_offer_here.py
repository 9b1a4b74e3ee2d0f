"""A request of this site on a supporter's phone: name and reason, then yes, then contact; and nothing for the hub."""

import pytest

from site_agent.models import ContactClock, Match, Offer, OutboxRow, Supporter
from site_agent.services import pins, policy
from tests.support.agent import PIN
from tests.support.desk import IDENTITY, text_of

CONTACT = ("0142", "oicemail")


def outbox(desk):
    with desk.session() as session:
        return session.query(OutboxRow).count()


def test_behind_the_pin_name_and_reason_come_before_the_answer_and_contact_does_not(asked_here):
    supporter = asked_here().open()
    before = supporter.get("/offer")
    assert "Enter your PIN" in text_of(before)
    assert IDENTITY.name not in before.text
    assert "Burnout" not in before.text
    supporter.post("/offer/pin", pin=PIN)
    page = supporter.get("/offer")
    assert IDENTITY.name in page.text
    assert "Burnout or moral injury" in text_of(page)
    assert not any(part in page.text for part in CONTACT)
    assert "<textarea" not in page.text
    assert 'type="text"' not in page.text


def test_a_yes_opens_the_contact_details_at_once_and_starts_the_clock(asked_here):
    supporter = asked_here().open(PIN)
    supporter.post("/offer/answer", answer="yes")
    page = supporter.get("/offer")
    said = text_of(page)
    assert "tel:+12505550142" in page.text
    assert "72 h 00 min left" in said
    assert "By Fri 6 Nov 2026, 10:00 am" in said
    assert "hub" not in said.partition("Who can see what")[2]
    with supporter.desk.session() as session:
        assert [row.outcome for row in session.query(ContactClock)] == ["running"]


def test_a_no_needs_no_pin(asked_here):
    supporter = asked_here().open()
    assert "Not this time" in text_of(supporter.get("/offer"))
    supporter.post("/offer/answer", answer="no")
    assert "Nothing is left for you to do" in text_of(supporter.get("/offer"))


def test_a_yes_needs_the_pin_that_shows_whom_it_is_about(asked_here):
    supporter = asked_here().open()
    assert supporter.post("/offer/answer", answer="yes").headers["Location"] == "/offer"
    assert supporter.desk.row(Offer, supporter.offer_id).state == "open"
    supporter.post("/offer/pin", pin=PIN)
    supporter.desk.clock.advance(minutes=90)
    supporter.post("/offer/answer", answer="yes")
    assert supporter.desk.row(Offer, supporter.offer_id).state == "confirmed", (
        "given, and the page was long open"
    )


def test_a_new_pin_ends_what_the_old_one_opened(asked_here):
    supporter = asked_here().open(PIN)
    assert supporter.get("/mine").status_code == 200
    with supporter.desk.session() as session:
        offer = session.get_one(Offer, supporter.offer_id)
        pins.reset(session, session.get_one(Supporter, offer.supporter_id), supporter.desk.now, "somebody")
    for path in ("/offer", "/mine"):
        page = supporter.get(path)
        assert page.status_code == 403, path
        assert IDENTITY.name not in page.text
    supporter.post("/mine/agreement")
    assert supporter.get("/agreement").status_code == 403, (
        "whoever holds the phone must not choose the next PIN"
    )


def everything_kept(desk, thid):
    """Every row that an answer leaves, but for ids and tokens that are random."""
    with desk.session() as session:
        match = session.get_one(Match, thid)
        offers = [
            (row.state, row.supporter_id, row.asked_at, row.expires_at)
            for row in session.query(Offer).filter_by(thid=thid)
        ]
        return match.state, match.supporter_id, match.resume_state, offers


def test_j09_closeness_is_kept_and_answered_exactly_as_a_decline(asked_here):
    pages, rows = [], []
    for answer in ("no", "close"):
        supporter = asked_here(name=f"Dr. Says {answer.title()}").open(PIN)
        reply = supporter.post("/offer/answer", answer=answer)
        pages.append((reply.status_code, reply.headers["Location"], text_of(supporter.get("/offer"))))
        rows.append(everything_kept(supporter.desk, supporter.thid))
    assert pages[0] == pages[1]
    assert rows[0] == rows[1]
    assert IDENTITY.name not in pages[1][2]


def test_after_a_no_the_name_is_gone(asked_here):
    supporter = asked_here().open(PIN)
    supporter.post("/offer/answer", answer="close")
    for path in ("/offer", "/offer/talk", "/offer/attempt/message"):
        assert IDENTITY.name not in supporter.client.get(path, follow_redirects=True).text


def test_a_site_may_hold_the_name_back_until_the_yes(asked_here):
    supporter = asked_here().open()
    with supporter.desk.session() as session:
        policy.put(session, "name_before_yes", "no")
    page = supporter.get("/offer")
    assert "Burnout or moral injury" in text_of(page)
    assert IDENTITY.name not in page.text
    supporter.post("/offer/answer", answer="yes")
    assert "Enter your PIN" in text_of(supporter.get("/offer"))
    supporter.post("/offer/pin", pin=PIN)
    assert IDENTITY.name in supporter.get("/offer").text


def test_nothing_of_it_goes_to_the_hub(helping_here):
    helping_here.post("/offer/attempt/message", when="now")
    helping_here.post("/offer/attempt/reached", when="now")
    helping_here.post("/offer/close", paper="yes")
    assert outbox(helping_here.desk) == 0
    assert helping_here.desk.row(Match, helping_here.thid).state == "closed"


def test_without_a_hub_nothing_is_said_of_one_that_is_away(helping_here):
    answered = helping_here.get("/offer")
    assert "hub cannot be reached" not in text_of(answered)
    helping_here.post("/offer/attempt/message", when="now")
    assert "hub cannot be reached" not in text_of(helping_here.get("/offer"))


def test_after_closing_nothing_shows_who_it_was(helping_here):
    helping_here.post("/offer/attempt/reached", when="now")
    helping_here.post("/offer/close", paper="yes")
    for path in ("/offer", "/mine", "/safety"):
        page = helping_here.client.get(path, follow_redirects=True)
        assert not any(part in page.text for part in (IDENTITY.name, *CONTACT))


@pytest.mark.parametrize("answer", ["yes", "no", "close"])
def test_an_answer_after_the_time_changes_nothing(asked_here, answer):
    supporter = asked_here().open(PIN)
    with supporter.desk.session() as session:
        session.get_one(Offer, supporter.offer_id).expires_at = supporter.desk.now
    assert supporter.post("/offer/answer", answer=answer).status_code == 303
    assert "Nothing is left for you to do" in text_of(supporter.get("/offer"))
    assert supporter.desk.row(Offer, supporter.offer_id).state == "open"


def test_a_locked_pin_still_lets_one_decline(asked_here):
    supporter = asked_here().open()
    for _ in range(5):
        supporter.post("/offer/pin", pin="951753")
    page = text_of(supporter.get("/offer"))
    assert "Your PIN is locked" in page
    assert "Your answer still counts" not in page
    assert "Not this time" in page
