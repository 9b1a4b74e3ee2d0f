"""One request crosses the province in front of everybody: physician, both coordinators, supporter, provincial team."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.agent import PIN
from tests.support.browser import check_page, fits
from tests.support.federation import Agent
from tests.support.press import follow, press, refresh, row, sees
from tests.support.province import Province

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NAME, PHONE_NUMBER = "Dr. Rowan Example", "250-555-0177"


def fill_in(page: Page) -> None:
    """The physician's own form."""
    for choice in ("Burnout or moral injury", "Mid-career", "From elsewhere"):
        page.get_by_label(choice, exact=True).check()
    page.get_by_text("How to talk, and in which language").click()
    page.get_by_label("By phone", exact=True).check()
    page.get_by_text("From elsewhere: places that should not be asked").click()
    page.get_by_label("Send it all the same").check()
    page.get_by_label("Your name").fill(NAME)
    page.get_by_label("Your own phone").fill(PHONE_NUMBER)
    page.get_by_label("Phone call").check()
    page.get_by_label("Voicemail, with a message left").check()
    page.get_by_label("Evenings").check()


def ask(page: Page, url: str) -> tuple[str, str]:
    """The physician asks; the link and the code that they keep."""
    page.goto(url + "/ask")
    fill_in(page)
    press(page, "Check my answers")
    sees(page, NAME)
    press(page, "Send my request")
    sees(page, "Your request is sent")
    code, link = page.locator("strong.app-code"), page.locator("a[href*='/r/']")
    return str(link.get_attribute("href")), code.inner_text()


def say_yes(phone: Page, province: Province, helper: Agent) -> None:
    """The supporter opens the mail, reads the card, says yes and gives the PIN."""
    phone.goto(province.mail(helper))
    press(phone, "Open it")
    sees(phone, "A colleague asked to talk", "You never need to give a reason.")
    assert NAME not in phone.content()
    check_page(phone)
    press(phone, "Yes, I can")
    phone.get_by_label("Your PIN").fill(PIN)
    press(phone, "Continue")
    sees(phone, "Your yes counts")


def answer_the_name(phone: Page, province: Province) -> None:
    """One name, one question; contact details only once the hub has confirmed."""
    province.settle()
    follow(phone, "Look again")
    sees(phone, NAME)
    assert "555" not in phone.locator("main").inner_text()
    check_page(phone)
    phone.get_by_label("No", exact=True).check()
    press(phone, "Send my answer")
    assert "555" not in phone.locator("main").inner_text().replace("250-555-0100", "")
    province.settle()
    phone.reload()
    sees(phone, "(250) 555-0177")
    check_page(phone)


def test_a_request_crosses_the_province(
    province: Province, desk: BrowserContext, phone: Page, scriptless: Page
) -> None:
    home = province.agent("Kettle Basin")
    assert home is not None
    board = province.staff_at(desk)
    sees(board, "No match is open")

    link, _code = ask(scriptless, province.urls[home.name])
    province.settle()
    helper = province.asked_site()
    refresh(board)
    expect(row(board, "Kettle Basin")).to_contain_text(helper.name)
    assert NAME not in board.content()

    today = province.coordinator_at(desk, helper)
    sees(today, f"Today at {helper.name}")
    at_home = province.coordinator_at(desk, home)
    sees(at_home, "Today at Kettle Basin", "Looking elsewhere")
    assert helper.name not in at_home.locator("main").inner_text()
    follow(today, "Ask a supporter for a request from elsewhere", exact=False)
    assert NAME not in today.content()
    today.get_by_role("button", name="Ask ").first.click()
    sees(today, "was asked by email")
    check_page(today)

    say_yes(phone, province, helper)
    answer_the_name(phone, province)
    refresh(board)
    expect(row(board, "Kettle Basin")).to_contain_text("In hand")
    today.reload()
    sees(today, NAME, "First contact is due")
    assert "555-0177" not in today.content()

    press(phone, "I left a message")
    press(phone, "Just now")
    sees(phone, "the limit is met")
    province.settle()
    refresh(board)
    expect(row(board, "Kettle Basin")).to_contain_text("In touch")
    at_home.reload()
    sees(at_home, "In touch")

    press(phone, "I reached them")
    press(phone, "Just now")
    sees(phone, "You talked on")
    press(phone, "It has ended: close it")
    phone.get_by_label("Yes, or there was nothing on paper").check()
    press(phone, "Close it")
    assert NAME not in phone.content()
    province.settle()
    refresh(board)
    sees(board, "No match is open")

    scriptless.goto(link)
    press(scriptless, "Open my page")
    sees(scriptless, "Where your request stands", "touch")
    assert helper.name not in scriptless.content()
    assert fits(scriptless)
