"""Every page that a physician or a supporter opens at a site, and the states of it that look different."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import Page

from tests.browser.doors_walk import DOORS
from tests.support.agent import PIN
from tests.support.asking import fill_in
from tests.support.press import press, sees
from tests.support.walk import Act, Scenery, Stop, pressing


def asking(*buttons: str) -> Act:
    """Fill in the form and press on."""

    def act(page: Page, scenery: Scenery) -> None:
        fill_in(page, "Dr. Rowan Example", "250 555 0177", "rowan@private.example")
        for name in buttons:
            press(page, name)

    return act


def opening(button: str = "Open it", pin: str = "", then: Act | None = None) -> Act:
    """Open a link, give the PIN if there is one, go on."""

    def act(page: Page, scenery: Scenery) -> None:
        press(page, button)
        if pin:
            page.get_by_label("Your PIN").fill(pin)
            press(page, "Continue")
        if then is not None:
            then(page, scenery)

    return act


def at(path: str, *buttons: str) -> Act:
    """Go to another page of the same visit, and press."""

    def act(page: Page, scenery: Scenery) -> None:
        page.goto(scenery.urls["links"] + path)
        for name in buttons:
            press(page, name)

    return act


def _sign(page: Page, scenery: Scenery) -> None:
    page.get_by_label("I have read this agreement").check()
    page.get_by_label("Choose a PIN of six digits").fill(PIN)
    page.get_by_label("The same PIN again").fill(PIN)
    press(page, "Sign")
    sees(page, "The agreement is signed")


def _closed(page: Page, scenery: Scenery) -> None:
    press(page, "It has ended: close it")
    page.get_by_label("Yes, or there was nothing on paper").check()
    press(page, "Close it")


def _bad_time(page: Page, scenery: Scenery) -> None:
    press(page, "I left a message")
    page.get_by_label("Day").fill("77")
    press(page, "At that time")


def _pause_without_day(page: Page, scenery: Scenery) -> None:
    at("/mine/availability")(page, scenery)
    page.get_by_label("Not until a day that I give").check()
    press(page, "Save")


ASK = [
    Stop("ask", "public.ask", "/ask"),
    Stop("ask-errors", "public.ask_check", "/ask", pressing("Check my answers"), status=422),
    Stop("ask-filled", "public.ask", "/ask", asking()),
    Stop("ask-check", "public.ask_check", "/ask", asking("Check my answers")),
    Stop("ask-sent", "public.ask_send", "/ask", asking("Check my answers", "Send my request")),
    Stop("request-link", "public.open_request", "/r/{r-looking}"),
    Stop("request-unknown", "public.open_request", "/r/unknown", status=404),
    Stop("request-no-visit", "public.request_page", "/request", status=403),
    *(
        Stop(f"own-request-{state}", "public.request_page", f"/r/{{r-{state}}}", opening("Open my page"))
        for state in ("looking", "in-hand", "in-touch", "withdrawn")
    ),
    Stop(
        "own-request-another", "public.another_person", "/r/{r-in-hand}",
        opening("Open my page", then=at("/request/another")),
    ),
    Stop(
        "own-request-withdraw", "public.withdraw", "/r/{r-looking}",
        opening("Open my page", then=at("/request/withdraw")),
    ),
    Stop("own-request-stay", "public.stay_here", "/r/{r-unmatched}", opening("Open my page", then=at("/request/stay"))),
    Stop("own-request-stayed", "public.request_page", "/r/{r-stayed}", opening("Open my page")),
    Stop(
        "own-request-not-agreed", "public.not_agreed", "/r/{r-stayed}",
        opening("Open my page", then=at("/request/not-agreed")),
    ),
]  # fmt: skip
OFFER = [
    Stop("offer-link", "public.open_offer", "/o/{o-link}"),
    Stop("offer-link-used", "public.open_offer", "/o/{o-used}", status=410),
    Stop("offer-link-fresh", "public.fresh_sent", "/o/{o-fresh}", pressing("Send a fresh link")),
    Stop("offer-link-unknown", "public.open_offer", "/o/unknown", status=404),
    Stop("offer-no-visit", "public.offer", "/offer", status=403),
    Stop("offer", "public.offer", "/o/{o-asked}", opening()),
    Stop("offer-over", "public.offer", "/o/{o-ended}", opening()),
    Stop("offer-pin", "public.offer", "/o/{o-pin}", opening()),
    Stop("offer-pin-wrong", "public.give_pin", "/o/{o-wrong}", opening(pin="000111"), status=422),
    Stop("offer-locked", "public.offer", "/o/{o-locked}", opening(), status=403),
    *(
        Stop(f"offer-{name}", "public.offer", f"/o/{{o-{name}}}", opening(pin=PIN))
        for name in ("waiting", "name", "confirming", "helping", "late", "in-touch", "reached")
    ),
    Stop(
        "offer-name-errors", "public.answer_name", "/o/{o-name-errors}",
        opening(pin=PIN, then=pressing("Send my answer")), status=422,
    ),
    Stop(
        "offer-attempt", "public.record_attempt", "/o/{o-attempt}",
        opening(pin=PIN, then=pressing("I left a message")),
    ),
    Stop(
        "offer-attempt-errors", "public.record_attempt", "/o/{o-attempt-errors}",
        opening(pin=PIN, then=_bad_time), status=422,
    ),
    Stop(
        "offer-close", "public.close_offer", "/o/{o-close}",
        opening(pin=PIN, then=pressing("It has ended: close it")),
    ),
    Stop(
        "offer-close-errors", "public.close_offer", "/o/{o-close-errors}",
        opening(pin=PIN, then=pressing("It has ended: close it", "Close it")), status=422,
    ),
    Stop("offer-closed", "public.offer", "/o/{o-closed}", opening(pin=PIN, then=_closed)),
]  # fmt: skip
AGREEMENT = [
    Stop("agreement-link", "public.open_agreement", "/a/{a-new}"),
    Stop("agreement-link-unknown", "public.open_agreement", "/a/unknown", status=404),
    Stop("agreement-no-visit", "public.agreement", "/agreement", status=403),
    Stop("agreement", "public.agreement", "/a/{a-new}", opening()),
    Stop("agreement-errors", "public.agreement", "/a/{a-new}", opening(then=pressing("Sign")), status=422),
    Stop("agreement-signed", "public.agreement", "/a/{a-new}", opening(then=_sign)),
    Stop("agreement-link-used", "public.open_agreement", "/a/{a-new}", status=410),
]
HERE = [
    Stop("offer-here-pin", "public.offer", "/o/{h-pin}", opening()),
    Stop("offer-here", "public.offer", "/o/{h-asked}", opening(pin=PIN)),
    Stop("offer-here-yes", "public.offer", "/o/{h-yes}", opening(pin=PIN, then=pressing("Yes, I can"))),
    Stop("offer-here-locked", "public.offer", "/o/{h-locked}", opening(), status=403),
    Stop("offer-here-talked", "public.offer", "/o/{h-talked}", opening(pin=PIN)),
    Stop("offer-here-many", "public.offer", "/o/{h-many}", opening(pin=PIN)),
    Stop("tracker", "public.note_talk", "/o/{h-note}", opening(pin=PIN, then=at("/offer/talk"))),
    Stop(
        "tracker-errors", "public.keep_talk", "/o/{h-slip}",
        opening(pin=PIN, then=at("/offer/talk", "Save")), status=422,
    ),
    Stop("check-in", "public.check_in", "/o/{h-check}", opening(pin=PIN, then=at("/offer/check-in"))),
    Stop(
        "check-in-errors", "public.check_in", "/o/{h-check-slip}",
        opening(pin=PIN, then=at("/offer/check-in", "Save")), status=422,
    ),
    Stop("hand-over", "public.hand_over", "/hand-over"),
    Stop("talk-card", "public.talk_card", "/talk-card"),
    Stop("safety-stranger", "public.need_help_now", "/safety"),
    Stop("safety", "public.need_help_now", "/o/{h-safety}", opening(pin=PIN, then=at("/safety"))),
    Stop(
        "safety-errors", "public.note_way", "/o/{h-safety-slip}",
        opening(pin=PIN, then=at("/safety", "Note time and way")), status=422,
    ),
    Stop("safety-noted", "public.way_noted", "/safety/noted"),
]  # fmt: skip
MINE = [
    Stop("mine-link", "public.open_mine", "/m/{m-busy}"),
    Stop("mine-link-unknown", "public.open_mine", "/m/unknown", status=404),
    Stop("mine-no-visit", "public.mine", "/mine", status=403),
    Stop("mine-pin", "public.mine", "/m/{m-pin}", opening()),
    Stop("mine-locked", "public.mine", "/m/{m-locked}", opening(), status=403),
    Stop("mine-free", "public.mine", "/m/{m-free}", opening(pin=PIN)),
    Stop("mine", "public.mine", "/m/{m-busy}", opening(pin=PIN)),
    Stop("availability", "public.availability", "/m/{m-when}", opening(pin=PIN, then=at("/mine/availability"))),
    Stop(
        "availability-errors", "public.availability", "/m/{m-when-slip}",
        opening(pin=PIN, then=_pause_without_day), status=422,
    ),
]  # fmt: skip


STOPS = [replace(stop, who="nobody", at="links") for stop in ASK + OFFER + AGREEMENT + HERE + MINE + DOORS]
