"""Asking for a supporter: what the page says first, what is refused, what is recorded, and that twice is once."""

import re

import pytest
from werkzeug.datastructures import MultiDict

from protocol.withdrawal import withdrawal_hash
from site_agent.models import Draft, LinkSession, OutboxRow, Request, SecretLink
from site_agent.services import requests
from tests.support.asking import ANSWERS, RIVER_BEND, answers, check, ticket_on
from tests.support.desk import OTHERS, text_of

TURNED = ("\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069")
"""They turn around what follows: a name would rewrite the rest of a line."""


def send(visitor, ticket=None, **changes):
    ticket = ticket if ticket is not None else ticket_on(check(visitor))
    return visitor.client.post("/ask/send", data=answers(ticket=ticket, **changes))


def rows(visitor):
    with visitor.desk.session() as session:
        found = session.query(Request).all()
        session.expunge_all()
        return found


def test_before_anything_is_asked_the_page_says_what_it_is_not_and_whom_to_call(visitor):
    page = visitor.get("/ask")
    first = text_of(page).partition("What is it about?")[0]
    assert "not therapy, not mentorship and not clinical care" in first
    for number in ("9-1-1", "9-8-8", "1-800-663-6729"):
        assert number in first
    assert "Use your own phone, data and mailbox." in first
    assert "Who can see what" in first


def test_wishes_stand_beside_the_words_that_they_cannot_be_promised(visitor):
    assert "may be met but cannot be promised" in text_of(visitor.get("/ask"))


def test_the_form_does_not_say_that_three_places_read_it_at_once(visitor):
    said = text_of(visitor.get("/ask"))
    assert "asked one after the other, and only the one asked gets its letter" in said
    assert "at once;" not in said


def test_there_is_no_box_for_a_story(visitor):
    page = visitor.get("/ask").text
    assert "<textarea" not in page
    typed_in = re.findall(r'name="(\w+)" type="(?:text|tel|email)"', page)
    assert typed_in == ["name", "phone", "email"]


def test_asking_needs_no_account_and_looking_keeps_nothing(visitor):
    visitor.get("/ask")
    check(visitor)
    with visitor.desk.session() as session:
        assert [session.query(kind).count() for kind in (Request, Draft, SecretLink, LinkSession)] == [0] * 4


def test_the_check_page_has_every_answer_in_words(visitor):
    said = text_of(check(visitor))
    for words in ("Being sued", "Late career", "By video call", "Punjabi", "From elsewhere", "River Bend"):
        assert words in said
    assert "The back button of your browser leads to an empty form" in said
    for words in ("Wait until more places can help", "ssessor for the College", "A woman", "(250) 555-0142"):
        assert words in said


def test_what_was_left_as_it_came_is_one_line_on_the_check_page(visitor):
    few = {"posts": [], "avoid": [], "wishes": [], "modality": "any", "language": "en"}
    page = check(visitor, **few)
    assert page.text.count("<dt") == 10
    assert "The other questions Left as they were" in text_of(page)
    assert 'formaction="/ask#posts"' in page.text


def test_hope_and_who_suggested_it_are_kept_and_mail_only_if_it_is_wished_for(visitor):
    send(visitor, hint="coping", origin="cmpa")
    send(visitor, ticket=ticket_on(check(visitor)), mail_ok="y")
    first, second = sorted(rows(visitor), key=lambda row: row.mail_ok)
    assert (first.origin, first.mail_ok, second.origin, second.mail_ok) == ("cmpa", False, "self", True)
    with visitor.desk.session() as session:
        assert requests.all_details(session, session.get_one(Request, first.request_id)).hint == "coping"
        assert requests.all_details(session, session.get_one(Request, second.request_id)).hint is None


def test_news_by_mail_are_off_and_need_an_address(visitor):
    assert re.search(r'name="mail_ok"[^>]*checked', visitor.get("/ask").text) is None
    page = check(visitor, mail_ok="y", email="", ways=["call"])
    assert page.status_code == 422
    assert "Enter an email address, or do not ask for news by email" in text_of(page)


@pytest.mark.parametrize(
    "name",
    [
        "\u05d3\u05f4\u05e8 \u05db\u05d4\u05df",
        "Re\u0301mi N\u0303",
        "\u0646\u06cc\u0644\u200c\u06af\u0648\u0646",
        "\u0915\u094d\u200d\u0937\u092e\u093e",
        "Siobh\u00e1n O\u2019Brien-d'Arcy",
        "\u0644\u064a\u0644\u0649 Kask",
        "=1+1",
        "<script>alert(1)</script>",
    ],
)
def test_any_name_is_kept_as_it_was_typed(visitor, name):
    send(visitor, name=name)
    (row,) = rows(visitor)
    with visitor.desk.session() as session:
        opened = requests.open_name(session, session.get_one(Request, row.request_id), "p", visitor.desk.now)
    assert opened.name == name
    assert "<script>alert" not in check(visitor, name=name).text


