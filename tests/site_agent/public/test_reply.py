"""The answer to reach-out: a link that bears no detail, a yes that becomes a request, a no that nobody asks about."""

import re

import pytest

from site_agent.clock.due import run_due
from site_agent.extensions import db
from site_agent.models import Mail, Outreach, Request
from site_agent.services import outreach, policy, requests
from site_agent.services.outreach import Notice, Told
from tests.support.asking import answers, ticket_on
from tests.support.desk import text_of

WREN = Told("Dr. Wren Canary", "+12505550142", "wren@example.ca", agreed=True)


@pytest.fixture
def reached(visitor):
    """A physician who opened the link of an invitation."""
    return invite(visitor)


def invite(visitor, routine=False):
    now = visitor.desk.now
    with visitor.desk.session() as session:
        if routine:
            policy.put(session, "routine_outreach", "yes", now)
        told = Told(WREN.name, WREN.phone, WREN.email, agreed=not routine)
        outreach.record(session, Notice("risk", (told,), "adverse-event"), "seed", now)
        row = session.query(Outreach).one()
        outreach.invite(session, row, now)
        visitor.link = session.query(Mail).one().link
        visitor.token, visitor.about = visitor.link.rpartition("/")[2], row.outreach_id
    visitor.client.post(f"/reply/{visitor.token}")
    return visitor


def row(reached):
    return reached.desk.row(Outreach, reached.about)


def test_looking_at_the_link_changes_nothing(visitor):
    reached = invite(visitor)
    for _ in range(3):
        page = reached.desk.client(None).get(f"/reply/{reached.token}")
        assert page.status_code == 200
    assert row(reached).state == "contacted"


@pytest.mark.parametrize("routine", [False, True])
def test_e02_the_message_bears_no_detail(visitor, routine):
    reached = invite(visitor, routine)
    for page in (reached.get(f"/reply/{reached.token}"), reached.get("/reply")):
        said = text_of(page).lower()
        for detail in ("canary", "0142", "adverse", "event", "risk management", "wren"):
            assert detail not in said, detail
    assert ("May we call you about it?" in text_of(reached.get("/reply"))) is routine


def test_not_now_is_support_offered_and_the_door_stays_open(reached):
    for _ in range(2):
        assert reached.post("/reply", resources="y").headers["Location"] == "/reply"
    assert (row(reached).state, row(reached).resources_ok) == ("offered", True)
    said = text_of(reached.get("/reply"))
    assert "Nobody will contact you about this again." in said
    assert "The door stays open" in said


def test_leave_to_send_resources_has_to_be_given(reached):
    reached.post("/reply")
    assert row(reached).resources_ok is False


def yes(reached, **changes):
    form = reached.get("/ask/reply")
    assert "Canary" not in form.text
    assert "555-0142" not in form.text
    typed = answers(reply=re.search(r'name="reply" value="([^"]+)"', form.text)[1], **changes)
    page = reached.client.post("/ask/check", data=typed)
    typed["ticket"] = ticket_on(page)
    assert f'name="reply" value="{reached.about}"' in page.text
    return reached.client.post("/ask/send", data=typed), typed


def test_a_yes_leads_to_the_form_and_becomes_a_request_by_the_door_of_outreach(reached):
    page, typed = yes(reached)
    assert "Your request is sent" in text_of(page)
    assert reached.client.post("/ask/send", data=typed).status_code == 200
    with reached.desk.session() as session:
        asked = session.query(Request).one()
        assert (asked.door, asked.elsewhere) == ("outreach", True)
        assert requests.is_hidden(asked)
    assert row(reached).state == "asked"
    assert "You asked for a supporter" in text_of(reached.get("/reply"))


def test_a_yes_after_a_no_is_a_yes(reached):
    reached.post("/reply")
    yes(reached)
    assert row(reached).state == "asked"


def test_a_form_that_claims_to_answer_anothers_outreach_is_an_ordinary_request(reached):
    stranger = reached.desk.client(None)
    typed = answers(reply=reached.about)
    typed["ticket"] = ticket_on(stranger.post("/ask/check", data=typed))
    assert stranger.post("/ask/send", data=typed).status_code == 200
    with reached.desk.session() as session:
        assert session.query(Request).one().door == "form"
    assert row(reached).state == "contacted"


def test_an_answer_that_is_not_about_this_outreach_is_refused(reached):
    assert reached.client.post("/reply", data={"about": "other"}).status_code == 409
    assert row(reached).state == "contacted"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_made_up_link_shows_nothing(visitor, method):
    answer = getattr(visitor.client, method)("/reply/" + "A" * 43)
    assert answer.status_code == 404
    assert "9-8-8" in text_of(answer)


def test_without_a_link_the_pages_say_how_to_come_in(desk):
    for path in ("/reply", "/ask/reply"):
        assert desk.client(None).get(path).status_code == 403


def test_the_link_is_good_until_all_is_destroyed(reached):
    reached.post("/reply")
    reached.desk.clock.advance(days=29)
    assert reached.client.post(f"/reply/{reached.token}").status_code == 303
    reached.desk.clock.advance(days=2)
    with reached.desk.app.app_context():
        run_due(lambda: db.session, reached.desk.now)
    assert reached.client.post(f"/reply/{reached.token}").status_code == 404


def test_the_link_never_reaches_a_log(desk):
    assert "/reply/" in desk.app.config["SECRET_PATH_PREFIXES"]
