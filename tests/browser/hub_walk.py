"""Every page of the hub, and the states of it that look different."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import Page

from tests.browser import people_walk
from tests.browser.hub_scenery import SECRET
from tests.browser.sign_in_walk import SIGN_IN
from tests.support.press import press, sees
from tests.support.walk import Act, Scenery, Stop, pressing

LEFT_OUT = {
    "ui.static": "styles, scripts and fonts, loaded by every page",
    "ui.theme": "a style sheet, loaded by every page",
    "api.hub": "the signed door speaks JSON",
    "api.problems": "the signed door speaks JSON",
    "dashboard.overview_matches": "the live part of the overview, seen inside it",
}


def new_site(page: Page, name: str) -> None:
    """Fill in the invitation of a site and send it."""
    page.get_by_label("Name of the site").fill(name)
    page.get_by_label("Community").fill(name)
    page.get_by_label("Section").check()
    page.get_by_label("No", exact=True).check()
    press(page, "Make the one-time code")
    sees(page, "One-time code")


def _invite(page: Page, scenery: Scenery) -> None:
    new_site(page, "Fernie")


def _code(*buttons: str) -> Act:
    def act(page: Page, scenery: Scenery) -> None:
        page.get_by_label("Withdrawal code").fill(SECRET)
        for name in buttons:
            press(page, name)

    return act


def _suspended(page: Page, scenery: Scenery) -> None:
    press(page, "Suspend this site")
    sees(page, "The site is suspended.")


STAFF = [
    Stop("overview", "dashboard.overview", "/"),
    Stop("overview-empty", "dashboard.overview", "/", who="staff-empty", at="hub-empty"),
    Stop("sites", "dashboard.sites", "/sites"),
    Stop("sites-empty", "dashboard.sites", "/sites", who="staff-empty", at="hub-empty"),
    Stop("site", "dashboard.site", "/sites/{site}"),
    Stop("site-long-name", "dashboard.site", "/sites/{long}"),
    Stop("site-invited", "dashboard.site", "/sites/{invited}"),
    Stop("site-six-words", "dashboard.site", "/sites/{waiting}"),
    Stop(
        "site-six-words-error",
        "dashboard.site",
        "/sites/{waiting}",
        pressing("Approve this site"),
        status=422,
    ),
    Stop("site-refuse", "dashboard.confirm_site", "/sites/{waiting}/refuse"),
    Stop("site-suspend", "dashboard.confirm_site", "/sites/{site}/suspend"),
    Stop("site-withdraw", "dashboard.confirm_site", "/sites/{site}/withdraw"),
    Stop("invite", "dashboard.invite", "/sites/new"),
    Stop("invite-errors", "dashboard.invite", "/sites/new", pressing("Make the one-time code"), status=422),
    Stop("matches", "dashboard.matches", "/matches"),
    Stop("matches-empty", "dashboard.matches", "/matches", who="staff-empty", at="hub-empty"),
    Stop("match-late", "dashboard.match", "/matches/{late}"),
    Stop("match-escalated", "dashboard.match", "/matches/{escalated}"),
    Stop("match-closed", "dashboard.match", "/matches/{closed}"),
    Stop("match-take-back", "dashboard.confirm_match", "/matches/{late}/take-back"),
    Stop("match-too-late", "dashboard.confirm_match", "/matches/{closed}/take-back", status=409),
    Stop("no-such-match", "dashboard.match", "/matches/nothing", status=404),
    Stop("code", "dashboard.invite", "/sites/new", _invite),
    Stop("site-suspended", "dashboard.site", "/sites/{long}/suspend", _suspended),
]
ANYBODY = [
    Stop("help", "public.help", "/help"),
    Stop("privacy", "public.privacy", "/privacy"),
    Stop("accessibility", "public.accessibility", "/accessibility"),
    Stop("withdraw", "public.withdraw", "/withdraw"),
    Stop("withdraw-error", "public.withdraw", "/withdraw", pressing("Show where it stands"), status=422),
    Stop("withdraw-stands", "public.withdraw", "/withdraw", _code("Show where it stands")),
    Stop(
        "withdrawn",
        "public.confirm_withdrawal",
        "/withdraw",
        _code("Show where it stands", "Withdraw my request"),
    ),
    Stop("not-found", None, "/nowhere", status=404),
]
STOPS = [
    *(replace(stop, who=stop.who or "staff") for stop in STAFF + people_walk.HUB),
    *(replace(stop, who="staff") for stop in [*people_walk.ACCOUNT, people_walk.REMOVING]),
    *(replace(stop, who="nobody") for stop in ANYBODY + SIGN_IN),
    Stop("forbidden", "dashboard.invite", "/sites/new", who="viewer", status=403),
]
