"""Passkeys in a real browser, with a virtual authenticator: an invitation, a second device, signing in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESK, PHONE, check_page
from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.press import press, sees
from tests.support.shared_web import small_app
from ui.signin.sessions import token_hash

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("ui browser")]


@pytest.fixture
def store(clock: StoppedClock) -> MemoryStore:
    """Somebody is invited."""
    store = MemoryStore()
    store.add("ana", "coordinator")
    store.invitations[token_hash("invitation")] = ("ana", clock.now().replace(hour=23))
    return store


@pytest.fixture
def url(serve_app: Callable[..., str], store: MemoryStore, clock: StoppedClock) -> str:
    return serve_app(small_app(store, clock), "cedar.localhost")


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A browser of this test's own: nobody else is to have its devices."""
    return new_page(own=True)


def plug_in(page: Page, verified: bool = True) -> Callable[[], None]:
    """Give the browser a device that holds passkeys; returns how to take it away."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": verified, "automaticPresenceSimulation": True,
    }  # fmt: skip
    added = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    device = {"authenticatorId": added["authenticatorId"]}
    return lambda: cdp.send("WebAuthn.removeVirtualAuthenticator", device)


def test_an_invitation_is_taken_up_and_signed_in_with_by_passkey_alone(
    page: Page, url: str, store: MemoryStore
) -> None:
    # The home of this small app is bare text.
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    unplug = plug_in(page)
    page.goto(url + "/sign-in/welcome/invitation")
    press(page, "Make a passkey")
    expect(page.get_by_text("home of Ana")).to_be_visible()
    page.goto(url + "/account")
    [made] = store.passkeys.values()
    sees(page, "Your passkey is set, and you are signed in.", made.label)
    page.goto(url + "/account/passkeys/new")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("alert")).to_have_text("This device has a passkey for you already.")
    unplug()
    plug_in(page)
    press(page, "Make a passkey")
    sees(page, "is added.")
    assert len(store.passkeys) == 2
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        check_page(page)
    press(page, "Sign out")
    page.goto(url + "/sign-in?next=/requests")
    press(page, "Sign in with a passkey")
    expect(page).to_have_url(url + "/requests")
    assert [each.used_on is not None for each in store.passkeys.values()] == [False, True]


def test_who_cannot_show_who_they_are_stays_out_and_is_told(page: Page, url: str, store: MemoryStore) -> None:
    plug_in(page, verified=False)
    page.goto(url + "/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_have_text(
        "It was stopped or took too long. Press the button to try again."
    )
    expect(page).to_have_url(url + "/sign-in")
    check_page(page)


def test_without_script_the_page_says_what_to_do(
    new_page: Callable[..., Page], url: str, store: MemoryStore
) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(url + "/sign-in")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    sees(page, "This browser cannot use passkeys, or runs no scripts.")
    page.goto(url + "/sign-in/welcome/invitation")
    expect(page.get_by_role("button", name="Make a passkey")).to_be_hidden()
    sees(page, "Choose a password; you can add a passkey later.")
