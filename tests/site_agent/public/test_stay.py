"""A request to go elsewhere that is helped at home: on the physician's own word, whose it was is kept, and it may be
objected to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from site_agent.clock.due import run_due
from site_agent.extensions import db
from site_agent.models import Activity, LinkSession, Mail, Match, Request, Supporter
from site_agent.services import (
    inter_site_helper,
    inter_site_home,
    links,
    local,
    policy,
    requests,
    stay,
    timeline,
)
from site_agent.services.requests import NewRequest, Wishes
from tests.support.agent import PIN, pin_hash
from tests.support.desk import IDENTITY, OTHERS, text_of

RIVER_BEND = next(iter(OTHERS))
SAID_SO = {"said_so": "y"}


@pytest.fixture
def waiting(visitor):
    """A physician whom nobody elsewhere could help, on their own page; they want news by mail."""
    identity = replace(IDENTITY, email="wren@private.example")
    new = NewRequest(
        "form", visitor.desk.now, "mid", "phone", "burnout", identity, elsewhere=True, mail_ok=True,
        wishes=Wishes(("woman",), (RIVER_BEND,), "en"),
    )  # fmt: skip
    with visitor.desk.session() as session:
        recorded = requests.record(session, new, visitor.desk.now)
        inter_site_home.status(
            session, recorded.request.thid, "unmatched", visitor.desk.now, visitor.desk.now
        )
        visitor.request_id = recorded.request.request_id
    visitor.enter(recorded.link_token, "r", visitor.request_id)
    visitor.desk.clock.advance(hours=1)
    visitor.coordinator = visitor.desk.client()
    return visitor


def row(waiting):
    return waiting.desk.row(Request, waiting.request_id)


def noted(waiting, **typed):
    """The coordinator notes that the physician said so by phone."""
    return waiting.coordinator.post(f"/requests/{waiting.request_id}/stay-here", data=SAID_SO | typed)


def at_desk(waiting):
    return text_of(waiting.coordinator.get(f"/requests/{waiting.request_id}"))


def own_page(waiting):
    return text_of(waiting.get("/request"))


def codes(waiting):
    with waiting.desk.session() as session:
        return [(each.code, each.by) for each in timeline.of(session, waiting.request_id)]


def news(waiting):
    with waiting.desk.app.app_context():
        run_due(lambda: db.session, waiting.desk.now)
        return len(db.session.scalars(select(Mail).where(Mail.kind == "request")).all())


def test_the_question_says_what_it_opens_and_that_it_is_shown(waiting):
    asked = text_of(waiting.coordinator.get(f"/requests/{waiting.request_id}/stay-here"))
    for words in ("It opens the name", "by the link that they kept", "The physician sees it", "can object"):
        assert words in asked
    assert "Canary" not in asked


def test_without_the_tick_nothing_is_opened(waiting):
    before = codes(waiting)
    answer = waiting.coordinator.post(f"/requests/{waiting.request_id}/stay-here", data={"seen": ""})
    assert answer.status_code == 422
    assert "Tick this only if they told you so" in text_of(answer)
    assert "<title>Error:" in answer.text
    assert (row(waiting).elsewhere, codes(waiting)) == (True, before)
    assert "Canary" not in at_desk(waiting)


def test_an_act_that_is_nobody_elses_word_asks_for_no_tick(waiting):
    page = waiting.coordinator.get(f"/requests/{waiting.request_id}/withdraw")
    assert "checkbox" not in page.text
    waiting.coordinator.post(f"/requests/{waiting.request_id}/withdraw", data={"seen": ""})
    assert row(waiting).state == "withdrawn"


def test_a_word_by_phone_is_kept_with_who_noted_it_and_logged(waiting):
    assert noted(waiting).status_code == 303
    code, by = codes(waiting)[-1]
    assert (code, by is not None, row(waiting).elsewhere) == ("stays-by-phone", True, False)
    with waiting.desk.session() as session:
        line = session.scalars(select(Activity).where(Activity.code == "stays-here")).one()
        assert (line.person_id, line.subject) == (by, waiting.request_id)
    log = text_of(waiting.coordinator.get("/activity"))
    assert "Noted a physician’s word to be helped from here, which opens the name" in log
    assert "Canary" not in log
    assert "the physician said so by phone" in at_desk(waiting)


def test_the_physician_reads_who_noted_it_and_may_object(waiting):
    before = own_page(waiting)
    assert "agreed by phone" not in before
    noted(waiting)
    said = own_page(waiting)
    assert "it was noted that you agreed by phone to be helped from there" in said
    assert "The coordinator of your site noted that you agreed by phone" in said
    assert "I did not agree to that" in said
    assert "Coordinator Person" not in said


def test_it_stands_on_the_sheet_of_everything_held(waiting):
    noted(waiting)
    with waiting.desk.session() as session:
        token = links.start_visit(session, "held", waiting.request_id, waiting.desk.now)
    with waiting.client.session_transaction(base_url="https://localhost") as cookie:
        cookie["held-visit"] = token
    sheet = text_of(waiting.get("/request/everything"))
    assert "It was noted that you agreed by phone to be helped from your own site" in sheet
    assert "noted that you agreed by phone to be helped from your own site, which opens your name" in sheet


def test_who_wants_news_is_mailed_once_and_who_does_not_is_not(waiting):
    assert news(waiting) == 1  # that nobody was found
    waiting.desk.clock.advance(minutes=1)
    noted(waiting)
    assert news(waiting) == 2
    assert news(waiting) == 2
    with waiting.desk.session() as session:
        request = session.get_one(Request, waiting.request_id)
        request.mail_ok = False
        stay.object_to(session, request, waiting.desk.now)
    assert news(waiting) == 2


def test_by_their_own_link_it_is_their_word_and_the_desk_hears_of_it(waiting):
    assert "Be helped from my own site instead" in own_page(waiting)
    asked = text_of(waiting.get("/request/stay"))
    assert "can read your name" in asked
    assert "They read your name and what it is about before they say yes" in asked
    assert row(waiting).elsewhere
    assert waiting.post("/request/stay").status_code == 303
    assert codes(waiting)[-1] == ("stays-by-link", None)
    assert not row(waiting).elsewhere
    said = own_page(waiting)
    assert "you chose to be helped from your own site" in said
    assert "Nobody there has been asked yet" in said
    assert "Nobody found yet" not in said
    assert "I did not agree" not in said
    assert "the physician chose it by their own link" in at_desk(waiting)
    with waiting.desk.session() as session:
        assert [mail.kind for mail in session.scalars(select(Mail).where(Mail.kind == "coordinator"))]
        assert session.scalars(select(Activity).where(Activity.code == "stays-here")).all() == []


def test_the_question_says_when_the_name_comes_after_the_yes(waiting):
    with waiting.desk.session() as session:
        policy.put(session, "name_before_yes", "no", waiting.desk.now)
    assert "Whoever says yes reads your name" in text_of(waiting.get("/request/stay"))


def test_while_others_are_asked_nobody_can_choose_it(waiting):
    with waiting.desk.session() as session:
        requests.look_elsewhere(
            session, session.get_one(Request, waiting.request_id), waiting.desk.now, "kim"
        )
    assert waiting.get("/request/stay").headers["Location"] == "/request"
    waiting.post("/request/stay")
    noted(waiting)
    assert row(waiting).elsewhere
    assert "Be helped from my own site instead" not in own_page(waiting)


def test_objecting_closes_the_name_and_ends_the_help(waiting):
    who = waiting.desk.supporter()
    with waiting.desk.session() as session:
        session.get_one(Supporter, who).pin_hash = pin_hash()
    noted(waiting)
    with waiting.desk.session() as session:
        offer = local.ask(
            session,
            session.get_one(Request, waiting.request_id),
            session.get_one(Supporter, who),
            waiting.desk.now,
        )
        inter_site_helper.accept(session, offer, waiting.desk.now)
        token = links.issue(
            session, "offer", offer.offer_id, waiting.desk.now + timedelta(days=1), waiting.desk.now
        )
        about = offer.offer_id
    helper = waiting.desk.client(None)
    helper.post(f"/o/{token}")
    helper.post("/offer/pin", data={"pin": PIN, "about": about})
    assert "Wren Canary" in text_of(helper.get("/offer"))
    assert "Wren Canary" in at_desk(waiting)

    assert "From then on nobody can note such a thing for you" in text_of(waiting.get("/request/not-agreed"))
    waiting.post("/request/not-agreed")
    assert (row(waiting).state, row(waiting).elsewhere) == ("unmatched", True)
    assert "Canary" not in at_desk(waiting)
    assert "Canary" not in helper.get("/offer").text
    with waiting.desk.session() as session:
        assert session.scalars(select(Match)).one().state == "ended"
    said = own_page(waiting)
    assert "You said that you had not agreed, and your name was closed again" in said
    assert "I did not agree to that" not in said


def test_after_an_objection_only_their_own_link_can_choose_it(waiting):
    noted(waiting)
    waiting.post("/request/not-agreed")
    waiting.desk.clock.advance(minutes=5)
    assert "Ask somebody here" not in at_desk(waiting)
    page = waiting.coordinator.post(
        f"/requests/{waiting.request_id}/stay-here", data=SAID_SO, follow_redirects=True
    )
    assert "Only they can choose it, on their own page" in text_of(page)
    assert row(waiting).elsewhere
    waiting.post("/request/stay")
    assert not row(waiting).elsewhere


def test_there_is_nothing_to_object_to_in_what_they_chose_themselves_or_what_is_over(waiting):
    waiting.post("/request/stay")
    waiting.post("/request/not-agreed")
    assert not row(waiting).elsewhere
    assert waiting.get("/request/not-agreed").headers["Location"] == "/request"
    waiting.post("/request/withdraw")
    waiting.post("/request/not-agreed")
    assert (row(waiting).state, row(waiting).elsewhere) == ("withdrawn", False)


def test_the_page_names_a_keeper_and_the_way_out(waiting):
    with waiting.desk.session() as session:
        policy.put(session, "keeper_phone", "250 555 0188", waiting.desk.now)
    noted(waiting)
    page = waiting.get("/request/not-agreed")
    assert "250 555 0188" in text_of(page)
    assert 'href="/request/withdraw"' in page.text


def test_objecting_twice_is_objecting_once(waiting):
    noted(waiting)
    for _ in range(2):
        assert waiting.post("/request/not-agreed").status_code == 303
    assert [code for code, _ in codes(waiting)].count("stay-objected") == 1


def test_the_desk_hears_of_an_objection_whatever_went_before(waiting):
    noted(waiting)
    with waiting.desk.session() as session:
        session.query(Mail).delete()
    waiting.post("/request/not-agreed")
    with waiting.desk.session() as session:
        assert [mail.kind for mail in session.scalars(select(Mail))] == ["coordinator"]


@pytest.mark.parametrize("path", ["/request/stay", "/request/not-agreed"])
def test_nobody_without_the_link_comes_near_it(waiting, path):
    stranger = waiting.desk.client(None)
    assert stranger.get(path).status_code == 403
    assert stranger.post(path, data={"about": waiting.request_id}).status_code == 403
    assert waiting.client.post(path, data={"about": "another"}).status_code == 409
    assert row(waiting).elsewhere


def test_one_that_never_set_out_does_so_once_they_object(desk):
    with desk.session() as session:
        new = NewRequest("form", desk.now, "mid", "phone", "burnout", IDENTITY, elsewhere=True)
        request = requests.record(session, new, desk.now).request
        assert request.state == "new"
        stay.stay_here(session, request, desk.now, "kim")
        stay.object_to(session, request, desk.now)
        request_id = request.request_id
    desk.enrol()
    with desk.app.app_context():
        run_due(lambda: db.session, desk.now)
    assert desk.row(Request, request_id).state == "looking"


def test_no_letter_goes_before_places_to_avoid_are_said_again(waiting):
    """They were erased with the yes at home: a letter could go to the very place that was to be avoided."""
    who = waiting.desk.supporter()
    noted(waiting)
    with waiting.desk.session() as session:
        request = session.get_one(Request, waiting.request_id)
        offer = local.ask(session, request, session.get_one(Supporter, who), waiting.desk.now)
        inter_site_helper.accept(session, offer, waiting.desk.now)
        assert request.avoid is None
        stay.object_to(session, request, waiting.desk.now)
        requests.look_elsewhere(session, request, waiting.desk.now, "kim")
        assert request.restate
    assert "Say my wishes again" in own_page(waiting)


def test_a_link_that_is_open_shows_no_name(waiting):
    noted(waiting)
    assert not re.search("Canary|0142", waiting.get("/request").text)
    with waiting.desk.session() as session:
        assert session.scalars(select(LinkSession.kind)).all() == ["request"]
