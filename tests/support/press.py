"""What people do in a browser, in few words."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def press(page: Page, name: str) -> None:
    """Press the button with exactly these words, and see the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str, *, exact: bool = True) -> None:
    """Follow the link with exactly these words, or the first with these among others."""
    link = page.get_by_role("link", name=name, exact=exact)
    with page.expect_navigation():
        (link if exact else link.first).click()


def row(page: Page, words: str) -> Locator:
    """The row of a table that holds these words."""
    return page.get_by_role("row").filter(has_text=words)


def sees(page: Page, *words: str) -> None:
    """The page's main part holds these words, now or in a moment."""
    for each in words:
        expect(page.locator("main")).to_contain_text(each)


def refresh(page: Page) -> None:
    """Let the live parts of the page ask at once, as when a tab comes back to the front."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def nothing_from_elsewhere(today: Page) -> None:
    """Today asks this site for no supporter, or no longer."""
    sees(today, "Waiting for you")
    expect(today.locator("main")).not_to_contain_text("request from elsewhere")
