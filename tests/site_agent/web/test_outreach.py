"""Reach-out at the desk: one contact, one follow-up, first words without a fact, and no list of who refused."""

import pytest
from sqlalchemy import select

from site_agent.models import Activity, Mail, Outreach, Request
from site_agent.services import outreach, policy
from site_agent.services.outreach import Notice, Told
from site_agent.web.outreach_today import waiting_outreach
from tests.support.asking import answers, ticket_on
from tests.support.desk import text_of

NAME = "<b>=1+1</b> \u05d3\u05f4\u05e8 Wren Canary"
WREN = Told(NAME, "+12505550142", "wren@example.ca", agreed=True)
ONE = {"notifier": "leader", "reason": "loss", "people": "1", "go": "send", "agreed_0": "yes"}
ONE |= {"name_0": "Dr. Bo Ek", "phone_0": "250 555 0143"}


@pytest.fixture
def client(desk):
    desk.enrol()
    return desk.client()


@pytest.fixture
def path(desk):
    return told(desk)


def told(desk, who=WREN, seed="seed"):
    with desk.session() as session:
        before = set(session.scalars(select(Outreach.outreach_id)))
        outreach.record(session, Notice("colleague", (who,), "complaint"), seed, desk.now)
        after = set(session.scalars(select(Outreach.outreach_id)))
        return f"/outreach/{(after - before).pop()}"


def row(desk, path):
    return desk.row(Outreach, path.rpartition("/")[2])


def lines(desk):
    with desk.app.test_request_context():
        return list(waiting_outreach(desk.app.extensions["sqlalchemy"].session, desk.now))


def test_list_and_page_name_nobody(client, path):
    for each in ("/outreach", path):
        page = client.get(each)
        assert page.status_code == 200
        assert "Canary" not in page.text
        assert "0142" not in page.text
    assert "A complaint" in text_of(client.get(path))


def test_whom_to_call_is_opened_on_purpose_and_noted(desk, client, path):
    assert client.get(f"{path}/contact").headers["Location"].endswith(path)
    page = client.post(f"{path}/contact")
    assert NAME in text_of(page)
    assert "<b>=1" not in page.text
    assert 'href="tel:+12505550142"' in page.text
    with desk.session() as session:
        (line,) = session.query(Activity).all()
        assert (line.code, line.subject) == ("outreach-opened", path.rpartition("/")[2])


def test_e10_the_first_words_hold_no_fact(client, path):
    said = text_of(client.post(f"{path}/contact"))
    assert "How are you?" in said
    assert "leave your name and number, nothing else" in said
    assert "complaint" not in said.lower()


def test_one_contact_one_follow_up_and_then_the_button_is_gone(desk, client, path):
    assert "I called once more" not in text_of(client.get(path))
    assert "First contact Not yet Follow-up Not yet" in text_of(client.get(path))
    client.post(f"{path}/called")
    assert row(desk, path).state == "contacted"
    page = text_of(client.get(path))
    assert "I called once more" in page
    assert "If nothing is heard, follow up once from" in page
    assert "7 days after that" in page
    assert "This is the one follow-up" in text_of(client.get(f"{path}/called-again"))
    client.post(f"{path}/called-again")
    assert row(desk, path).state == "followed-up"
    assert "follow up once" not in text_of(client.get(path))
    for act in ("called", "mail", "called-again", "mail-again"):
        assert f"{path}/{act}" not in client.get(path).text
        followed = row(desk, path).followed_up_at
        client.post(f"{path}/{act}")
        assert "moved on in the meantime" in text_of(client.get(path))
        assert row(desk, path).followed_up_at == followed
    with desk.session() as session:
        assert session.query(Mail).count() == 0


def test_the_offer_by_mail_is_a_link_and_nothing_else(desk, client, path):
    client.post(f"{path}/mail")
    with desk.session() as session:
        mail = session.query(Mail).one()
        assert (mail.kind, mail.to) == ("outreach", "wren@example.ca")
    assert "The email is on its way." in text_of(client.get(path))


def test_without_an_address_mail_is_not_offered(desk, client):
    path = told(desk, Told("Dr. Bo Ek", "+12505550143", None, agreed=True))
    assert "Email the offer" not in text_of(client.get(path))
    client.post(f"{path}/mail")
    assert row(desk, path).state == "new"
    assert "Call instead" in text_of(client.get(path))


def test_j12_a_no_and_a_yes_look_the_same_afterwards(desk, client, path):
    other = told(desk, Told("Dr. Bo Ek", "+12505550143", None, agreed=True), seed="other")
    assert client.post(f"{path}/not-now").status_code == 422
    assert client.post(f"{path}/not-now", data={"resources": "no"}).status_code == 303
    page = client.get(f"{other}/ask")
    sent = client.post(f"{other}/ask", data=answers(ticket=ticket_on(page)))
    assert "is recorded" in text_of(sent)
    assert (row(desk, path).state, row(desk, other).state) == ("offered", "asked")
    pages = [text_of(client.get(each)) for each in (path, other)]
    for page in pages:
        assert "Support offered" in page
        assert "First contact None Follow-up None" in page, "nothing more is to come"
        assert "Show whom to call" not in page
        assert not any(word in page.lower() for word in ("refus", "lost", "declin", "%", "became", "did not"))
    refs = [row(desk, each).ref for each in (path, other)]
    assert pages[0].replace(refs[0], "") == pages[1].replace(refs[1], "")


