"""What coordinators do at the desk that only a real browser can show. How each page looks, tests/browser sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from protocol.enrolment_code import EnrolmentCode
from protocol.key_log import genesis
from protocol.keys import SigningKey
from site_agent.models import Enrolment
from tests.site_agent.web.steps import fill
from tests.support.browser import PHONE
from tests.support.desk import Desk
from tests.support.press import press, sees
from tests.support.province import plant

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("ui browser")]

Show = Callable[[FlaskClient, str], Page]


@pytest.fixture
def show(desk: Desk, new_page: Callable[..., Page], serve_app: Callable[..., str]) -> Show:
    """A page of the desk on a phone, seen by whoever the client is: show(client, "/requests")."""

    def shown(client: FlaskClient, path: str) -> Page:
        cookie = client.get_cookie("__Host-session", domain="localhost")
        assert cookie is not None
        url = serve_app(desk.app, "cedar.localhost")
        page = new_page(viewport=PHONE)
        plant(page.context, url, {"name": cookie.key, "value": cookie.value})
        page.goto(url + path)
        return page

    return shown


@pytest.fixture
def coordinator(desk: Desk) -> FlaskClient:
    """At a site that its hub approved."""
    desk.enrol()
    return desk.client()


def test_wrong_answers_are_marked_and_the_summary_leads_to_them(coordinator: FlaskClient, show: Show) -> None:
    page = show(coordinator, f"/requests/new/{fill(coordinator)}/contact")
    page.fill("#phone", "12")
    press(page, "Continue")
    assert page.title().startswith("Error:")
    page.get_by_role("link", name="Enter a phone number with its area code").click()
    expect(page.locator("#phone")).to_be_focused()
    page.fill("#phone", "250 555 0142")
    press(page, "Continue")
    assert page.url.endswith("/check")


def test_on_a_phone_the_status_of_a_line_stands_by_its_name(
    desk: Desk, coordinator: FlaskClient, show: Show
) -> None:
    desk.supporter()
    for _each in range(2):
        desk.request()
    gaps = """lines => lines.map(line => line.querySelector('a').getBoundingClientRect().top
      - line.querySelector('.govuk-task-list__status').getBoundingClientRect().bottom)"""
    found = show(coordinator, "/").locator(".govuk-task-list__item").evaluate_all(gaps)
    assert len(found) >= 2
    assert all(abs(gap) < 12 for gap in found), (
        f"after its button it would be read with the next line: {found}"
    )


def test_a_list_with_errors_names_the_rows(coordinator: FlaskClient, show: Show, tmp_path: Path) -> None:
    page = show(coordinator, "/supporters/import")
    chosen = tmp_path / "list.csv"
    chosen.write_text("name,email,stage\nAda,ada@,late\nBo,bo@example.ca,learner\n")
    page.set_input_files("#file", chosen)
    press(page, "Look at the list")
    expect(page.get_by_text("Row 3")).to_be_visible()
    chosen.write_text("name,email,stage\nDr. Newly Added,new@example.ca,late\n")
    page.set_input_files("#file", chosen)
    press(page, "Look at the list")
    expect(page.get_by_text("Dr. Newly Added")).to_be_visible()


def test_the_keyboard_alone_records_an_answer(coordinator: FlaskClient, show: Show) -> None:
    page = show(coordinator, "/requests/new")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "door":
            break
    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    for typed in ("2", "Nov", "2026", "4:40 pm"):
        page.keyboard.press("Tab")
        page.keyboard.press("Control+A")
        page.keyboard.type(typed)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/about")


def test_the_paper_to_hand_over_says_everything(coordinator: FlaskClient, show: Show) -> None:
    page = show(coordinator, f"/requests/new/{fill(coordinator)}/check")
    press(page, "Record and look elsewhere")
    sees(page, "Hand this to the physician now")
    page.emulate_media(media="print")
    expect(page.get_by_text("Your withdrawal code")).to_be_visible()
    expect(page.get_by_text("Hand this to the physician now")).to_be_hidden()


def test_the_six_words_are_large_enough_to_read_out(desk: Desk, show: Show) -> None:
    key = SigningKey.generate()
    code = EnrolmentCode.new(genesis(key, recovery_hash=key.kid(), now=desk.now))
    with desk.session() as session:
        session.add(
            Enrolment(id=1, state="pending", hub_url="https://hub.example.ca", code_secret=code.secret_text)
        )
    page = show(desk.client(), "/set-up/enrol")
    sizes = page.eval_on_selector_all(
        ".app-card__number", "all => all.map((each) => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert len(sizes) == 6
    assert min(sizes) >= 24
