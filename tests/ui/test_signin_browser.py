"""Signing in with a real browser: with and without script, on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import check_at_both_widths
from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.press import follow, press
from tests.support.shared_web import PASSWORD, add_member, code_at, small_app
from ui.signin.sessions import token_hash

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("ui browser")]

EMAIL = "ana@example.org"
SCRIPTLESS = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


@pytest.fixture
def store(clock: StoppedClock) -> MemoryStore:
    store = MemoryStore()
    add_member(store)
    store.invitations[token_hash("invitation")] = ("ana", clock.now().replace(hour=23))
    return store


@pytest.fixture
def url(serve_app: Callable[..., str], store: MemoryStore, clock: StoppedClock) -> str:
    provider = {
        "OIDC_ISSUER": "http://127.0.0.1:9",  # only its link is looked at
        "OIDC_CLIENT_ID": "alongside",
        "OIDC_CLIENT_SECRET": "x",
        "OIDC_NAME": "Cedar Account",
    }
    return serve_app(small_app(store, clock, **provider), "signin.localhost")


def give_password(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Email address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Continue")


def give_code(page: Page, code: str, button: str) -> None:
    page.get_by_label("Code", exact=True).fill(code)
    press(page, button)


def test_every_page_of_signing_in_is_sound(
    page: Page, url: str, store: MemoryStore, clock: StoppedClock
) -> None:
    store.accounts["ana"].totp_secret = None
    page.goto(url + "/sign-in")
    check_at_both_widths(page)
    give_password(page, "wrong")
    check_at_both_widths(page)
    give_password(page)
    check_at_both_widths(page)
    secret = page.locator("code").inner_text().replace(" ", "")
    give_code(page, "123", "Finish and sign in")
    check_at_both_widths(page)
    store.accounts["ana"].totp_secret = secret
    page.goto(url + "/sign-in/code")
    check_at_both_widths(page)
    give_code(page, code_at(clock, secret, steps=9), "Sign in")
    check_at_both_widths(page)


def test_the_page_that_asks_to_wait_is_sound(page: Page, url: str) -> None:
    page.goto(url + "/sign-in")
    for _ in range(6):
        give_password(page, "wrong")
    expect(page.get_by_role("link", name="Wait 15 minutes")).to_be_visible()
    check_at_both_widths(page)


def test_the_invitation_and_its_end_are_sound(page: Page, url: str) -> None:
    page.goto(url + "/sign-in/welcome/invitation")
    check_at_both_widths(page)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    press(page, "Set password")
    check_at_both_widths(page)
    page.goto(url + "/sign-in/welcome/invitation")
    expect(page.get_by_role("heading", level=1)).to_have_text("This link no longer works")
    check_at_both_widths(page)


@pytest.mark.parametrize("path", ["/nowhere", "/broken", "/sign-in/provider", "/sign-in/provider/callback"])
def test_pages_that_say_no_are_sound(page: Page, url: str, path: str) -> None:
    page.goto(url + path)
    check_at_both_widths(page)


@SCRIPTLESS
def test_setting_up_and_signing_out_work(
    new_page: Callable[..., Page], url: str, store: MemoryStore, clock: StoppedClock, script: bool
) -> None:
    store.accounts["ana"].totp_secret = None
    page = new_page(java_script_enabled=script)
    page.goto(url + "/requests")
    give_password(page)
    secret = page.locator("code").inner_text().replace(" ", "")
    give_code(page, code_at(clock, secret), "Finish and sign in")
    follow(page, "Not now")
    expect(page).to_have_url(url + "/requests")
    page.goto(url + "/nowhere")
    press(page, "Sign out")
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto(url + "/requests")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_password_puts_the_reader_at_what_is_wrong(page: Page, url: str) -> None:
    page.goto(url + "/sign-in")
    give_password(page, "wrong")
    expect(page).to_have_title("Error: Sign in – Alongside")
    expect(page.get_by_role("alert").first).to_contain_text("There is a problem")
    page.get_by_role("link", name="The email address or the password is not right").click()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    expect(page.get_by_label("Email address")).to_have_value(EMAIL)


@SCRIPTLESS
def test_what_was_typed_comes_back_when_the_browser_has_forgotten_its_cookie(
    new_page: Callable[..., Page], url: str, script: bool
) -> None:
    page = new_page(java_script_enabled=script)
    page.goto(url + "/sign-in")
    page.context.clear_cookies()
    give_password(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("This form is too old")
    if script:
        check_at_both_widths(page)
    press(page, "Send again")
    expect(page.get_by_label("Email address")).to_have_value(EMAIL)
    expect(page.get_by_label("Password", exact=True)).to_have_value("")


def test_who_is_idle_is_warned_stays_at_a_press_and_is_told_at_the_end(
    new_page: Callable[..., Page], url: str, clock: StoppedClock
) -> None:
    page = new_page(own=True)
    page.goto(url + "/sign-in?next=/account")
    give_password(page)
    give_code(page, code_at(clock), "Sign in")
    page.clock.install()

    def pass_minutes(n: int) -> None:
        clock.advance(minutes=n)
        page.clock.fast_forward(f"{n:02}:00")

    page.goto(url + "/account")
    warning = page.get_by_role("dialog")
    pass_minutes(57)
    expect(warning).to_be_hidden()
    pass_minutes(1)
    expect(warning.get_by_role("status")).to_have_text("You will be signed out in 2 minutes.")
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    check_at_both_widths(page)
    with page.expect_response("**/account/stay"):
        page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    pass_minutes(58)
    expect(warning).to_be_visible()
    pass_minutes(1)
    expect(warning.get_by_role("status")).to_have_text("You will be signed out in 1 minute.")
    pass_minutes(2)
    expect(warning.get_by_role("heading")).to_have_text("You are signed out")
    check_at_both_widths(page)
    with page.expect_popup() as tab:
        page.get_by_role("link", name="Sign in in a new tab").click()
    assert tab.value.url == url + "/sign-in"
    tab.value.close()
    page.evaluate(
        """() => {
          const form = Object.assign(document.createElement('form'), {method: 'post', action: '/requests'});
          form.append(Object.assign(document.createElement('input'), {name: 'name', value: 'Dr. Wren Canary'}));
          document.body.append(form);
          form.submit();
        }"""
    )
    page.wait_for_url(url + "/requests")
    expect(page.get_by_role("button", name="Send again")).to_be_visible()
    check_at_both_widths(page)
    assert page.locator("input[name=name]").input_value() == "Dr. Wren Canary"
