"""Every page of the desk in a real browser, on a phone and at a desk: accessible, whole, quiet, nothing sideways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from protocol.enrolment_code import EnrolmentCode
from protocol.key_log import genesis
from protocol.keys import SigningKey
from site_agent.models import Enrolment, LinkState, OutboxRow, Supporter
from site_agent.services import requests
from tests.site_agent.web.steps import ANSWERS, CAME
from tests.support.browser import DESK, PHONE, check_page, serving
from tests.support.desk import OTHERS, Desk, draft_of, make_desk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HOST = "cedar.localhost"
N_PARTS = 4
"""The pages are visited in so many tests, since one alone would come near the time a test may take."""
STATES = ("asked", "accepted", "released", "confirming", "in-hand", "overdue", "escalated", "in-touch")


@dataclass
class Site:
    """A busy site that a browser can reach."""

    url: str
    desk: Desk
    cookie: str
    draft_id: str = ""
    paths: dict[str, str] = field(default_factory=dict)


def busy(desk: Desk, site: Site) -> None:
    """Something in every state that a page can show."""
    desk.enrol()
    wishes = requests.Wishes(("woman", "same-background"), (min(OTHERS),), "fr")
    site.paths["a request here"] = f"/requests/{desk.request()}"
    elsewhere = desk.request(elsewhere=True, wishes=wishes, posts=("department-head",))
    for act in ("", "/name", "/withdraw"):
        site.paths[f"a request elsewhere{act}"] = f"/requests/{elsewhere}{act}"
    unmatched = desk.request(state="unmatched")
    for act in ("", "/elsewhere", "/close"):
        site.paths[f"nobody found{act}"] = f"/requests/{unmatched}{act}"
    helped = desk.request(elsewhere=True, state="in-hand")
    site.paths["another person"] = f"/requests/{helped}/wishes"
    for state in STATES:
        who = desk.supporter(f"Dr. Emmanuelle {state.title()}-Tremblay", email=f"{state}@example.ca")
        late = (
            desk.now - timedelta(hours=3)
            if state in ("overdue", "escalated")
            else desk.now + timedelta(hours=5)
        )
        thid = desk.match(state, who, due_at=late)
        site.paths[f"from elsewhere, {state}"] = f"/elsewhere/{thid}"
    desk.supporter("Dr. Ada Okafor", posts=("supervisor",))
    desk.supporter("Dr. Bo Lind", languages=("en", "fr", "pa"))
    desk.supporter("Dr. Una Unsigned", signed=False)
    proposed, overdue = f"/elsewhere/{desk.match()}", site.paths["from elsewhere, overdue"]
    site.paths |= {"proposed": proposed, "pass": f"{proposed}/pass", "reassign": f"{overdue}/reassign"}
    site.paths |= {act: f"{overdue}/{act}" for act in ("attempt", "give-back", "close")}
    supporter = desk.supporter("Dr. Pia Paused", practice_on=None)
    for act in ("", "/edit", "/pause", "/leave"):
        site.paths[f"a supporter{act}"] = f"/supporters/{supporter}{act}"
    with desk.session() as session:
        session.get_one(Supporter, supporter).paused = True
        row = session.query(OutboxRow).first()
        assert row is not None
        row.state, row.code = "rejected", "schema-invalid"
        session.get_one(LinkState, 1).alarm = "key-log-fork"


def fixed_paths() -> dict[str, str]:
    pages = ("/", "/set-up", "/set-up/enrol", "/requests", "/requests/new", "/supporters", "/supporters/new")
    more = ("/supporters/import", "/settings", "/settings/link", "/help", "/privacy", "/accessibility")
    return {path: path for path in (*pages, *more)}


def cookie_of(client: FlaskClient) -> str:
    """What a signed-in test client holds, for a browser to take over."""
    cookie = client.get_cookie("__Host-session", domain="localhost")
    assert cookie is not None
    return str(cookie.value)


def sign_in(page: Page, host: str, cookie: str) -> None:
    """Sign a browser in at this host."""
    page.context.add_cookies(
        [{"name": "__Host-session", "value": cookie, "domain": host, "path": "/", "secure": True}]
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A busy site with a coordinator signed in and a form under way."""
    for desk in make_desk(tmp_path_factory.mktemp("busy") / "agent"):
        client = desk.client()
        client.get("/")
        with serving(desk.app, HOST) as url:
            site = Site(url, desk, cookie_of(client), paths=fixed_paths())
            busy(desk, site)
            site.draft_id = draft_of(client.post("/requests/new", data=CAME))
            for step, typed in ANSWERS.items():
                client.post(f"/requests/new/{site.draft_id}/{step}", data=typed)
            steps = ["came", *ANSWERS, "check"]
            site.paths |= {f"step {step}": f"/requests/new/{site.draft_id}/{step}" for step in steps}
            yield site


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def browser_page(request: pytest.FixtureRequest, site: Site, new_page: Callable[..., Page]) -> Page:
    """A coordinator's browser at one of the two widths."""
    page = new_page(viewport=request.param)
    sign_in(page, HOST, site.cookie)
    return page


