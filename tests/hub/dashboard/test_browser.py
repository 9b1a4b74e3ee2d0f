"""What the provincial team does on the hub's pages in a real browser. How each page looks, tests/browser sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from hub.models import Match
from protocol.enrolment_code import EnrolmentCode
from protocol.match_states import State
from tests.support.browser import PHONE, check_at_both_widths
from tests.support.fake_site import FakeSite
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import add_match, add_site, signed_in
from tests.support.press import press, refresh, sees
from tests.support.province import plant

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("ui browser"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
HOUR = timedelta(hours=1)
SECRET = "7K2M4-9QXYZ-00000-11111-ABCDE-F"


@dataclass
class Shown:
    """A phone on which a member of the provincial team is signed in."""

    page: Page
    url: str

    def goto(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page


@pytest.fixture
def shown(hub: HubUnderTest, new_page: Callable[..., Page], serve_app: Callable[..., str]) -> Shown:
    cookie = signed_in(hub, "staff").get_cookie("__Host-session", domain="localhost")
    assert cookie is not None
    hub.app.config["WTF_CSRF_ENABLED"] = True
    shown = Shown(new_page(viewport=PHONE), serve_app(hub.app, "hub.localhost"))
    plant(shown.page.context, shown.url, {"name": cookie.key, "value": cookie.value})
    return shown


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


def test_staff_invite_a_site(shown: Shown) -> None:
    page = shown.goto("/sites/new")
    press(page, "Make the one-time code")
    expect(page).to_have_title("Error: Invite a site – Alongside hub")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_label("Name of the site").fill("Fernie")
    page.get_by_label("Community").fill("Fernie")
    page.get_by_label("Section").check()
    page.get_by_label("No", exact=True).check()
    press(page, "Make the one-time code")
    expect(page.get_by_role("heading", name="One-time code")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the code").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    EnrolmentCode.parse(copied)
    assert copied == page.locator("#code").inner_text()
    page.get_by_role("button", name="I have noted it down").click()
    expect(page.get_by_text("Code works until")).to_be_visible()


def test_staff_compare_six_words_and_approve(shown: Shown, waiting: FakeSite) -> None:
    page = shown.goto(f"/sites/{waiting.site_id}")
    press(page, "Approve this site")
    expect(page.get_by_role("alert")).to_contain_text("Compare all six words by phone")
    page.get_by_label("I compared all six words").check()
    press(page, "Approve this site")
    expect(page.get_by_text("Cedar Inlet takes part now.")).to_be_visible()
    check_at_both_widths(page)
    assert waiting.prove().state == "approved"


def test_a_suspension_is_undone_from_the_page_it_leads_to(shown: Shown, province: dict[str, str]) -> None:
    page = shown.goto(f"/sites/{province['home']}")
    press(page, "Suspend this site")
    press(page, "Suspend this site")
    sees(page, "The site is suspended.")
    press(page, "Undo")
    sees(page, "The site takes part again.")


def test_the_overview_follows_what_happens(hub: HubUnderTest, shown: Shown, province: dict[str, str]) -> None:
    page = shown.goto("/")
    refresh(page)
    sees(page, "5 matches open")
    with hub.session() as session:
        session.get_one(Match, province["late"]).state = State.WITHDRAWN
    refresh(page)
    sees(page, "4 matches open")
    check_at_both_widths(page)


def test_a_physician_withdraws_with_the_code_alone(shown: Shown, province: dict[str, str]) -> None:
    shown.page.context.clear_cookies()
    page = shown.goto("/withdraw")
    press(page, "Show where it stands")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Withdrawal code").fill(SECRET.lower())
    press(page, "Show where it stands")
    expect(page.get_by_role("heading", name="Where your request stands")).to_be_visible()
    press(page, "Withdraw my request")
    expect(page.get_by_role("heading", name="Your request is withdrawn")).to_be_visible()
