"""What the scripts add in a real browser, and that pages do without them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, check_page
from tests.support.styleguide import NOW, create_styleguide

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("ui browser")]


@pytest.fixture
def app():
    return create_styleguide()


@pytest.fixture
def url(serve_app, app):
    return serve_app(app, "guide.localhost")


def test_the_error_summary_is_focused_and_leads_to_the_field(page, url):
    page.goto(url + "/requests/new")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert page.title().startswith("Error: Record a request")
    for link, field in [("Enter the day they asked", "received-day"), ("Select how soon", "urgency")]:
        page.get_by_role("link", name=link).click()
        expect(page.locator(f"#{field}")).to_be_focused()


def test_what_was_done_is_focused_and_its_undo_is_a_form(page, url):
    page.goto(url + "/?said")
    expect(page.locator(".govuk-notification-banner")).to_be_focused()
    assert page.locator("form:has-text('Undo')").get_attribute("method") == "post"


def test_the_clock_counts_down_into_lateness(new_page, url):
    page = new_page(own=True)
    page.clock.install()
    page.goto(url + "/overview")
    urgent = page.locator("tr", has_text="Looking").locator(".app-clock")
    assert urgent.text_content() == "12 min left"
    page.clock.fast_forward("05:00")
    expect(urgent).to_have_text("7 min left")
    page.clock.fast_forward("09:30")
    expect(urgent).to_have_text("2 min late")
    expect(urgent).to_have_class("app-clock app-clock--late")


def test_the_readers_own_clock_is_not_believed(new_page, url):
    page = new_page(own=True)
    page.clock.install(time=NOW + timedelta(days=400))
    page.goto(url + "/overview")
    page.clock.fast_forward("00:30")
    expect(page.locator("tr", has_text="In hand").locator(".app-clock")).to_have_text("41 h 05 min left")


def test_a_live_part_follows_the_server_and_says_so(page, url, app):
    answers = []
    page.on("response", lambda answer: answers.append(answer.status) if "/live/part" in answer.url else None)
    with page.expect_response("**/live/part") as first:
        page.goto(url + "/live")
    assert first.value.status == 200
    with page.expect_response("**/live/part") as again:
        pass
    assert again.value.status == 304
    expect(page.get_by_role("status")).to_be_empty()
    app.extensions["styleguide_note"] = "accepted"
    expect(page.locator("#part")).to_have_text("accepted")
    expect(page.get_by_role("status")).to_have_text("The list of matches was updated.")
    assert set(answers) == {200, 304}
    check_page(page)


def test_a_live_part_rests_while_nobody_looks(new_page, url):
    page = new_page(own=True)
    page.clock.install()
    page.goto(url + "/live")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.clock.fast_forward("10:00")
    # The browser may still fetch the page's icon.
    assert [address for address in asked if "/live" in address] == []


def test_a_live_part_does_not_break_when_the_server_is_away(page, url):
    page.route("**/live/part", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.goto(url + "/live")
    expect(page.locator("#part")).to_have_text("9 h to answer")


def test_a_password_can_be_looked_at(page, url):
    page.goto(url + "/requests/new")
    page.get_by_label("Password", exact=True).fill("correct horse")
    page.get_by_role("button", name="Show password").click()
    assert page.get_by_label("Password", exact=True).get_attribute("type") == "text"
    check_page(page)


def test_the_menu_opens_on_a_phone_by_keyboard(new_page, url):
    page = new_page(viewport=PHONE)
    page.goto(url + "/")
    expect(page.get_by_role("link", name="Supporters", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(page.get_by_role("link", name="Supporters", exact=True)).to_be_visible()
    check_page(page)


def test_the_first_tab_leads_past_the_header(page, url):
    page.goto(url + "/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("path", ["/", "/requests/new", "/requests/M4TD", "/overview"])
def test_a_page_does_without_script(new_page, url, path):
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(url + path)
    expect(page.get_by_role("link", name="Supporters", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/requests/new", "/requests/M4TD", "/overview"])
def test_a_page_can_be_zoomed_to_twice_its_size(new_page, url, path):
    """1280 px at 200 % is 640 px of page (WCAG 2.2, 1.4.4)."""
    page = new_page(viewport={"width": 640, "height": 480})
    page.goto(url + path)
    check_page(page)


def test_on_paper_there_is_nothing_to_press(page, url):
    page.goto(url + "/requests/M4TD")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Choose a supporter")).to_be_hidden()
    expect(page.locator(".govuk-service-navigation")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
