"""The doors in a real browser on a small phone: the form without script, and from a notice to a
request."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from site_agent.models import Mail, Outreach, Request
from site_agent.services import outreach
from tests.support.asking import fill_in
from tests.support.browser import PHONE, fits
from tests.support.press import follow, press, sees

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("ui browser")]


@pytest.fixture
def phone(new_page, serve_app, desk):
    """A small phone at the site: phone(java_script_enabled=False)."""
    desk.enrol()
    desk.app.config["WTF_CSRF_ENABLED"] = True

    def opened(**options):
        page = new_page(viewport=PHONE, **options)
        page.base = serve_app(desk.app, "cedar.localhost")
        return page

    return opened


def test_a_physician_asks_and_withdraws_without_script(phone, desk):
    page = phone(java_script_enabled=False)
    page.goto(page.base + "/ask")
    press(page, "Check my answers")
    sees(page, "There is a problem")
    fill_in(page, "Dr. Wren Canary", "250 555 0142", "wren@private.example")
    press(page, "Check my answers")
    press(page, "Change What brings you?")
    assert page.get_by_label("I am afraid of not coping").is_checked()
    assert page.get_by_label("I am afraid of not coping").is_visible()
    press(page, "Check my answers")
    press(page, "Send my request")
    link = page.locator("a[href*='/r/']").inner_text()
    page.goto(page.base + "/r/" + link.rpartition("/")[2])
    press(page, "Open my page")
    follow(page, "See everything held about you")
    press(page, "Send me a code")
    with desk.session() as session:
        code = session.query(Mail).filter_by(kind="held").one().link
    page.get_by_label("The code from the email").fill(code)
    press(page, "Show everything")
    sees(page, "Dr. Wren Canary")
    page.goto(page.base + "/request/withdraw")
    press(page, "Withdraw my request")
    with desk.session() as session:
        assert session.query(Request).one().state == "withdrawn"


def test_a_notice_leads_by_mail_to_a_request(phone, desk):
    page = phone()
    page.goto(page.base + "/notify")
    page.get_by_label("A colleague", exact=True).check()
    page.get_by_label("Yes, they told me so").check()
    page.get_by_label("Their name").fill("\u05d3\u05f4\u05e8 Wren Canary")
    page.get_by_label("Their email").fill("wren@private.example")
    press(page, "Add another person")
    page.locator("#name_1").wait_for()
    assert fits(page)
    press(page, "Send")
    expect(page.get_by_role("heading", name="Received")).to_be_visible()
    with desk.session() as session:
        outreach.invite(session, session.query(Outreach).one(), desk.now)
        link = session.query(Mail).filter_by(kind="outreach").one().link
    page.goto(page.base + "/reply/" + link.rpartition("/")[2])
    press(page, "Open it")
    press(page, "Yes, I would like a talk")
    expect(page.get_by_label("Your name")).to_have_value("")
    page.get_by_label("Your name").fill("\u05d3\u05f4\u05e8 Wren Canary")
    page.get_by_label("Your own email").fill("wren@private.example")
    for choice in ("Rather not say", "From my own site", "Mid-career", "Any time"):
        page.get_by_label(choice, exact=True).first.check()
    page.get_by_label("Email", exact=True).check()
    press(page, "Check my answers")
    press(page, "Send my request")
    expect(page.get_by_role("heading", name="Your request is sent")).to_be_visible()
    with desk.session() as session:
        assert (session.query(Request).one().door, session.query(Outreach).one().state) == (
            "outreach",
            "asked",
        )


WEATHER = "https://weather.gc.ca/"


def nothing_said_of_where_from(route):
    """Stands for the page elsewhere, and refuses who tells it more than that somebody comes."""
    told = route.request.headers.keys() & {"referer", "origin", "cookie"}
    route.fulfill(body=f"<title>told {len(told)}</title>", content_type="text/html")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_page_is_left_at_a_press(phone, script):
    page = phone(java_script_enabled=script)
    page.route(WEATHER + "**", nothing_said_of_where_from)
    page.goto(page.base + "/help")
    page.goto(page.base + "/ask")
    page.evaluate("window.scrollTo(0, 2000)")
    button = page.get_by_role("button", name="Leave this page")
    expect(button).to_be_in_viewport()
    with page.expect_navigation(url=WEATHER):
        button.click()
    assert page.title() == "told 0"
    page.go_back()
    # Without script the browser keeps the way back, which the help page says.
    expect(page).to_have_url(page.base + ("/help" if script else "/ask"))


def test_a_page_is_left_by_pressing_shift_three_times(phone):
    page = phone()
    page.route(WEATHER + "**", nothing_said_of_where_from)
    page.goto(page.base + "/ask")
    page.get_by_label("Your name").focus()
    for _ in range(2):
        page.keyboard.press("Shift")
    expect(page.locator(".govuk-exit-this-page [role=status]")).to_contain_text("press 1 more time")
    with page.expect_navigation(url=WEATHER):
        page.keyboard.press("Shift")