def test_the_shortest_way_through_is_seven_answers(visitor):
    few = {"reason": "not-said", "place": "here", "stage": "unknown", "name": "Dr. Wren Canary"}
    few |= {"phone": "250 555 0142", "ways": ["call"], "times": ["any-time"]}
    page = visitor.client.post("/ask/check", data=few)
    assert page.status_code == 200
    assert visitor.client.post("/ask/send", data={**few, "ticket": ticket_on(page)}).status_code == 200
    (row,) = rows(visitor)
    assert (row.state, row.modality, row.elsewhere, row.origin) == ("new", "any", False, "self")


def test_change_leads_back_to_its_question_with_nothing_lost(visitor):
    page = check(visitor)
    assert 'formaction="/ask#wishes"' in page.text
    form = visitor.client.post("/ask", data=answers(ticket="x")).text
    for value in ("being-sued", "late", "video", RIVER_BEND, "chief-of-staff", "same-background", "evening"):
        assert re.search(rf'value="{value}" checked', form), value
    assert 'value="Dr. Wren Canary"' in form
    assert "There is a problem" not in form


def test_sending_records_it_sealed_and_sets_out_with_almost_nothing(visitor):
    page = send(visitor)
    assert page.status_code == 200
    (row,) = rows(visitor)
    assert (row.door, row.state, row.stage, row.modality, row.few) == (
        "form",
        "looking",
        "late",
        "video",
        "wait",
    )
    assert row.elsewhere
    with visitor.desk.session() as session:
        kept = requests.all_details(session, session.get_one(Request, row.request_id))
        assert (kept.reason, kept.language) == ("being-sued", "pa")
        assert (kept.wishes, kept.avoid) == (("woman", "same-background"), (RIVER_BEND,))
        assert kept.posts == ("chief-of-staff", "college-assessor")
        assert [each.type for each in session.query(OutboxRow)] == ["match.request"]


def test_the_sent_page_shows_link_and_code_that_work(visitor):
    page = send(visitor)
    (row,) = rows(visitor)
    said = text_of(page)
    link = re.search(r"https://cedar\.example\.ca(/r/[\w-]{43})", said)[1]
    code = re.search(r"\b(?:[0-9A-Z]{5}-){5}[0-9A-Z]\b", said)[0]
    assert withdrawal_hash(code) == row.withdrawal_hash
    assert code not in link
    assert 'href="https://hub.example.ca/withdraw"' in page.text
    assert "9-8-8" in said
    assert row.ref in said
    assert visitor.client.post(link).headers["Location"] == "/request"


def test_no_answer_of_the_form_is_a_redirect_with_a_secret_or_may_be_kept(visitor):
    for page in (visitor.get("/ask"), check(visitor), send(visitor)):
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert "Location" not in page.headers


def test_sending_twice_is_one_request_and_shows_the_same_code(visitor):
    ticket = ticket_on(check(visitor))
    pages = [text_of(send(visitor, ticket)) for _ in range(2)]
    assert len(rows(visitor)) == 1
    codes = {re.search(r"\b(?:[0-9A-Z]{5}-){5}[0-9A-Z]\b", page)[0] for page in pages}
    assert len(codes) == 1
    for page in pages:
        link = re.search(r"/r/[\w-]{43}", page)[0]
        assert visitor.client.post(link).status_code == 303


@pytest.mark.parametrize("ticket", ["", "nonsense", "WyJLIiwxXQ.forged"])
def test_a_made_up_ticket_sends_nothing_and_asks_once_more(visitor, ticket):
    page = send(visitor, ticket)
    assert "nothing was sent" in text_of(page)
    assert rows(visitor) == []
    assert ticket_on(page) != ticket


def test_a_check_page_left_open_for_hours_comes_once_more(visitor):
    ticket = ticket_on(check(visitor))
    visitor.desk.clock.advance(hours=2, seconds=1)
    page = send(visitor, ticket)
    assert rows(visitor) == []
    send(visitor, ticket_on(page))
    assert len(rows(visitor)) == 1


