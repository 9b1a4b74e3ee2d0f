"""Telling the programme of somebody: consent first, a code and no story, several at once, and "received" for ever."""

import re

import pytest
from werkzeug.datastructures import MultiDict

from site_agent.models import CaseKey, Mail, Outreach
from site_agent.services import outreach, policy
from tests.support.asking import ticket_on
from tests.support.desk import text_of

ONE = {"notifier": "colleague", "reason": "adverse-event", "people": "1", "go": "send"}
WREN = {"agreed_0": "yes", "name_0": "Dr. Wren Canary", "phone_0": "250 555 0142", "email_0": ""}
BO = {"agreed_1": "yes", "name_1": "Dr. Bo Ek", "phone_1": "", "email_1": "bo@example.ca"}
TWO = {**ONE, **WREN, **BO, "people": "2"}


@pytest.fixture
def colleague(visitor):
    """Somebody with the form open."""
    visitor.ticket = ticket_on(visitor.get("/notify"))
    return visitor


def send(colleague, **typed):
    return colleague.client.post(
        "/notify", data=MultiDict({"ticket": colleague.ticket, **ONE, **WREN, **typed})
    )


def rows(colleague):
    with colleague.desk.session() as session:
        found = session.query(Outreach).all()
        kept = [(row, outreach.contact_of(session, row), outreach.reason_of(session, row)) for row in found]
        session.expunge_all()
        return kept


def routine(colleague):
    with colleague.desk.session() as session:
        policy.put(session, "routine_outreach", "yes", colleague.desk.now)


def test_the_form_has_no_box_for_a_story_nor_for_who_tells(colleague):
    page = colleague.get("/notify")
    assert "<textarea" not in page.text
    assert re.findall(r'name="(\w+)" type="(?:text|tel|email)"', page.text) == [
        "name_0",
        "phone_0",
        "email_0",
    ]
    assert "9-1-1" in text_of(page)


def test_the_form_says_that_only_those_who_agreed_are_contacted(colleague):
    said = text_of(colleague.get("/notify"))
    assert "We contact only those who have agreed to it." in said
    assert "https://cedar.example.ca/ask" in said
    routine(colleague)
    assert "We contact only those" not in text_of(colleague.get("/notify"))


def test_a_notice_is_received_and_the_desk_is_told_without_words(colleague):
    colleague.desk.person("coordinator", name="Kim")
    answer = send(colleague)
    assert answer.headers["Location"] == "/notify/received"
    ((row, who, reason),) = rows(colleague)
    assert (who.name, who.phone, who.email) == ("Dr. Wren Canary", "+12505550142", None)
    assert (row.notifier, row.consent, row.state, reason) == ("colleague", "agreed", "new", "adverse-event")
    with colleague.desk.session() as session:
        assert [mail.kind for mail in session.query(Mail)] == ["coordinator"]


def test_j15_the_answer_is_the_same_whatever_was_sent_and_whatever_becomes_of_it(colleague):
    first = colleague.client.get(send(colleague).headers["Location"]).text
    assert send(colleague).headers["Location"] == "/notify/received"
    with colleague.desk.session() as session:
        outreach.refuse(session, session.query(Outreach).one(), False, colleague.desk.now)
    assert colleague.get("/notify/received").text == first
    assert colleague.desk.client(None).get("/notify/received").text == first
    assert "Canary" not in first


def test_j15_nothing_in_the_browser_leads_back_to_it(colleague):
    send(colleague)
    with colleague.client.session_transaction(base_url="https://localhost") as cookie:
        assert set(cookie) <= {"csrf_token", "_permanent"}


def test_sent_twice_is_once(colleague):
    for _ in range(3):
        assert send(colleague).status_code == 303
    assert len(rows(colleague)) == 1


def test_several_people_become_separate_outreaches(colleague):
    assert send(colleague, **TWO).status_code == 303
    kept = rows(colleague)
    assert {who.name for _, who, _ in kept} == {"Dr. Wren Canary", "Dr. Bo Ek"}
    assert len({row.ref for row, _, _ in kept}) == 2


def test_another_person_is_added_without_losing_what_was_typed(colleague):
    page = send(colleague, go="more", phone_0="555 01")
    assert page.status_code == 200
    assert 'name="name_1"' in page.text
    assert 'value="Dr. Wren Canary"' in page.text
    assert 'value="555 01"' in page.text
    assert 'value="colleague" checked' in page.text
    assert "There is a problem" not in page.text
    assert rows(colleague) == []


def test_a_person_left_empty_is_nobody(colleague):
    assert send(colleague, people="3").status_code == 303
    assert len(rows(colleague)) == 1


