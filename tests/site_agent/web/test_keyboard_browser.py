"""The keyboard alone clears six waiting things from Today, at most five presses each.

A press is Enter or Space; the tabs that lead to it are counted apart, and both figures are printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from site_agent.extensions import db
from site_agent.models import Match, Offer, Request, Supporter
from site_agent.services import interactions, local, match_end, offers, tracker
from site_agent.web.refs import ref_of
from tests.support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MOST_PRESSES = 5
MOST_TABS = 120
"""More would mean that the control is not to be reached at all."""
FOCUSED = "(document.activeElement.innerText || document.activeElement.value || '').trim()"


@dataclass
class Hands:
    """A keyboard that counts. It reads what has the focus, as a screen reader would say it."""

    page: Page
    presses: int = 0
    tabs: int = 0

    def tab_to(self, words: str, part: str = "") -> None:
        """On to the control whose words begin with these and hold `part`."""
        for _each in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            self.tabs += 1
            said = self.page.evaluate(FOCUSED)
            if said.startswith(words) and part in said:
                return
        raise AssertionError(f"no control says {words} … {part}")

    def press(self, key: str = "Enter") -> None:
        """Enter or Space, and the page that follows."""
        self.presses += 1
        if key == "Space":
            self.page.keyboard.press(key)
            return
        with self.page.expect_navigation():
            self.page.keyboard.press(key)


@dataclass
class Day:
    """A desk with six things waiting, and their references."""

    page: Page
    refs: dict[str, str]

    def clear(self, what: str, line: str, act: Callable[[Hands], None]) -> tuple[int, int]:
        """Clear the line that begins so; the presses and the tabs it took."""
        main, text = self.page.locator("main"), f"{line} {self.refs[what]}"
        expect(main).to_contain_text(text)
        hands = Hands(self.page)
        act(hands)
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Today at")
        expect(main).not_to_contain_text(text)
        return hands.presses, hands.tabs


def furnish(desk: Desk) -> dict[str, str]:
    """The six; the reference of each."""
    desk.enrol()
    who = [desk.supporter(f"Dr. Number {n}", email=f"n{n}@example.ca", max_open=9) for n in range(4)]
    own = {
        what: desk.request(received_at=desk.now - timedelta(hours=n))
        for n, what in enumerate(("new", "declined", "late", "entry", "closing"), start=1)
    }
    foreign = desk.match()
    with desk.session() as session:
        for what, request_id in own.items():
            if what != "new":
                _bring(desk, session.get_one(Request, request_id), session.get_one(Supporter, who[0]), what)
        refs = {what: session.get_one(Request, request_id).ref for what, request_id in own.items()}
    return refs | {"elsewhere": ref_of(foreign)}


def _bring(desk: Desk, request: Request, who: Supporter, what: str) -> None:
    session, now = db.session, desk.now
    offer: Offer = local.ask(session, request, who, now - timedelta(hours=80))
    match = session.scalars(select(Match).where(Match.request_id == request.request_id)).one()
    if what == "declined":
        offers.decline(session, offer, now - timedelta(hours=1))
        return
    offers.accept(session, match_end.present_offer(session, match) or offer, now - timedelta(hours=79))
    if what == "late":
        match.state, match.due_at = "overdue", now - timedelta(hours=3)
        return
    interactions.reached(session, match, now - timedelta(hours=70), now)
    if what == "closing":
        for _each in range(3):
            talk = tracker.Entry(now - timedelta(hours=1), "15-30", "phone", 4, tracker.ticket())
            tracker.record(session, match, talk, now)


@pytest.fixture
def day(desk: Desk, new_page: Callable[..., Page], serve_app: Callable[..., str]) -> Day:
    refs = furnish(desk)
    client = desk.client()
    cookie = client.get_cookie("__Host-session", domain="localhost")
    assert cookie is not None
    url, page = serve_app(desk.app, "keys.localhost"), new_page()
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": url.replace("http:", "https:"), "secure": True}]
    )
    page.goto(url)
    return Day(page, refs)


def pressing(words: str, line: str) -> Callable[[Hands], None]:
    """The button of the line, once."""

    def act(hands: Hands) -> None:
        hands.tab_to(words, line)
        hands.press()

    return act


def closing(hands: Hands) -> None:
    """The way to the question, an answer, and the button."""
    hands.tab_to("Close", "Ask whether the support has ended")
    hands.press()
    hands.tab_to("yes")
    hands.press("Space")
    hands.tab_to("Close it")
    hands.press()


LINES: dict[str, tuple[str, Callable[[Hands], None]]] = {
    "late": ("Decide about a first contact that is late:", pressing("Extend once", "that is late")),
    "elsewhere": (
        "Ask a supporter for a request from elsewhere:",
        pressing("Ask Dr.", "request from elsewhere"),
    ),
    "new": ("Find a supporter for request", pressing("Ask Dr.", "Find a supporter")),
    "declined": ("Ask the next supporter for request", pressing("Ask Dr.", "Ask the next supporter")),
    "entry": ("Ask for the missing tracker entry:", pressing("Send a reminder", "missing tracker entry")),
    "closing": ("Ask whether the support has ended:", closing),
}


def test_the_keyboard_alone_clears_six_waiting_things(day: Day, capsys: pytest.CaptureFixture[str]) -> None:
    figures = {what: day.clear(what, line, act) for what, (line, act) in LINES.items()}
    with capsys.disabled():
        print("\nPresses (and tabs before them) to clear a line of Today by keyboard:")
        for what, (presses, tabs) in figures.items():
            print(f"  {what}: {presses} ({tabs})")
    assert max(presses for presses, _tabs in figures.values()) <= MOST_PRESSES
    expect(day.page.locator("main")).to_contain_text("Waiting for you (0)")
