"""A real browser for tests: a page that is watched, an app on a port, and one check of everything a page owes.

def test_today(page, serve_app):
    page.goto(serve_app(app, "cedar.localhost") + "/")
    check_at_both_widths(page)

A browser of one's own costs as much as ten pages, so the tabs of a test are emptied and handed to the next.
"""

from __future__ import annotations

import functools
import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Response,
    sync_playwright,
)
from werkzeug.serving import WSGIRequestHandler, make_server

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is there: the shell draws the same pages with less work."""
PHONE = {"width": 320, "height": 640}
DESK = {"width": 1200, "height": 900}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Text that reaches out of a box it is in, and so is cut or lies over a neighbour. What is hidden from sight on
# purpose and what people scroll or type in does not count. SVG text has to stay inside its drawing.
CUT_OFF = """() => {
  const apart = '.govuk-visually-hidden, .govuk-skip-link:not(:focus), input, select, textarea, script, style';
  const outside = (text, box) => text.right > box.right + 2 || text.left < box.left - 2;
  const excused = (box) => {
    if (!box) return false;
    const style = getComputedStyle(box);
    return style.clipPath !== 'none' || ['auto', 'scroll'].includes(style.overflowX) || excused(box.parentElement);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim() || node.parentElement.closest(apart) || !node.parentElement.checkVisibility()) continue;
    if (excused(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    for (let box = node.parentElement; box !== document.body; box = box.parentElement) {
      if (box.ownerSVGElement || ['inline', 'contents'].includes(getComputedStyle(box).display)) continue;
      if (outside(text, box.getBoundingClientRect())) {
        found.push(`"${node.data.trim().slice(0, 60)}" in ${box.outerHTML.slice(0, 80)}`);
        break;
      }
    }
  }
  return found;
}"""

# Only what is wrong leaves the browser: the whole report takes longer to hand over than to make.
AXE = """async (options) => {
  const { violations } = await axe.run(options);
  return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 160)) }));
}"""


@dataclass
class Watch:
    """What a page said while a test drove it."""

    documents: list[Response] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@dataclass
class Tabs:
    """A tab each in browsers as of several people. Who is done with one leaves it, emptied, to the next test."""

    browser: Browser
    _idle: defaultdict[str, list[Page]] = field(default_factory=lambda: defaultdict(list))

    def take(self, *, fresh: bool = False, **options: Any) -> Page:
        """A tab in a context with these options, in which nobody is signed in."""
        idle = self._idle[repr(sorted(options.items()))]
        if idle and not fresh:
            return idle.pop()
        return self.browser.new_context(viewport=DESK, **options).new_page()  # type: ignore[arg-type]

    def leave(self, page: Page, **options: Any) -> None:
        """Forget what was done; a browser that cannot is closed."""
        try:
            self._empty(page)
        except Error:
            page.context.close()
        else:
            self._idle[repr(sorted(options.items()))].append(page)

    @staticmethod
    def _empty(page: Page) -> None:
        for each in page.context.pages:
            if each is not page:
                each.close()
        page.goto("about:blank")
        page.unroute_all()
        page.emulate_media(media="null")
        page.context.clear_cookies()
        page.context.clear_permissions()
        assert page.evaluate("Date.toString().includes('[native code]')"), (
            "a test of the clock: new_page(own=True)"
        )


_watches: WeakKeyDictionary[Page, Watch] = WeakKeyDictionary()


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    """One Playwright for the run."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    """The machine's Chromium, or else the one Playwright fetched."""
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    chromium = playwright_driver.chromium.launch(executable_path=path, args=FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    """The tabs of this run."""
    return Tabs(browser)


@pytest.fixture
def new_page(tabs: Tabs) -> Iterator[Callable[..., Page]]:
    """Open a watched page in a context of its own, as another person's browser: new_page(viewport=PHONE).

    `own`: nobody gets this browser afterwards, since the test changes the browser itself (its clock, its devices).
    """
    with ExitStack() as stack:

        def opened(viewport: dict[str, int] = DESK, own: bool = False, **options: Any) -> Page:
            options = {"locale": "en-CA", **options}
            page = tabs.take(fresh=own, **options)
            stack.callback(page.context.close) if own else stack.callback(tabs.leave, page, **options)
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            watch(page)
            return page

        yield opened


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A watched page, as wide as a desk's screen."""
    return new_page()


@pytest.fixture
def serve_app() -> Iterator[Callable[..., str]]:
    """Put an app on a free port for the test: serve_app(app, "hub.localhost") gives its URL.

    Each app has a host name of its own, since a browser keeps cookies by host and not by port.
    """
    with ExitStack() as stack:
        yield lambda app, host="app.localhost": stack.enter_context(serving(app, host))


class QuietHandler(WSGIRequestHandler):
    """Writes no line for each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Drop it."""


@contextmanager
def serving(app: Any, host: str = "app.localhost") -> Iterator[str]:
    """Serve a WSGI app from a thread and stop it afterwards."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    # The end is looked for so often: each test with a server would wait half a second for it otherwise.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def watch(page: Page) -> Watch:
    """Keep from now on what the page loads and complains of; check_page asks for it."""
    kept = _watches.get(page)
    if kept is None:
        kept = _watches[page] = Watch()
        page.on("console", lambda message: _hear(kept, message))
        page.on("pageerror", lambda error: kept.complaints.append(str(error)))
        page.on("response", lambda response: _keep_document(kept, response))
    kept.documents.clear()
    kept.complaints.clear()
    return kept


def _hear(kept: Watch, message: ConsoleMessage) -> None:
    # Chromium reports a page answered with 4xx as an error of the console, though it is the page we want to see.
    page_itself = message.text.startswith("Failed to load resource") and any(
        document.url == message.location.get("url") for document in kept.documents
    )
    if message.type in {"error", "warning"} and not page_itself:
        kept.complaints.append(message.text)


def _keep_document(kept: Watch, response: Response) -> None:
    if response.request.is_navigation_request():
        kept.documents.append(response)


def check_page(page: Page, *, contrast: bool = True) -> None:
    """Everything a page owes at any width: accessible, well formed, quiet, nothing sideways, nothing cut off.

    Without `contrast` axe leaves colours out, half of its work: for a second width of a state whose colours were
    looked at in the first.
    """
    kept = _watches[page]
    found = {
        "accessibility": axe_violations(page, contrast=contrast),
        "console": kept.complaints,
        "sideways scroll": [] if fits(page) else [f"wider than {page.viewport_size}"],
        "text cut off": page.evaluate(CUT_OFF),
        "HTML": html_errors(kept.documents[-1].text()) if kept.documents else ["no document was loaded"],
    }
    wrong = {what: problems for what, problems in found.items() if problems}
    assert not wrong, f"{page.url}: {wrong}"


def check_at_both_widths(page: Page) -> None:
    """`check_page` on a small phone and at a desk; the page stays as wide as a desk's screen."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        check_page(page)


def axe_violations(page: Page, *, contrast: bool = True) -> list[str]:
    """What axe finds, each with the elements it is about; the contrast of colours only if asked for."""
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": AXE_TAGS},
        "resultTypes": ["violations"],
        "rules": {} if contrast else {"color-contrast": {"enabled": False}},
    }
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    violations = page.evaluate(AXE, options)
    return [f"{found['id']}: {found['nodes']}" for found in violations]


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(
        page.evaluate("document.scrollingElement.scrollWidth <= document.documentElement.clientWidth")
    )


@functools.lru_cache(maxsize=4)
def html_errors(text: str) -> list[str]:
    """What a strict HTML parser has against a document; one that is looked at twice is read once."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(text)
    return [f"{code} at {position} {about}" for position, code, about in parser.errors]
