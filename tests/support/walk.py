"""A walk through the pages: where each is, how to come to it, and how it is looked at.

With the environment variable ALONGSIDE_SCREENSHOTS=<folder> every look leaves `<app>-<page>-<width>.png` there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.browser import DESK, PHONE, Watch, check_page, watch
from tests.support.press import press

FOLDER = "ALONGSIDE_SCREENSHOTS"
WIDTHS = (PHONE, DESK)


Act: TypeAlias = "Callable[[Page, Scenery], None]"


@dataclass(frozen=True)
class Stop:
    """One page, or one state of it.

    `path` may hold names of the scenery: `/matches/{late}`. `act` goes on from there to the state that is meant;
    the page that it ends on belongs to `endpoint` (None: an address that no page has) and has this status.
    """

    name: str
    endpoint: str | None
    path: str
    act: Act | None = None
    who: str = ""
    status: int = 200
    at: str = ""
    """The app, where the walk has several; empty: the walk's own."""


@dataclass
class Scenery:
    """Apps at their addresses, with something of everything in their tables."""

    browser: Browser
    apps: dict[str, Flask] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    ways: dict[str, str] = field(default_factory=dict)
    people: dict[str, BrowserContext] = field(default_factory=dict)
    """Browsers in which somebody is signed in; `nobody`'s forgets its cookies before each stop."""
    tabs: dict[str, tuple[Page, Watch]] = field(default_factory=dict)

    def close(self) -> None:
        """Close the browsers."""
        for context in self.people.values():
            context.close()

    def tab(self, who: str) -> tuple[Page, Watch]:
        """The tab of this person, and what it said: one for the whole walk, since a new one costs a process."""
        if who not in self.tabs:
            if who not in self.people:
                self.people[who] = self.browser.new_context(locale="en-CA")
            page = self.people[who].new_page()
            page.set_default_timeout(15_000)
            self.tabs[who] = page, watch(page)
        page, kept = self.tabs[who]
        kept.complaints.clear()
        kept.documents.clear()
        if who == "nobody":
            page.context.clear_cookies()
        return page, kept

    def walk_to(self, app: str, stop: Stop, *, whole: bool) -> None:
        """Come to the page, check it at both widths, and leave pictures if they are asked for.

        `whole`: axe looks at colours in both widths; those of a further state of a page it sees on the phone alone.
        """
        page, kept = self.tab(stop.who)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.goto(self.urls[stop.at or app] + stop.path.format(**self.ways))
        if stop.act is not None:
            stop.act(page, self)
        answer = kept.documents[-1]
        assert answer.status == stop.status, f"{page.url}: {answer.status}"
        assert endpoint_of(self.apps[stop.at or app], page.url, answer.request.method) == stop.endpoint
        for size in WIDTHS:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            check_page(page, contrast=whole or size is PHONE)
            shoot(page, f"{app}-{stop.name}", size["width"])


def endpoint_of(app: Flask, url: str, method: str) -> str | None:
    """The view that answered."""
    routes = app.url_map.bind("")
    path = urlsplit(url).path
    return routes.match(path, method)[0] if routes.test(path, method) else None


def first_of_each(stops: list[Stop]) -> set[str]:
    """The names of the stops that come to their page first."""
    return set({stop.endpoint: stop.name for stop in reversed(stops)}.values())


def shoot(page: Page, name: str, width: int) -> None:
    """A picture of the whole page, where a folder for pictures is given."""
    folder = os.environ.get(FOLDER)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def pages_of(app: Flask) -> set[str]:
    """Every view that answers a GET."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def pressing(*names: str) -> Act:
    """Press these buttons, one after the other."""

    def act(page: Page, scenery: Scenery) -> None:
        for name in names:
            press(page, name)

    return act
