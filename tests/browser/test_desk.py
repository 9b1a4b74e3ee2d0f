"""What coordinators and the provincial team do besides a match: enrol, record by phone, mend, add a list, sign in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from hub.auth import invite_person
from protocol.messages import load_body
from site_agent import outbox
from site_agent.models import Supporter
from tests.browser.hub_walk import new_site
from tests.browser.sign_in_walk import PASSWORD, sign_in
from tests.browser.site_walk import BAD, GOOD, asking_up_to, choosing
from tests.support.browser import check_page
from tests.support.federation import HUB_URL, Agent
from tests.support.press import follow, nothing_from_elsewhere, press, refresh, row, sees
from tests.support.province import Province

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def home(province: Province) -> Agent:
    """The site that asks."""
    agent = province.agent("Kettle Basin")
    assert agent is not None
    return agent


def six_words(page: Page) -> list[str]:
    """The words on the cards."""
    expect(page.locator(".app-card__number")).to_have_count(6)
    return page.locator(".app-card__number").all_inner_texts()


def test_a_site_joins_with_six_words_on_both_screens(
    province: Province, desk: BrowserContext, serve_app: Callable[..., str]
) -> None:
    newcomer = province.stranger("Fraser Bend")
    province.serve_site(serve_app, newcomer)
    board = province.staff_at(desk, "/sites/new")
    new_site(board, "Fraser Bend")
    code = board.locator("#code").inner_text()
    follow(board, "Back to Fraser Bend")
    sees(board, "has not used it yet")

    screen = province.coordinator_at(desk, newcomer, "/set-up/enrol")
    screen.get_by_label("Address of the hub").fill(HUB_URL)
    screen.get_by_label("One-time code").fill(code[:-1])
    press(screen, "Connect")
    expect(screen.get_by_label("One-time code")).to_have_value(code[:-1])
    screen.get_by_label("One-time code").fill(code)
    press(screen, "Connect")
    sees(screen, "Read these six words")

    board.reload()
    assert six_words(board) == six_words(screen)
    check_page(screen)
    check_page(board)
    board.get_by_label("I compared all six words").check()
    press(board, "Approve this site")
    sees(board, "Fraser Bend takes part now.")
    assert newcomer.exchange()
    refresh(screen)
    sees(screen, "This site is enrolled.")


def test_a_request_by_phone_is_recorded_on_five_pages(
    province: Province, home: Agent, desk: BrowserContext, phone: Page
) -> None:
    screen = province.coordinator_at(desk, home, "/requests/new")
    asking_up_to("recorded", avoid="Cedar Inlet")(screen, None)  # type: ignore[arg-type]
    sees(screen, "Get this to the physician now. It is shown once")
    link = screen.locator("span.app-code").first.inner_text()
    follow(screen, screen.get_by_role("link", name="request ").last.inner_text())
    sees(screen, "Looking elsewhere", "Closed, since it goes elsewhere")
    assert "Canary" not in screen.content()
    province.settle()
    assert province.asked_site().name == "Selkirk Ridge", "Cedar Inlet was to be avoided"

    screen.get_by_role("link", name="Open the name").click()
    sees(screen, "The physician will see that you opened it, and when.")
    press(screen, "Open the name")
    sees(screen, "Dr. Wren Canary")
    phone.goto(link)
    press(phone, "Open my page")
    sees(phone, "The coordinator of your site opened your name")
    press_through_withdrawal(phone)
    province.settle()
    asked = province.agent("Selkirk Ridge")
    assert asked is not None
    nothing_from_elsewhere(province.coordinator_at(desk, asked))


def press_through_withdrawal(page: Page) -> None:
    """The physician takes the request back."""
    follow(page, "Withdraw my request")
    press(page, "Withdraw my request")
    sees(page, "Withdrawn")


def test_the_hub_withdraws_by_code_and_asks_for_no_name(
    province: Province, home: Agent, desk: BrowserContext, phone: Page
) -> None:
    asked = home.asks()
    province.settle()
    helper = province.asked_site()
    today = province.coordinator_at(desk, helper)
    sees(today, "Ask a supporter for a request from elsewhere")
    home.wire.dark = True

    phone.goto(province.urls["hub"] + "/withdraw")
    expect(phone.get_by_role("textbox")).to_have_count(1)
    phone.get_by_label("Withdrawal code").fill(asked.withdrawal_secret.lower())
    press(phone, "Show where it stands")
    assert not any(agent.name in phone.content() for agent in province.agents)
    press(phone, "Withdraw my request")
    sees(phone, "Your request is withdrawn")
    province.settle()
    refresh(today)
    nothing_from_elsewhere(today)


def test_pages_do_their_job_with_the_hub_away(
    province: Province, home: Agent, desk: BrowserContext, phone: Page
) -> None:
    home.wire.dark = True
    home.exchange()
    province.clock.advance(minutes=10)
    screen = province.coordinator_at(desk, home)
    sees(screen, "Not connected")
    home.asks()
    screen.goto(province.urls[home.name] + "/settings/link")
    sees(screen, "Waiting to be sent", "A request that looks elsewhere")
    check_page(screen)
    home.wire.dark = False
    province.settle()
    screen.reload()
    sees(screen, "Connected", "No message waits.")


def test_a_message_that_the_hub_refused_is_seen_and_sent_again(
    province: Province, home: Agent, desk: BrowserContext
) -> None:
    until = int((province.clock.at + timedelta(days=7)).timestamp())
    twice = {
        "bands": [{"stage": "mid", "open": "1-2"}] * 2,
        "languages": ["en"],
        "modalities": ["phone"],
        "until": until,
    }
    with home.session() as session:
        outbox.queue(
            session, load_body("offers.capacity", json.loads(json.dumps(twice))), now=province.clock.at
        )
    home.exchange()
    screen = province.coordinator_at(desk, home)
    follow(screen, "Look at what the hub refused")
    sees(screen, "Refused by the hub")
    press(screen, "Send again")
    sees(screen, "It is sent again.", "Waiting to be sent")
    home.exchange()
    screen.reload()
    sees(screen, "Refused by the hub")
    press(screen, "Take off the list")
    sees(screen, "It is off the list.", "No message waits.")


def test_a_list_with_errors_says_how_to_mend_each_and_adds_nobody(
    province: Province, home: Agent, desk: BrowserContext
) -> None:
    screen = province.coordinator_at(desk, home, "/supporters/import")
    choosing(BAD)(screen, None)  # type: ignore[arg-type]
    sees(screen, "What to mend", "Give an email address")
    assert home.rows(Supporter) == []
    choosing(GOOD)(screen, None)  # type: ignore[arg-type]
    sees(screen, "Add 1 supporter?", "Dr. Bo Ek")
    assert home.rows(Supporter) == []
    press(screen, "Add this supporter")
    sees(screen, "1 supporter was added.", "Agreement to sign")
    follow(screen, "Dr. Bo Ek")
    press(screen, "Send the agreement")
    sees(screen, "The link is on its way to Dr. Bo Ek.")
    assert "/a/" in province.mail(home)


def test_one_person_signs_in_to_the_hub_and_a_site_each_with_password_and_code(
    province: Province, home: Agent, desk: BrowserContext
) -> None:
    with province.hub.session() as session:
        token = invite_person(session, "robin@hub.example", "Robin Achebe", "staff", province.clock.at)
    board = desk.new_page()
    board.goto(province.urls["hub"] + "/sign-in/welcome/" + token)
    board.get_by_label("New password", exact=True).fill(PASSWORD)
    press(board, "Set password")
    sign_in(board, "robin@hub.example")
    secret = re.sub(r"\s", "", board.locator("code").inner_text())
    board.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).at(province.clock.at))
    press(board, "Finish and sign in")
    follow(board, "Not now")
    sees(board, "Overview")
    screen = province.coordinator_at(desk, home)
    board.reload()
    sees(board, "Overview")
    press(board, "Sign out")
    sees(board, "Sign in")
    screen.reload()
    sees(screen, "Today at Kettle Basin")

    province.clock.advance(minutes=1)
    board.goto(province.urls["hub"] + "/matches")
    sign_in(board, "robin@hub.example")
    board.get_by_label("Code", exact=True).fill("000000")
    press(board, "Sign in")
    sees(board, "That code is not right")
    board.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).at(province.clock.at))
    press(board, "Sign in")
    expect(board).to_have_url(province.urls["hub"] + "/matches")
    assert row(board, "Kettle Basin").count() == 0
