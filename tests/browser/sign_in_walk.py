"""The pages of signing in, which both apps have, and the states of them that look different."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.press import follow, press, sees
from tests.support.walk import Scenery, Stop

PASSWORD = "three mossy cedars"


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Email and password."""
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Continue")


def _wrong_password(page: Page, scenery: Scenery) -> None:
    sign_in(page, "nobody@peers.example", "not this one")


def _locked(page: Page, scenery: Scenery) -> None:
    for _ in range(6):
        sign_in(page, "locked@peers.example", "not this one")
    sees(page, "Wait 15 minutes")


def _to_the_code(page: Page, scenery: Scenery) -> None:
    sign_in(page, scenery.ways["member"])
    sees(page, "Code")


def _wrong_code(page: Page, scenery: Scenery) -> None:
    _to_the_code(page, scenery)
    page.get_by_label("Code", exact=True).fill("000000")
    press(page, "Sign in")


def _to_recovery(page: Page, scenery: Scenery) -> None:
    _to_the_code(page, scenery)
    follow(page, "Lost the phone with the app? Use a recovery code")


def _wrong_recovery(page: Page, scenery: Scenery) -> None:
    _to_recovery(page, scenery)
    page.get_by_label("Recovery code").fill("7K2M")
    press(page, "Sign in")


def _to_the_set_up(page: Page, scenery: Scenery) -> None:
    sign_in(page, scenery.ways["newcomer"])
    sees(page, "authenticator")


def _short_password(page: Page, scenery: Scenery) -> None:
    page.get_by_label("New password", exact=True).fill("short")
    press(page, "Set password")


SIGN_IN = [
    Stop("sign-in", "signin.sign_in", "/sign-in"),
    Stop("signed-out", "signin.sign_in", "/"),
    Stop("sign-in-error", "signin.sign_in", "/sign-in", _wrong_password, status=422),
    Stop("sign-in-locked", "signin.sign_in", "/sign-in", _locked, status=429),
    Stop("sign-in-code", "signin.code", "/sign-in", _to_the_code),
    Stop("sign-in-code-error", "signin.code", "/sign-in", _wrong_code, status=422),
    Stop("sign-in-recovery-code", "signin.recovery_code", "/sign-in", _to_recovery),
    Stop("sign-in-recovery-code-error", "signin.recovery_code", "/sign-in", _wrong_recovery, status=422),
    Stop("sign-in-set-up-code", "signin.enrol", "/sign-in", _to_the_set_up),
    Stop("welcome", "signin.welcome", "/sign-in/welcome/{welcome}"),
    Stop("welcome-error", "signin.welcome", "/sign-in/welcome/{welcome}", _short_password, status=422),
    Stop("welcome-spent", "signin.welcome", "/sign-in/welcome/spent", status=410),
]
