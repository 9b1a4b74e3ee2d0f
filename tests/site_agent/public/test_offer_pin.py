"""The PIN before names and contact details: right, wrong, malformed, five times wrong, never chosen."""

import pytest

from site_agent.models import Mail, Offer, Supporter
from site_agent.services import inter_site_helper
from tests.support.agent import PIN
from tests.support.desk import IDENTITY, text_of

WRONG = "951753"


def kept(supporter):
    return supporter.desk.row(Supporter, supporter.supporter_id)


@pytest.mark.parametrize("state", ["accepted", "released", "confirming", "in-hand"])
def test_after_the_yes_nothing_opens_without_the_pin(asked, state):
    supporter = asked(state).open()
    page = supporter.get("/offer")
    assert "Enter your PIN" in text_of(page)
    assert not any(part in page.text for part in (IDENTITY.name, "0142"))


@pytest.mark.parametrize(
    ("state", "path"),
    [("released", "/offer/name"), ("in-hand", "/offer/attempt/message"), ("in-hand", "/offer/close")],
)
def test_no_press_counts_without_the_pin(asked, state, path):
    supporter = asked(state).open()
    answer = supporter.post(path, close="no", when="now", paper="yes")
    assert answer.headers["Location"] == "/offer"
    assert "Enter your PIN" in text_of(supporter.get("/offer"))


def test_a_wrong_pin_says_how_many_tries_are_left_and_is_not_sent_back(asked):
    supporter = asked("released").open()
    answer = supporter.post("/offer/pin", pin=WRONG)
    assert answer.status_code == 422
    assert "4 tries left" in text_of(answer)
    assert WRONG not in answer.text
    assert "Error:" in answer.text


@pytest.mark.parametrize("typed", ["", "12", "abcdef", "1234567", "４０２９１８"])
def test_what_cannot_be_a_pin_uses_up_no_try(asked, typed):
    supporter = asked("released").open()
    assert supporter.post("/offer/pin", pin=typed).status_code == 422
    assert kept(supporter).pin_failures == 0


@pytest.mark.parametrize("mark", [" ", "-", "\u00a0"])
def test_a_pin_typed_in_groups_counts(asked, mark):
    supporter = asked("in-hand").open()
    assert supporter.post("/offer/pin", pin=f"{PIN[:3]}{mark}{PIN[3:]} ").status_code == 303


def test_five_wrong_pins_lock_it_even_for_the_right_one(asked):
    supporter = asked("in-hand").open()
    for _ in range(5):
        supporter.post("/offer/pin", pin=WRONG)
    assert supporter.post("/offer/pin", pin=PIN).status_code == 403
    page = supporter.get("/offer")
    assert page.status_code == 403
    assert "Your PIN is locked" in text_of(page)
    assert "250-555-0100" in text_of(page)
    assert IDENTITY.name not in page.text


def test_a_fresh_link_to_the_own_mailbox_unlocks_the_pin(asked):
    supporter = asked("in-hand").open()
    for _ in range(5):
        supporter.post("/offer/pin", pin=WRONG)
    assert supporter.post("/offer/fresh").headers["Location"] == "/offer/sent"
    with supporter.desk.session() as session:
        supporter.token = session.query(Mail).filter_by(kind="fresh-link").one().link.rpartition("/")[2]
    assert IDENTITY.name in supporter.open(PIN).get("/offer").text


def test_locked_too_often_only_the_coordinator_unlocks(asked):
    supporter = asked("in-hand").open()
    with supporter.desk.session() as session:
        row = session.get_one(Supporter, supporter.supporter_id)
        row.pin_failures, row.pin_lockouts = 5, 3
    said = text_of(supporter.get("/offer"))
    assert "Only your coordinator" in said
    assert "Send a fresh link" not in said


def test_after_a_reset_the_page_leads_to_the_mailbox_and_names_the_coordinator(asked):
    supporter = asked("released").open()
    with supporter.desk.session() as session:
        session.get_one(Supporter, supporter.supporter_id).pin_hash = None
    said = text_of(supporter.get("/offer"))
    assert "Choose a new PIN first" in said
    assert "A link to choose one was emailed to you" in said
    assert "Call the coordinator" in said
    assert "locked" not in said
    assert supporter.post("/offer/pin", pin=PIN).status_code == 403


def test_the_pin_counts_for_a_quarter_of_an_hour(asked):
    supporter = asked("in-hand").open(PIN)
    supporter.desk.clock.advance(minutes=14)
    assert IDENTITY.name in supporter.get("/offer").text
    supporter.desk.clock.advance(minutes=2)
    assert IDENTITY.name not in supporter.get("/offer").text


def test_a_pin_given_in_one_browser_opens_no_other(asked):
    supporter = asked("in-hand").open(PIN)
    with supporter.desk.session() as session:
        token = inter_site_helper.fresh_link(
            session, session.get_one(Offer, supporter.offer_id), supporter.desk.now
        )
    other = supporter.desk.client(None)
    other.post(f"/o/{token}")
    assert IDENTITY.name not in other.get("/offer").text


def test_after_the_yes_the_page_says_what_is_left_and_by_when(asked):
    named = text_of(asked("released").open().get("/offer"))
    assert "Two short steps are left: your PIN, and one question." in named
    assert "Please do both by" in named
    assert "Otherwise the request goes on to somebody else." in named


def test_before_the_name_is_there_the_page_says_where_the_time_will_stand(asked):
    supporter = asked().open()
    said = text_of(
        supporter.client.post(
            "/offer/answer", data={"about": supporter.about, "answer": "yes"}, follow_redirects=True
        )
    )
    assert "Two short steps are left" in said
    assert "says by when to answer. Otherwise the request goes on to somebody else." in said


def test_once_the_question_is_answered_no_steps_are_counted(asked):
    assert "Two short steps" not in text_of(asked("in-hand").open().get("/offer"))