@pytest.mark.parametrize("part", range(N_PARTS))
def test_every_page_owes_nothing_at_either_width(site: Site, browser_page: Page, part: int) -> None:
    wrong = []
    for name, path in list(site.paths.items())[part::N_PARTS]:
        answer = browser_page.goto(site.url + path)
        assert answer is not None
        assert answer.status == 200, (name, path)
        assert "/sign-in" not in browser_page.url, name
        try:
            check_page(browser_page)
        except AssertionError as error:
            wrong.append(f"{name}: {error}")
    assert not wrong, "\n".join(wrong)


def test_wrong_answers_are_marked_and_the_summary_leads_to_them(site: Site, browser_page: Page) -> None:
    browser_page.goto(f"{site.url}/requests/new/{site.draft_id}/contact")
    browser_page.fill("#phone", "12")
    browser_page.get_by_role("button", name="Continue").click()
    check_page(browser_page)
    assert browser_page.title().startswith("Error:")
    browser_page.get_by_role("link", name="Enter a phone number with its area code").click()
    assert browser_page.evaluate("document.activeElement.id") == "phone"
    browser_page.fill("#phone", "250 555 0142")
    browser_page.get_by_role("button", name="Continue").click()
    assert browser_page.url.endswith("/check")


def test_a_list_with_errors_names_the_rows(site: Site, browser_page: Page, tmp_path: Path) -> None:
    wrong = tmp_path / "list.csv"
    wrong.write_text("name,email,stage\nAda,ada@,late\nBo,bo@example.ca,learner\n")
    browser_page.goto(f"{site.url}/supporters/import")
    browser_page.set_input_files("#file", wrong)
    browser_page.get_by_role("button", name="Look at the list").click()
    assert browser_page.get_by_text("Row 3").is_visible()
    check_page(browser_page)
    wrong.write_text("name,email,stage\nDr. Newly Added,new@example.ca,late\n")
    browser_page.set_input_files("#file", wrong)
    browser_page.get_by_role("button", name="Look at the list").click()
    assert browser_page.get_by_text("Dr. Newly Added").is_visible()
    check_page(browser_page)


def test_the_keyboard_alone_records_an_answer(site: Site, browser_page: Page) -> None:
    browser_page.goto(f"{site.url}/requests/new")
    for _ in range(40):
        browser_page.keyboard.press("Tab")
        if browser_page.evaluate("document.activeElement.name") == "door":
            break
    browser_page.keyboard.press("Tab")
    for _ in range(3):
        browser_page.keyboard.press("ArrowDown")
    for typed in ("2", "Nov", "2026", "4:40 pm"):
        browser_page.keyboard.press("Tab")
        browser_page.keyboard.press("Control+A")
        browser_page.keyboard.type(typed)
    browser_page.keyboard.press("Tab")
    browser_page.keyboard.press("Space")
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_url("**/about")


def test_the_paper_to_hand_over_fits_and_says_everything(
    desk: Desk, browser_page: Page, serve_app: Callable[..., str]
) -> None:
    desk.enrol()
    client = desk.client()
    draft_id = draft_of(client.post("/requests/new", data=CAME))
    for step, typed in ANSWERS.items():
        client.post(f"/requests/new/{draft_id}/{step}", data=typed)
    cookie = cookie_of(client)
    url = serve_app(desk.app, "handed.localhost")
    sign_in(browser_page, "handed.localhost", cookie)
    browser_page.goto(f"{url}/requests/new/{draft_id}/check")
    browser_page.get_by_role("button", name="Record and look elsewhere").click()
    check_page(browser_page)
    browser_page.emulate_media(media="print")
    assert browser_page.get_by_text("Your withdrawal code").is_visible()
    assert not browser_page.get_by_text("Hand this to the physician now").is_visible()


def test_the_six_words_are_large_enough_to_read_out(
    desk: Desk, browser_page: Page, serve_app: Callable[..., str]
) -> None:
    key = SigningKey.generate()
    code = EnrolmentCode.new(genesis(key, recovery_hash=key.kid(), now=desk.now))
    with desk.session() as session:
        session.add(
            Enrolment(id=1, state="pending", hub_url="https://hub.example.ca", code_secret=code.secret_text)
        )
    client = desk.client()
    client.get("/")
    cookie = cookie_of(client)
    url = serve_app(desk.app, "words.localhost")
    sign_in(browser_page, "words.localhost", cookie)
    browser_page.goto(f"{url}/set-up/enrol")
    sizes = browser_page.eval_on_selector_all(
        ".app-card__number", "all => all.map((each) => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert len(sizes) == 6
    assert min(sizes) >= 24
    check_page(browser_page)
