"""A supporter's links and PIN when things go wrong: used, expired, locked, late, close to the physician."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from site_agent.clock.loop import once
from tests.support.agent import IDENTITY, PIN
from tests.support.federation import Agent, Asked
from tests.support.press import follow, nothing_from_elsewhere, press, sees
from tests.support.province import Province

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def asked(province: Province) -> Asked:
    """A request that one site was asked to help with."""
    home = province.agent("Kettle Basin")
    assert home is not None
    asked = home.asks()
    province.settle()
    return asked


@pytest.fixture
def helper(province: Province, asked: Asked) -> Agent:
    """That site; its coordinator has pressed Ask."""
    helper = province.asked_site()
    helper.asks_a_supporter()
    return helper


def give_pin(page: Page, pin: str) -> None:
    """Type it and go on."""
    page.get_by_label("Your PIN").fill(pin)
    press(page, "Continue")


def test_a_link_opens_once_and_the_page_behind_it_sends_a_fresh_one(
    province: Province, helper: Agent, phone: Page
) -> None:
    link = province.mail(helper)
    phone.goto(link)
    phone.goto(link)
    press(phone, "Open it")
    sees(phone, "A colleague asked to talk")
    phone.goto(link)
    sees(phone, "This link was used, or its time is over")
    press(phone, "Send a fresh link")
    sees(phone, "A fresh link is on its way")
    fresh = province.mail(helper)
    assert fresh != link
    phone.context.clear_cookies()
    phone.goto(province.urls[helper.name] + "/offer")
    sees(phone, "Open your link again")
    phone.goto(fresh)
    press(phone, "Open it")
    sees(phone, "A colleague asked to talk")


def test_an_offer_whose_time_is_over_says_so_and_opens_nothing(
    province: Province, helper: Agent, phone: Page
) -> None:
    link = province.mail(helper)
    province.pass_time(hours=25)
    phone.goto(link)
    assert phone.get_by_role("button", name="Open it").count() == 0
    assert "Burnout" not in phone.content()


def test_five_wrong_pins_lock_and_a_fresh_link_unlocks(
    province: Province, helper: Agent, phone: Page
) -> None:
    phone.goto(province.mail(helper))
    press(phone, "Open it")
    press(phone, "Yes, I can")
    give_pin(phone, "12")
    sees(phone, "The PIN is six digits")
    for left in ("4 tries left", "3 tries left", "2 tries left", "1 try left"):
        give_pin(phone, "000111")
        sees(phone, left)
    give_pin(phone, "000111")
    sees(phone, "locked")
    expect(phone.get_by_label("Your PIN")).to_have_count(0)
    phone.reload()
    sees(phone, "locked")
    press(phone, "Send a fresh link")
    phone.goto(province.mail(helper))
    province.settle()
    press(phone, "Open it")
    assert IDENTITY.name not in phone.content()
    give_pin(phone, PIN)
    sees(phone, IDENTITY.name)


def test_somebody_close_to_the_physician_leaves_no_trace_and_another_site_is_asked(
    province: Province, helper: Agent, phone: Page, desk: BrowserContext
) -> None:
    phone.goto(province.mail(helper))
    press(phone, "Open it")
    press(phone, "Yes, I can")
    give_pin(phone, PIN)
    province.settle()
    follow(phone, "Look again")
    phone.get_by_label("Yes", exact=True).check()
    press(phone, "Send my answer")
    sees(phone, "Nothing is left for you to do")
    province.settle()
    assert province.asked_site() is not helper
    today = province.coordinator_at(desk, helper)
    nothing_from_elsewhere(today)
    assert IDENTITY.name not in today.content()


def test_contact_details_close_when_the_physician_withdraws(
    province: Province, asked: Asked, helper: Agent, phone: Page
) -> None:
    phone.goto(province.mail(helper))
    press(phone, "Open it")
    press(phone, "Yes, I can")
    give_pin(phone, PIN)
    province.settle()
    follow(phone, "Look again")
    phone.get_by_label("No", exact=True).check()
    press(phone, "Send my answer")
    province.settle()
    phone.reload()
    sees(phone, "(250) 555-0142")
    asked.does("withdraw")
    province.settle()
    once(helper.app)
    phone.reload()
    sees(phone, "Nothing is left for you to do")
    assert "555-0142" not in phone.content()


def test_a_late_first_contact_is_extended_once_and_counts_when_it_is_recorded_by_phone(
    province: Province, helper: Agent, desk: BrowserContext
) -> None:
    helper.says_yes()
    province.settle()
    helper.answers_the_name(close=False)
    province.settle()
    province.pass_time(hours=72, minutes=1)
    today = province.coordinator_at(desk, helper)
    follow(today, "Decide about a first contact that is late", exact=False)
    sees(today, "Past the limit", "late")
    press(today, "Extend the limit once")
    sees(today, "The limit is extended.")
    assert today.get_by_role("button", name="Extend the limit once").count() == 0
    press(today, "Record an attempt by phone")
    today.get_by_label("They left a message, or tried").check()
    press(today, "Record it")
    sees(today, "The attempt is recorded.", "In touch")
    province.settle()
    board = province.staff_at(desk)
    sees(board, "In touch")
