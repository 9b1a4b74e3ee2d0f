"""What physicians and supporters do in a real browser on a small phone. How each page looks, tests/browser sees."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from site_agent.extensions import db
from site_agent.models import Match, Request, Supporter
from site_agent.services import inter_site_home, timeline
from tests.support.agent import PIN
from tests.support.asking import fill_in
from tests.support.browser import PHONE, check_at_both_widths
from tests.support.press import follow, press, sees

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("ui browser")]


@pytest.fixture
def base(serve_app, desk):
    """Where the site is."""
    desk.app.config["WTF_CSRF_ENABLED"] = True
    return serve_app(desk.app, "cedar.localhost")


@pytest.fixture
def phone(new_page):
    return new_page(viewport=PHONE)


def test_a_physician_asks_and_keeps_the_link(phone, base, desk):
    desk.enrol()
    phone.goto(base + "/ask")
    press(phone, "Check my answers")
    sees(phone, "There is a problem")
    fill_in(phone, "Dr. Wren Canary", "250 555 0142")
    press(phone, "Check my answers")
    press(phone, "Change Your name")
    assert phone.url.endswith("/ask#name")
    assert phone.get_by_label("A woman").is_checked()
    press(phone, "Check my answers")
    press(phone, "Send my request")
    sees(phone, "Your request is sent")
    link = phone.locator("a[href*='/r/']").inner_text()
    phone.goto(base + "/r/" + link.rpartition("/")[2])
    press(phone, "Open my page")
    sees(phone, "Looking")
    _helped(desk)
    phone.reload()
    follow(phone, "Another person, please")
    press(phone, "Look for somebody else")
    sees(phone, "Somebody else is looked for.")
    check_at_both_widths(phone)
    follow(phone, "Withdraw my request")
    press(phone, "Withdraw my request")
    sees(phone, "Withdrawn")


def _helped(desk):
    with desk.session() as session:
        row = session.scalars(select(Request)).one()
        timeline.note(session, row.request_id, "name-opened", desk.now)
        inter_site_home.status(session, row.thid, "in-hand", desk.now, desk.now)


def test_a_supporter_says_yes_and_reaches_out(phone, base, asked):
    supporter = asked()
    desk = supporter.desk
    phone.goto(f"{base}/o/{supporter.token}")
    press(phone, "Open it")
    press(phone, "Yes, I can")
    phone.get_by_label("Your PIN").fill("000111")
    press(phone, "Continue")
    sees(phone, "4 tries left")
    phone.get_by_label("Your PIN").fill(PIN)
    press(phone, "Continue")
    sees(phone, "Your yes counts")
    _state(desk, "released")
    follow(phone, "Look again")
    press(phone, "Send my answer")
    sees(phone, "There is a problem")
    phone.get_by_label("No", exact=True).check()
    press(phone, "Send my answer")
    sees(phone, "The match is being confirmed")
    _state(desk, "in-hand")
    follow(phone, "Look again")
    press(phone, "I left a message")
    phone.get_by_label("Day").fill("77")
    press(phone, "At that time")
    sees(phone, "There is a problem")
    press(phone, "Just now")
    sees(phone, "the limit is met")
    press(phone, "I reached them")
    press(phone, "Just now")
    sees(phone, "You talked on")
    press(phone, "It has ended: close it")
    phone.get_by_label("Yes, or there was nothing on paper").check()
    press(phone, "Close it")
    sees(phone, "Closed.")


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


def test_what_goes_wrong_with_a_link_is_said_kindly(phone, base, asked):
    supporter = asked("in-hand")
    phone.goto(f"{base}/o/{supporter.token}")
    press(phone, "Open it")
    with supporter.desk.session() as session:
        session.get_one(Supporter, supporter.supporter_id).pin_failures = 5
    phone.reload()
    sees(phone, "locked")
    phone.goto(f"{base}/o/{supporter.token}")
    sees(phone, "This link was used, or its time is over")
    press(phone, "Send a fresh link")
    sees(phone, "A fresh link is on its way")
    phone.goto(f"{base}/o/unknown")
    sees(phone, "This link leads nowhere")
    phone.context.clear_cookies()
    phone.goto(base + "/offer")
    sees(phone, "Open your link again")


def test_a_supporter_signs_the_agreement(phone, base, invited):
    _visitor, token, _who = invited
    phone.goto(f"{base}/a/{token}")
    press(phone, "Open it")
    press(phone, "Sign")
    sees(phone, "There is a problem")
    phone.get_by_label("I have read this agreement").check()
    phone.get_by_label("Choose a PIN of six digits").fill(PIN)
    phone.get_by_label("The same PIN again").fill(PIN)
    press(phone, "Sign")
    sees(phone, "The agreement is signed")
    phone.goto(f"{base}/a/{token}")
    sees(phone, "This link no longer works")


def test_without_script_a_physician_asks_and_a_supporter_answers(new_page, base, asked):
    supporter = asked()
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(base + "/ask")
    fill_in(page, "Dr. Wren Canary", "250 555 0142")
    press(page, "Check my answers")
    press(page, "Send my request")
    sees(page, "Your request is sent")
    page.goto(f"{base}/o/{supporter.token}")
    press(page, "Open it")
    press(page, "Yes, I can")
    page.get_by_label("Your PIN").fill(PIN)
    press(page, "Continue")
    sees(page, "Your yes counts")
    with supporter.desk.app.app_context():
        assert db.session.scalars(select(Request)).one().state == "looking"
