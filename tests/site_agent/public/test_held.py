"""Everything held: the link alone does not open it, the code from the mail does, and nobody else is told."""

import re
from dataclasses import replace

import pytest

from site_agent.models import Activity, Event, Mail, Request, Supporter
from site_agent.services import interactions, local, offers, requests, tracker
from site_agent.services.requests import NewRequest, Wishes
from tests.support.desk import IDENTITY, OTHERS, text_of

NAME = '=HYPERLINK("x") \u05d3\u05f4\u05e8 Re\u0301mi'


@pytest.fixture
def mine(visitor):
    """A physician with an address of their own, in by the link."""
    return ask(visitor)


def ask(visitor, **changes):
    who = replace(IDENTITY, name=NAME, email="wren@private.example")
    given = {"door": "form", "received_at": visitor.desk.now, "stage": "mid", "modality": "phone"}
    given |= {"reason": "burnout", "identity": who, "hint": "coping", "origin": "cmpa", "elsewhere": True}
    given |= {"wishes": Wishes(("woman",), tuple(OTHERS)[:1], "fr")}
    with visitor.desk.session() as session:
        recorded = requests.record(session, NewRequest(**(given | changes)), visitor.desk.now)
        token, request_id = recorded.link_token, recorded.request.request_id
    visitor.enter(token, "r", request_id)
    return visitor


def code(visitor):
    visitor.post("/request/held")
    with visitor.desk.session() as session:
        return session.query(Mail).filter_by(kind="held").one().link


def test_the_link_alone_shows_no_name(mine):
    page = mine.get("/request/held")
    assert "So your link alone does not open it" in text_of(page)
    assert "private.example" not in page.text
    answer = mine.get("/request/everything")
    assert answer.status_code == 403
    assert "Canary" not in answer.text


def test_the_code_from_the_mail_opens_everything(mine):
    answer = mine.post("/request/held/code", code=code(mine))
    assert answer.headers["Location"] == "/request/everything"
    page = mine.get("/request/everything")
    said = text_of(page)
    for words in ("Burnout", "I am afraid of not coping", "The CMPA", "French", "A woman", "River Bend"):
        assert words in said
    for words in ("(250) 555-0142", "wren@private.example", "Phone call", "Your request was recorded"):
        assert words in said
    assert NAME in said
    assert page.headers["Cache-Control"] == "no-store"
    assert "not a record" not in said.lower()


def test_a_code_with_blanks_is_as_good(mine):
    typed = code(mine)
    answer = mine.post("/request/held/code", code=f" {typed[:3]} {typed[3:]} ")
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666", "x" * 5000]
)
def test_what_cannot_be_a_code_is_said_and_costs_no_try(mine, typed):
    code(mine)
    answer = mine.post("/request/held/code", code=typed)
    assert answer.status_code == 422
    assert "Enter the six digits" in text_of(answer)
    assert "tries left" not in text_of(mine.post("/request/held/code", code=typed))


def test_wrong_codes_are_counted_and_then_a_new_one_is_needed(mine):
    right = code(mine)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    assert "tries left: 4" in text_of(mine.post("/request/held/code", code=wrong))
    for _ in range(3):
        mine.post("/request/held/code", code=wrong)
    assert "Ask for a new one" in text_of(mine.post("/request/held/code", code=wrong))
    assert mine.post("/request/held/code", code=right).status_code == 422
    assert "Send me a code" in text_of(mine.get("/request/held"))


def test_without_an_address_the_coordinator_prints_it(visitor):
    mine = ask(visitor, identity=IDENTITY)
    page = text_of(mine.get("/request/held"))
    assert "no code can be sent" in page
    assert "250-555-0100" in page
    mine.post("/request/held")
    assert "You gave no email address" in text_of(mine.get("/request/held"))


def test_reading_it_is_noted_nowhere_and_tells_nobody(mine):
    mine.post("/request/held/code", code=code(mine))
    mine.get("/request/everything")
    with mine.desk.session() as session:
        assert session.query(Activity).count() == 0
        assert [mail.kind for mail in session.query(Mail)] == ["held"]
        assert {event.code for event in session.query(Event)} <= {"recorded", "looking"}


def test_the_page_closes_by_itself(mine):
    mine.post("/request/held/code", code=code(mine))
    mine.desk.clock.advance(minutes=15)
    assert mine.get("/request/everything").status_code == 403


def test_another_request_in_the_same_browser_is_not_opened_by_it(mine):
    mine.post("/request/held/code", code=code(mine))
    ask(mine, identity=replace(IDENTITY, email="bo@private.example"), reason="loss")
    assert mine.get("/request/held").status_code == 200
    assert mine.get("/request/everything").status_code == 403, "whoever came before must not be read after"


def test_help_from_the_own_site_stands_there_without_the_supporter(visitor):
    mine = ask(visitor, elsewhere=False, wishes=Wishes())
    who = visitor.desk.supporter()
    with visitor.desk.session() as session:
        row = session.get_one(Request, mine.about)
        offer = local.ask(session, row, session.get_one(Supporter, who), visitor.desk.now)
        offers.accept(session, offer, visitor.desk.now)
        match = local.match_of(session, row)
        interactions.reached(session, match, visitor.desk.now, visitor.desk.now)
        entry = tracker.Entry(ticket="t" * 43, at=visitor.desk.now, length="15-30", mode="phone", found=1)
        tracker.record(session, match, entry, visitor.desk.now)
    mine.post("/request/held/code", code=code(mine))
    said = text_of(mine.get("/request/everything"))
    assert "15 to 30 minutes" in said
    assert "Okafor" not in said
    assert "Very hard" not in said


def test_every_page_about_it_is_closed_to_who_has_no_link(desk):
    for path in ("/request/held", "/request/everything"):
        assert desk.client(None).get(path).status_code == 403
    for path in ("/request/held", "/request/held/code"):
        assert desk.client(None).post(path).status_code == 403


def test_no_address_of_these_pages_holds_a_secret(mine):
    mine.post("/request/held")
    page = mine.get("/request/held").text
    assert set(re.findall(r'action="(/[^"]*)"', page)) <= {"/request/held", "/request/held/code"}
