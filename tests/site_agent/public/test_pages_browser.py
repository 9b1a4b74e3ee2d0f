"""The pages in a real browser, on a small phone and at a desk: pressed through as people do, each one checked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from site_agent.extensions import db
from site_agent.models import Match, Request, Supporter
from site_agent.services import inter_site_home, timeline
from tests.support.agent import PIN
from tests.support.asking import fill_in
from tests.support.browser import DESK, PHONE, check_page

pytestmark = pytest.mark.browser

WIDTHS = pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["320px", "1200px"])


@pytest.fixture
def look(new_page, serve_app, desk, viewport):
    """A browser at the site; look(page, name) checks a page, and keeps a picture if SHOTS names a folder."""
    desk.app.config["WTF_CSRF_ENABLED"] = True
    page = new_page(viewport=viewport)
    page.base = serve_app(desk.app, "cedar.localhost")

    def checked(name):
        check_page(page)
        folder = os.environ.get("SHOTS")
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{viewport['width']}.png", full_page=True)

    page.look = checked
    return page


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


@WIDTHS
def test_a_physician_asks_and_keeps_the_link(look, desk):
    desk.enrol()
    look.goto(look.base + "/ask")
    look.look("ask")
    press(look, "Check my answers")
    look.look("ask-errors")
    fill_in(look, "Dr. Wren Canary", "250 555 0142")
    look.look("ask-filled")
    press(look, "Check my answers")
    look.look("ask-check")
    look.get_by_role("button", name="Change Your name").click()
    assert look.url.endswith("/ask#name")
    assert look.get_by_label("A woman").is_checked()
    press(look, "Check my answers")
    press(look, "Send my request")
    look.look("ask-sent")
    link = look.locator("a[href*='/r/']").inner_text()
    look.goto(look.base + "/r/" + link.rpartition("/")[2])
    look.look("request-open")
    press(look, "Open my page")
    look.look("request-looking")
    _helped(desk)
    look.reload()
    look.look("request-in-hand")
    look.get_by_role("link", name="Another person, please").click()
    look.look("request-again")
    press(look, "Look for somebody else")
    look.look("request-again-done")
    look.get_by_role("link", name="Withdraw my request").click()
    look.look("request-withdraw")
    press(look, "Withdraw my request")
    look.look("request-withdrawn")
    look.goto(look.base + "/r/unknown")
    look.look("request-unknown")


def _helped(desk):
    with desk.session() as session:
        row = session.scalars(select(Request)).one()
        timeline.note(session, row.request_id, "name-opened", desk.now)
        inter_site_home.status(session, row.thid, "in-hand", desk.now, desk.now)


@WIDTHS
def test_a_supporter_says_yes_and_reaches_out(look, asked):
    supporter = asked()
    desk = supporter.desk
    look.goto(f"{look.base}/o/{supporter.token}")
    look.look("offer-open")
    press(look, "Open it")
    look.look("offer")
    press(look, "Yes, I can")
    look.look("offer-pin")
    look.get_by_label("Your PIN").fill("000111")
    press(look, "Continue")
    look.look("offer-pin-wrong")
    look.get_by_label("Your PIN").fill(PIN)
    press(look, "Continue")
    look.look("offer-waiting")
    _state(desk, "released")
    look.get_by_role("link", name="Look again").click()
    look.look("offer-name")
    press(look, "Send my answer")
    look.look("offer-name-errors")
    look.get_by_label("No", exact=True).check()
    press(look, "Send my answer")
    look.look("offer-confirming")
    _state(desk, "in-hand")
    look.get_by_role("link", name="Look again").click()
    look.look("offer-helping")
    look.get_by_role("button", name="I left a message").click()
    look.look("offer-attempt")
    look.get_by_label("Day").fill("77")
    press(look, "At that time")
    look.look("offer-attempt-errors")
    press(look, "Just now")
    look.look("offer-in-touch")
    look.get_by_role("button", name="I reached them").click()
    press(look, "Just now")
    look.look("offer-reached")
    look.get_by_role("button", name="It has ended: close it").click()
    look.look("offer-close")
    look.get_by_label("Yes, or there was nothing on paper").check()
    press(look, "Close it")
    look.look("offer-over")


def _state(desk, state):
    """As the hub's next message leaves it."""
    with desk.session() as session:
        session.query(Match).update({"state": "proposed"})
    thid = desk.match(state)
    with desk.session() as session:
        made = session.get_one(Match, thid)
        row = session.scalars(select(Match).where(Match.thid != thid)).first()
        for name in ("confirm_by", "contact_hours", "release_jti", "confirmed_at", "due_at"):
            setattr(row, name, getattr(made, name))
        row.case_id, row.card, row.identity, row.state = made.case_id, made.card, made.identity, state
        session.delete(made)


@WIDTHS
def test_what_goes_wrong_with_a_link_is_said_kindly(look, asked):
    supporter = asked("in-hand")
    look.goto(f"{look.base}/o/{supporter.token}")
    press(look, "Open it")
    with supporter.desk.session() as session:
        session.get_one(Supporter, supporter.supporter_id).pin_failures = 5
    look.reload()
    look.look("offer-locked")
    look.goto(f"{look.base}/o/{supporter.token}")
    look.look("offer-used")
    press(look, "Send a fresh link")
    look.look("offer-sent")
    look.goto(f"{look.base}/o/unknown")
    look.look("offer-unknown")
    look.context.clear_cookies()
    look.goto(look.base + "/offer")
    look.look("again")


@WIDTHS
def test_a_supporter_signs_the_agreement(look, invited):
    _visitor, token, _who = invited
    look.goto(f"{look.base}/a/{token}")
    look.look("agreement-open")
    press(look, "Open it")
    look.look("agreement")
    press(look, "Sign")
    look.look("agreement-errors")
    look.get_by_label("I have read this agreement").check()
    look.get_by_label("Choose a PIN of six digits").fill(PIN)
    look.get_by_label("The same PIN again").fill(PIN)
    press(look, "Sign")
    look.look("agreement-signed")
    look.goto(f"{look.base}/a/{token}")
    look.look("agreement-used")


def test_without_script_a_physician_asks_and_a_supporter_answers(new_page, serve_app, asked):
    supporter = asked()
    supporter.desk.app.config["WTF_CSRF_ENABLED"] = True
    page = new_page(viewport=PHONE, java_script_enabled=False)
    base = serve_app(supporter.desk.app, "cedar.localhost")
    page.goto(base + "/ask")
    fill_in(page, "Dr. Wren Canary", "250 555 0142")
    press(page, "Check my answers")
    press(page, "Send my request")
    assert page.get_by_text("Your request is sent").is_visible()
    page.goto(f"{base}/o/{supporter.token}")
    press(page, "Open it")
    press(page, "Yes, I can")
    page.get_by_label("Your PIN").fill(PIN)
    press(page, "Continue")
    assert page.get_by_text("Your yes counts").is_visible()
    with supporter.desk.app.app_context():
        assert db.session.scalars(select(Request)).one().state == "looking"
