""" "Leave this page", on every page of physicians and supporters: a plain link that says nothing of where it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from flask.testing import FlaskClient

import site_agent
from site_agent.services import policy
from tests.support.desk import Desk, make_desk

TEMPLATES = Path(site_agent.__file__).parent / "templates" / "public"
PARENT = re.compile(r"\{% extends (.+) %\}")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One site for the whole module."""
    yield from make_desk(tmp_path_factory.mktemp("leave") / "agent")


@pytest.fixture(scope="module")
def nobody(site: Desk) -> FlaskClient:
    """Somebody without an account."""
    return site.client(None)


def ways_out(page: str) -> list[dict[str, str]]:
    """The links that leave, with what they say of themselves."""
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    return [dict(each.attrib) for each in tree.iter("a") if "Leave this page" in "".join(each.itertext())]


@pytest.mark.parametrize(
    "path",
    ["/ask", "/notify", "/notify/received", "/hand-over", "/talk-card", "/safety", "/r/x", "/o/x", "/m/x", "/a/x",
     "/reply/x", "/request", "/request/everything", "/offer", "/offer/talk", "/mine", "/reply"],
)  # fmt: skip
def test_a_page_without_an_account_has_a_quick_way_out(nobody: FlaskClient, path: str) -> None:
    answer = nobody.get(path)
    by_keyboard, in_sight = ways_out(answer.text)
    for way in (by_keyboard, in_sight):
        assert way["href"] == "https://weather.gc.ca/"
        assert way["rel"] == "nofollow noreferrer"
        assert "target" not in way, "a second tab would leave the first one open"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_template_of_these_pages_has_the_frame_with_the_way_out() -> None:
    frames = {}
    for path in TEMPLATES.glob("*.html"):
        found = PARENT.search(path.read_text())
        if found:
            frames[path.name] = re.findall(r'"([\w/]+\.html)"', found[1])
    assert len(frames) > 40
    assert frames.pop("narrow.html") == ["ui/narrow.html"]
    assert {parent for parents in frames.values() for parent in parents} <= {
        "public/narrow.html",
        "public/supporter.html",
    }


def test_where_it_leads_is_a_setting(site: Desk, nobody: FlaskClient) -> None:
    with site.session() as session:
        policy.put(session, "leave_to", "https://www.example.ca/recipes")
    assert {way["href"] for way in ways_out(nobody.get("/ask").text)} == {"https://www.example.ca/recipes"}
    with site.session() as session:
        policy.put(session, "leave_to", str(policy.default_of("leave_to")))


def test_the_desk_has_no_need_of_it(site: Desk) -> None:
    assert ways_out(site.client().get("/requests").text) == []


def test_a_physician_at_the_bare_address_is_led_to_the_form(nobody: FlaskClient) -> None:
    page = nobody.get("/", follow_redirects=True)
    assert page.request.path == "/sign-in"
    links = re.findall(r'<a class="govuk-link" href="([^"]+)">', page.text.partition("<main")[2])
    assert links[:2] == ["/ask", "/notify"]
    assert page.text.index('href="/ask"') < page.text.index('name="password"')


def test_a_press_on_an_own_request_is_no_page(site: Desk) -> None:
    answer = site.client().get(f"/requests/{site.request()}/help/ask")
    assert answer.status_code == 405
    assert "This page cannot be used that way" in answer.text