@pytest.mark.parametrize("people", ["99", "-1", "0", "abc", "\u0663", ""])
def test_a_made_up_number_of_people_makes_no_endless_form(colleague, people):
    page = send(colleague, people=people, go="more").text
    assert page.count("Have they agreed that we contact them?") <= outreach.MOST_PEOPLE + 2


def test_without_consent_nothing_is_kept_and_words_to_pass_on_are_given(colleague):
    page = send(colleague, agreed_0="no", name_0="Dr. Wren Canary", phone_0="nonsense")
    said = text_of(page)
    assert page.status_code == 200
    assert "Nothing that you typed was kept." in said
    assert "https://cedar.example.ca/ask" in said
    assert "Canary" not in page.text
    with colleague.desk.session() as session:
        assert (
            session.query(Outreach).count()
            == session.query(CaseKey).count()
            == session.query(Mail).count()
            == 0
        )


def test_of_several_the_one_without_consent_is_to_be_left_out(colleague):
    page = send(colleague, **{**TWO, "agreed_1": "no"})
    assert page.status_code == 422
    assert "Leave this person out" in text_of(page)
    assert 'href="#agreed_1"' in page.text
    assert 'value="Dr. Bo Ek"' in page.text
    assert rows(colleague) == []


def test_where_outreach_is_routine_consent_is_asked_for_later(colleague):
    routine(colleague)
    assert send(colleague, **{**TWO, "agreed_1": "no"}).status_code == 303
    assert sorted(row.consent for row, _, _ in rows(colleague)) == ["agreed", "routine"]


@pytest.mark.parametrize(
    ("typed", "mend"),
    [
        ({"notifier": ""}, "Select who you are"),
        ({"notifier": "self-prompt"}, "Not a valid choice"),
        ({"agreed_0": ""}, "Select whether they have agreed"),
        ({"agreed_0": "perhaps"}, "Select whether they have agreed"),
        ({"name_0": " "}, "Enter their name"),
        ({"name_0": "x" * 121}, "120 characters or fewer"),
        ({"name_0": "Wren\u202e"}, "invisible character"),
        ({"name_0": "Wr\0en"}, "signs that cannot be seen"),
        ({"phone_0": "250\x1b 555 0142"}, "signs that cannot be seen"),
        ({"name_0": "Wren\nBcc: all@example.ca"}, "line break"),
        ({"phone_0": "555 0142"}, "with its area code"),
        ({"phone_0": ""}, "Enter a phone number or an email address"),
        ({"email_0": "wren at example"}, "Enter an email address like"),
        ({"email_0": "w" * 300 + "@example.ca"}, "mail address"),
    ],
)
def test_what_is_not_right_is_said_and_loses_nothing(colleague, typed, mend):
    page = send(colleague, **typed)
    assert page.status_code == 422
    assert "<title>Error:" in page.text
    assert mend in text_of(page)
    if "name_0" not in typed:
        assert 'value="Dr. Wren Canary"' in page.text
    assert 'value="adverse-event" selected' in page.text
    assert rows(colleague) == []


def test_every_error_leads_to_something_on_the_page(colleague):
    page = colleague.client.post("/notify", data={}).text
    summary = page.partition("govuk-error-summary__list")[2].partition("</ul>")[0]
    targets = re.findall(r'href="#([\w-]+)"', summary)
    assert len(targets) == 4
    assert all(f'id="{target}"' in page for target in targets)


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|'/c calc'!A1",
        "<script>alert(1)</script>",
        "\u05d3\u05f4\u05e8 \u05db\u05d4\u05df",
        "Re\u0301mi N\u0303",
        "\u0645\u0631\u064a\u0645",
    ],
)
def test_any_name_is_kept_as_it_was_typed(colleague, name):
    assert send(colleague, name_0=name).status_code == 303
    ((_, who, _),) = rows(colleague)
    assert who.name == name
    page = send(colleague, name_0=name, notifier="").text
    assert "<script>alert" not in page


def test_a_form_that_lay_open_too_long_asks_to_send_it_again(colleague):
    colleague.desk.clock.advance(hours=3)
    page = send(colleague)
    assert "nothing was sent" in text_of(page)
    assert 'value="Dr. Wren Canary"' in page.text
    assert rows(colleague) == []
    colleague.ticket = ticket_on(page)
    assert send(colleague).status_code == 303


def test_a_form_without_its_token_is_refused(colleague):
    colleague.desk.app.config["WTF_CSRF_ENABLED"] = True
    assert send(colleague).status_code == 400
    assert rows(colleague) == []