def test_a_request_for_the_own_site_stays_and_has_no_code(visitor):
    ticket = ticket_on(check(visitor, place="here", few=""))
    page = send(visitor, ticket, place="here", few="")
    (row,) = rows(visitor)
    assert (row.state, row.elsewhere) == ("new", False)
    assert "withdrawal code" not in text_of(page)
    with visitor.desk.session() as session:
        assert session.query(OutboxRow).count() == 0
        assert requests.all_details(session, session.get_one(Request, row.request_id)).avoid == ()


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"reason": ""}, "Select what it is about"),
        ({"reason": "made-up"}, "Not a valid choice"),
        ({"stage": ""}, "Select your career stage"),
        ({"modality": ""}, "Select how you would like to talk"),
        ({"place": ""}, "Select where the supporter should come from"),
        ({"few": ""}, "Select whether to send it or to wait"),
        ({"few": "maybe"}, "Select whether to send it or to wait"),
        ({"name": ""}, "Enter your name"),
        ({"name": "  "}, "Enter your name"),
        ({"name": "x" * 121}, "120 characters or fewer"),
        ({"name": "Wren\u200b"}, "invisible character"),
        ({"name": "\u200c\u200d"}, "invisible character"),
        *(({"name": f"Wren {turned} Kask"}, "invisible character") for turned in TURNED),
        ({"name": "W" + "\u0301" * 9}, "pile of accents"),
        ({"name": "Wr\0en"}, "signs that cannot be seen"),
        ({"name": "\x1b\x07"}, "Enter your name"),
        ({"phone": "250\x08 555 0142"}, "signs that cannot be seen"),
        ({"email": "wren\0@example.ca"}, "signs that cannot be seen"),
        ({"reason": "loss\0"}, "Not a valid choice"),
        ({"phone": "555 0142"}, "with its area code"),
        ({"phone": "250 555 0142 ext 123456"}, "Leave out the extension"),
        ({"email": "wren at example"}, "Enter an email address like"),
        ({"email": "w@" + "x" * 250 + ".ca"}, "mail address"),
        ({"phone": "", "email": ""}, "Enter a phone number or an email address"),
        ({"phone": ""}, "Enter a phone number, or select only email"),
        ({"email": ""}, "Enter an email address, or do not select email"),
        ({"ways": []}, "Select at least one safe way"),
        ({"times": []}, "Select at least one safe time"),
        ({"hint": "gossip"}, "Select what brings you"),
        ({"origin": "mother"}, "Select who suggested it"),
        ({"avoid": ["site-that-is-not-one"]}, "not"),
        ({"avoid": list(OTHERS)}, "No place is left to ask"),
    ],
)
@pytest.mark.parametrize("door", ["/ask/check", "/ask/send"])
def test_what_is_not_right_is_said_and_loses_nothing(visitor, door, changes, mend):
    ticket = ticket_on(check(visitor))
    answer = visitor.client.post(door, data=answers(ticket=ticket, **changes))
    assert answer.status_code == 422
    assert "There is a problem" in text_of(answer)
    assert mend in text_of(answer)
    assert "<title>Error:" in answer.text
    assert rows(visitor) == []
    assert "\0" not in answer.text
    if "name" not in changes:
        assert 'value="Dr. Wren Canary"' in answer.text
    if "times" not in changes:
        assert 'value="evening" checked' in answer.text
    if "phone" in changes and changes["phone"].startswith("555"):
        assert 'value="555 0142"' in answer.text


def test_a_form_left_empty_names_everything_that_is_missing(visitor):
    answer = visitor.client.post("/ask/check", data={})
    assert answer.status_code == 422
    assert text_of(answer).count("Select what it is about") == 2
    assert 'href="#name"' in answer.text


def test_every_error_leads_to_something_on_the_page(visitor):
    page = visitor.client.post("/ask/check", data={}).text
    summary = page.partition("govuk-error-summary__list")[2].partition("</ul>")[0]
    targets = re.findall(r'href="#([\w-]+)"', summary)
    assert len(targets) >= 7
    for target in targets:
        assert f'id="{target}"' in page


@pytest.mark.parametrize("path", ["/ask/check", "/ask/send"])
def test_reloading_an_address_that_only_a_form_leads_to_begins_anew(visitor, path):
    assert visitor.get(path).headers["Location"] == "/ask"


def test_before_this_site_is_enrolled_a_request_is_kept_for_later(desk):
    client = desk.client(None)
    few_places = MultiDict({**ANSWERS, "avoid": []})
    page = client.post("/ask/check", data=few_places)
    few_places["ticket"] = ticket_on(page)
    assert client.post("/ask/send", data=few_places).status_code == 200
    with desk.session() as session:
        assert session.query(Request).one().state == "new"
        assert session.query(OutboxRow).count() == 0


def test_what_is_typed_is_never_put_into_a_cookie(visitor):
    check(visitor)
    send(visitor)
    with visitor.client.session_transaction(base_url="https://localhost") as cookie:
        assert not any("Canary" in str(value) or "0142" in str(value) for value in cookie.values())


def test_a_form_without_its_token_is_refused(visitor):
    visitor.desk.app.config["WTF_CSRF_ENABLED"] = True
    answer = visitor.client.post("/ask/send", data=answers(ticket="x"))
    assert answer.status_code == 400
    assert rows(visitor) == []