def test_the_contact_stays_open_only_to_send_what_was_wished_for(client, path):
    client.post(f"{path}/not-now", data={"resources": "yes"})
    assert "Show whom to call" in text_of(client.get(path))
    said = text_of(client.post(f"{path}/contact"))
    assert "Send it to them, and nothing else." in said
    assert "How are you?" not in said


def test_a_yes_on_the_phone_is_recorded_on_one_page_and_once(desk, client, path):
    page = client.get(f"{path}/ask")
    assert "wren@example.ca" in page.text
    typed = answers(ticket=ticket_on(page), name="Dr. Wren Canary", place="here", avoid=[])
    assert "is recorded" in text_of(client.post(f"{path}/ask", data=typed))
    assert client.post(f"{path}/ask", data=typed).headers["Location"].endswith(path)
    with desk.session() as session:
        assert session.query(Request).one().door == "phone"


def test_what_is_not_right_in_it_is_said_and_loses_nothing(desk, client, path):
    typed = answers(ticket=ticket_on(client.get(f"{path}/ask")), phone="12", name="Dr. Wren Canary")
    page = client.post(f"{path}/ask", data=typed)
    assert page.status_code == 422
    assert 'value="Dr. Wren Canary"' in page.text
    assert row(desk, path).state == "new"


def test_a_notice_by_phone_is_attested_by_whoever_takes_it_down(desk, client):
    page = client.get("/outreach/new")
    typed = {"ticket": ticket_on(page), **ONE, "notifier": "self-prompt"}
    for _ in range(2):
        assert client.post("/outreach/new", data=typed).headers["Location"] == "/outreach"
    with desk.session() as session:
        kept = session.query(Outreach).one()
        assert (kept.notifier, kept.consent) == ("self-prompt", "agreed")
        assert kept.attested_by is not None


def test_who_told_is_asked_for_in_the_words_of_the_question(desk, client):
    page = client.get("/outreach/new")
    answer = client.post("/outreach/new", data={"ticket": ticket_on(page), **ONE, "notifier": ""})
    assert answer.status_code == 422
    assert "Select who told you" in answer.text
    assert "Select who you are" not in answer.text


def test_at_the_desk_too_nobody_is_recorded_without_consent(desk, client):
    typed = {"ticket": ticket_on(client.get("/outreach/new")), **ONE, "agreed_0": "no"}
    page = client.post("/outreach/new", data=typed)
    assert page.status_code == 422
    assert 'value="Dr. Bo Ek"' in page.text
    with desk.session() as session:
        policy.put(session, "routine_outreach", "yes", desk.now)
    assert client.post("/outreach/new", data=typed).status_code == 303


def test_today_says_what_waits_and_ends_with_the_answer(desk, client, path):
    (line,) = lines(desk)
    assert line.href == path
    assert "Canary" not in line.text + line.hint
    client.post(f"{path}/called")
    assert lines(desk) == []
    desk.clock.advance(days=7)
    (line,) = lines(desk)
    assert "follow" in line.text.lower()
    desk.client().post(f"{path}/called-again")
    assert lines(desk) == []


def test_today_asks_to_send_the_list_of_other_help(desk, client, path):
    client.post(f"{path}/not-now", data={"resources": "yes"})
    assert "Send a list of other help" in lines(desk)[0].text
    for _ in range(2):
        client.post(f"{path}/sent")
    assert lines(desk) == []
    assert "Show whom to call" not in text_of(client.get(path))


def test_an_earlier_offer_is_said_before_another_is_made(desk, client, path):
    client.post(f"{path}/not-now", data={"resources": "no"})
    desk.clock.advance(days=2)
    again = told(desk, seed="other")
    assert "Support was offered to the same physician before" in text_of(desk.client().get(again))


@pytest.mark.parametrize("role", ["keeper", None])
def test_nobody_else_comes_in(desk, path, role):
    client = desk.client(role)
    for each in ("/outreach", "/outreach/new", path, f"{path}/called", f"{path}/not-now", f"{path}/ask"):
        assert client.get(each).status_code in (302, 303, 403)
    assert client.post(f"{path}/contact").status_code in (401, 403)
    assert row(desk, path).state == "new"


def test_an_outreach_or_act_that_is_none_is_no_page(client, path):
    for each in ("/outreach/nothing", f"{path}/shout", "/outreach/nothing/ask"):
        assert client.get(each).status_code == 404
