"""The hub's pages in a real browser, on a phone and at a desk: accessible, quiet, nothing cut off, and they work."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hub.models import Match
from protocol.enrolment_code import EnrolmentCode
from protocol.match_states import State
from tests.support.browser import DESK, PHONE, check_page
from tests.support.fake_site import FakeSite
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import add_match, add_site, signed_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["320px", "1200px"]),
]
HOUR = timedelta(hours=1)
SECRET = "7K2M4-9QXYZ-00000-11111-ABCDE-F"


@pytest.fixture
def shown(
    hub: HubUnderTest, new_page: Callable[..., Page], serve_app: Callable[..., str], viewport: dict[str, int]
) -> Page:
    """A browser in which a member of the provincial team is signed in."""
    cookie = signed_in(hub, "staff").get_cookie("__Host-session", domain="localhost")
    assert cookie is not None
    hub.app.config["WTF_CSRF_ENABLED"] = True
    url = serve_app(hub.app, "hub.localhost")
    page = new_page(viewport=viewport, base_url=url)
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": url.replace("http:", "https:"), "secure": True}]
    )
    return page


@pytest.fixture
def province(hub: HubUnderTest) -> dict[str, str]:
    """Sites and matches in every state that looks different."""
    now = hub.now
    names = ("Prince George", "Kelowna", "Victoria Hospital Physicians’ Peer Support Programme", "Nelson")
    home, helper, long, other = (add_site(hub, name, called_at=now) for name in names)
    quiet = add_site(hub, "Xʷməθkʷəy̓əm Peer Support", called_at=now - 30 * HOUR)
    late = add_match(hub, home, State.OVERDUE, now - 75 * HOUR, helper, contact_due_at=now - 3 * HOUR)
    add_match(hub, long, State.PROPOSED, now - 2 * HOUR, other, limit_at=now + 9 * HOUR)
    add_match(hub, other, State.IN_HAND, now, long, contact_due_at=now + 41 * HOUR)
    add_match(hub, quiet, State.CHOOSING, now - 31 * HOUR)
    add_match(hub, home, State.LOOKING, now - 5 * HOUR, secret=SECRET)
    add_match(hub, home, State.CLOSED, now - 90 * HOUR, helper)
    return {"home": home, "late": late}


@pytest.fixture
def waiting(hub: HubUnderTest) -> FakeSite:
    """A site whose six words are to be compared."""
    site_id, code = hub.invite("Cedar Inlet")
    site = FakeSite(hub, site_id, code)
    site.begin()
    site.prove()
    return site


def look(page: Page, name: str) -> None:
    """Check the page, and keep a picture of it if a folder for pictures is given."""
    check_page(page)
    folder, size = os.environ.get("SHOTS"), page.viewport_size
    if folder and size:
        page.screenshot(path=Path(folder) / f"hub-{name}-{size['width']}.png", full_page=True)


def test_every_page_is_as_it_should_be(shown: Page, province: dict[str, str]) -> None:
    pages = {
        "overview": "/",
        "sites": "/sites",
        "site": f"/sites/{province['home']}",
        "suspend": f"/sites/{province['home']}/suspend",
        "matches": "/matches",
        "match": f"/matches/{province['late']}",
        "take-back": f"/matches/{province['late']}/take-back",
        "withdraw": "/withdraw",
        "help": "/help",
        "privacy": "/privacy",
        "accessibility": "/accessibility",
    }
    for name, path in pages.items():
        response = shown.goto(path)
        assert response is not None
        assert response.status == 200
        look(shown, name)


def test_an_empty_hub_is_as_it_should_be(shown: Page) -> None:
    for name, path in {"overview-empty": "/", "sites-empty": "/sites", "matches-empty": "/matches"}.items():
        shown.goto(path)
        look(shown, name)


def test_staff_invite_a_site(shown: Page) -> None:
    shown.goto("/sites/new")
    look(shown, "invite")
    shown.get_by_role("button", name="Make the one-time code").click()
    expect(shown).to_have_title("Error: Invite a site – Alongside hub")
    expect(shown.locator(".govuk-error-summary")).to_be_focused()
    look(shown, "invite-wrong")
    shown.get_by_label("Name of the site").fill("Fernie")
    shown.get_by_label("Community").fill("Fernie")
    shown.get_by_label("Section").check()
    shown.get_by_label("No", exact=True).check()
    shown.get_by_role("button", name="Make the one-time code").click()
    expect(shown.get_by_role("heading", name="One-time code")).to_be_visible()
    look(shown, "code")
    shown.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown.get_by_role("button", name="Copy the code").click()
    expect(shown.get_by_role("button", name="Copied")).to_be_visible()
    copied = shown.evaluate("navigator.clipboard.readText()")
    EnrolmentCode.parse(copied)
    assert copied == shown.locator("#code").inner_text()
    shown.get_by_role("button", name="I have noted it down").click()
    expect(shown.get_by_text("Code works until")).to_be_visible()


def test_staff_compare_six_words_and_approve(hub: HubUnderTest, shown: Page, waiting: FakeSite) -> None:
    shown.goto(f"/sites/{waiting.site_id}")
    look(shown, "six-words")
    shown.get_by_role("button", name="Approve this site").click()
    expect(shown.get_by_role("alert")).to_contain_text("Compare all six words by phone")
    look(shown, "six-words-wrong")
    shown.get_by_label("I compared all six words").check()
    shown.get_by_role("button", name="Approve this site").click()
    expect(shown.get_by_text("Cedar Inlet takes part now.")).to_be_visible()
    look(shown, "approved")
    assert waiting.prove().state == "approved"


def test_a_suspension_is_undone_from_the_page_it_leads_to(shown: Page, province: dict[str, str]) -> None:
    shown.goto(f"/sites/{province['home']}")
    shown.get_by_role("button", name="Suspend this site").click()
    shown.get_by_role("button", name="Suspend this site").click()
    expect(shown.get_by_text("The site is suspended.")).to_be_visible()
    look(shown, "suspended")
    shown.get_by_role("button", name="Undo").click()
    expect(shown.get_by_text("The site takes part again.")).to_be_visible()


def test_the_overview_follows_what_happens(hub: HubUnderTest, shown: Page, province: dict[str, str]) -> None:
    shown.goto("/")
    shown.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(shown.get_by_text("5 matches open")).to_be_visible()
    with hub.session() as session:
        session.get_one(Match, province["late"]).state = State.WITHDRAWN
    shown.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(shown.get_by_text("4 matches open")).to_be_visible()
    look(shown, "overview-followed")


def test_a_physician_withdraws_with_the_code_alone(
    hub: HubUnderTest, shown: Page, province: dict[str, str]
) -> None:
    shown.context.clear_cookies()
    shown.goto("/withdraw")
    shown.get_by_role("button", name="Show where it stands").click()
    look(shown, "withdraw-wrong")
    shown.get_by_label("Withdrawal code").fill(SECRET.lower())
    shown.get_by_role("button", name="Show where it stands").click()
    expect(shown.get_by_role("heading", name="Where your request stands")).to_be_visible()
    look(shown, "withdraw-stands")
    shown.get_by_role("button", name="Withdraw my request").click()
    expect(shown.get_by_role("heading", name="Your request is withdrawn")).to_be_visible()
    look(shown, "withdrawn")
