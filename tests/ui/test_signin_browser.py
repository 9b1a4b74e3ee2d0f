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
    for _ in ("set", "spent"):
        page.goto(url + "/sign-in/welcome/invitation")
        page.get_by_label("New password", exact=True).fill(PASSWORD)
        press(page, "Set password")
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
