"""Every page of a site's desk, and the states of it that look different."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import Page

from tests.browser import doors_walk, keeping_walk, people_walk, roster_walk
from tests.browser.help_scenery import HELP_STOPS
from tests.browser.sign_in_walk import SIGN_IN
from tests.support.press import press, sees
from tests.support.walk import Act, Scenery, Stop, pressing

LEFT_OUT = {
    "ui.static": "styles, scripts and fonts, loaded by every page",
    "ui.theme": "a style sheet, loaded by every page",
    "web.today_list": "the live part of Today, seen inside it",
    "web.enrol_state": "the live part of the enrolment, seen inside it",
    "web.import_example": "a CSV file to download",
    "web.evaluators_example": "a CSV file to download",
    "public.ask_again": "leads to /ask whoever comes by an address that takes only a POST",
}
LIST = "name,email,phone,stage,languages,modalities,gender,posts,places,foundations,practice\r\n"
GOOD = LIST + "Dr. Bo Ek,bo.ek@example.ca,250-555-0143,mid,en/fr,phone,,,1,2025-09-17,2025-09-25\r\n"
BAD = LIST + (
    "Dr. Bo Ek,not an address,12,middle,en,phone,,,1,2025-09-17,2025-09-25\r\n"
    ",bo@example.ca,,mid,xx,phone,,chief,many,17 September,2025-09-25\r\n"
)


def choosing(text: str) -> Act:
    """Choose a list of supporters and have it read."""

    def act(page: Page, scenery: Scenery) -> None:
        page.locator("input[type=file]").set_input_files(
            {"name": "supporters.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )
        press(page, "Look at the list")

    return act


def _came(page: Page) -> None:
    page.get_by_label("On another day").check()
    for label, value in (("Day", "2"), ("Month", "Nov"), ("Year", "2026"), ("Time", "4:40 pm")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("From elsewhere").check()
    press(page, "Continue")


def _answer(page: Page, step: str, avoid: str) -> None:
    chosen = {
        "about": ("Mid-career", "Burnout or moral injury", "By phone"),
        "wishes": ("Direct supervisor", "A woman", avoid, "Send it all the same"),
        "contact": ("Phone call", "Evenings"),
    }
    for label in chosen[step]:
        page.get_by_label(label).first.check()
    if step == "contact":
        page.get_by_label("Their name").fill("Dr. Wren Canary")
        page.get_by_label("Phone", exact=True).fill("250 555 0142")
    press(page, "Continue")


STEPS = ("about", "wishes", "contact")


def asking_up_to(step: str, avoid: str = "River Bend") -> Act:
    """Answer every page before this one; `recorded`: all of them, and send it."""

    def act(page: Page, scenery: Scenery) -> None:
        _came(page)
        for each in STEPS[: STEPS.index(step)] if step in STEPS else STEPS:
            _answer(page, each, avoid)
        if step == "recorded":
            press(page, "Record and look elsewhere")
            sees(page, "is recorded")

    return act


def _wrong_contact(page: Page, scenery: Scenery) -> None:
    page.get_by_label("Their name").fill("")
    page.get_by_label("Phone", exact=True).fill("12")
    press(page, "Continue")


def _wrong_code(page: Page, scenery: Scenery) -> None:
    page.get_by_label("Address of the hub").fill("https://hub.example.ca")
    page.get_by_label("One-time code").fill("ABCDE-FGHJK")
    press(page, "Connect")


def _no_name(page: Page, scenery: Scenery) -> None:
    page.get_by_label("Name of the site").fill("")
    page.get_by_label("Phone of the coordinator").fill("12")
    page.get_by_label("Address of these pages").fill("nowhere")
    press(page, "Save")


DESK = [
    Stop("today", "web.today", "/"),
    Stop("today-empty", "web.today", "/", who="newcomer", at="fresh"),
    Stop("set-up", "web.set_up", "/set-up"),
    Stop("set-up-fresh", "web.set_up", "/set-up", who="newcomer", at="fresh"),
    Stop("enrol", "web.enrol", "/set-up/enrol", who="newcomer", at="fresh"),
    Stop("enrol-errors", "web.enrol", "/set-up/enrol", pressing("Connect"), "newcomer", 422, "fresh"),
    Stop("enrol-wrong-code", "web.enrol", "/set-up/enrol", _wrong_code, "newcomer", 422, "fresh"),
    Stop("enrol-six-words", "web.enrol", "/set-up/enrol", who="waiter", at="pending"),
    Stop("enrol-approved", "web.enrol", "/set-up/enrol"),
    Stop("settings", "web.settings", "/settings"),
    Stop("settings-errors", "web.settings", "/settings", _no_name, status=422),
    Stop("link", "web.link", "/settings/link"),
    Stop("link-fresh", "web.link", "/settings/link", who="newcomer", at="fresh"),
    Stop("link-alarm", "web.link", "/settings/link", who="waiter", at="pending"),
    Stop("link-alarm-question", "web.link_alarm", "/settings/link/alarm", who="waiter", at="pending"),
    Stop("requests", "web.requests_list", "/requests"),
    Stop("requests-empty", "web.requests_list", "/requests", who="newcomer", at="fresh"),
    *(
        Stop(f"request-{state}", "web.request_page", f"/requests/{{{state}}}")
        for state in ("new", "looking", "held", "touch", "unmatched", "closed", "restate")
    ),
    Stop("request-elsewhere", "web.request_act", "/requests/{new}/elsewhere"),
    Stop("request-withdraw", "web.request_act", "/requests/{looking}/withdraw"),
    Stop("request-stay-here", "web.request_act", "/requests/{unmatched}/stay-here"),
    Stop(
        "request-stay-here-errors", "web.request_act", "/requests/{unmatched}/stay-here",
        pressing("Open the name and ask here"), status=422,
    ),
    Stop("request-close", "web.request_act", "/requests/{new}/close"),
    Stop("request-name", "web.request_name", "/requests/{looking}/name"),
    Stop("request-name-open", "web.request_name", "/requests/{looking}/name", pressing("Open the name")),
    Stop("request-wishes-again", "web.request_wishes", "/requests/{restate}/wishes"),
    Stop("request-another", "web.request_wishes", "/requests/{touch}/wishes"),
    Stop("request-wishes-too-late", "web.request_wishes", "/requests/{closed}/wishes", status=409),
    Stop("no-such-request", "web.request_page", "/requests/nothing", status=404),
    *(
        Stop(f"elsewhere-{state}", "web.elsewhere", f"/elsewhere/{{{state}}}")
        for state in (
            "proposed", "asked", "accepted", "released", "confirming", "in-hand", "overdue", "escalated", "in-touch",
            "closed-there",
        )
    ),
    Stop("elsewhere-reassign", "web.reassign", "/elsewhere/{in-hand}/reassign"),
    Stop("elsewhere-attempt", "web.record_attempt", "/elsewhere/{in-hand}/attempt"),
    Stop(
        "elsewhere-attempt-errors", "web.record_attempt", "/elsewhere/{in-hand}/attempt", pressing("Record it"),
        status=422,
    ),
    Stop("elsewhere-pass", "web.match_act", "/elsewhere/{proposed}/pass"),
    Stop("elsewhere-give-back", "web.match_act", "/elsewhere/{overdue}/give-back"),
    Stop("elsewhere-close", "web.close_match", "/elsewhere/{in-touch}/close"),
    *HELP_STOPS,
    *keeping_walk.STOPS,
    Stop("supporters", "web.supporters", "/supporters"),
    Stop("supporters-empty", "web.supporters", "/supporters", who="newcomer", at="fresh"),
    Stop("supporter", "web.supporter", "/supporters/{supporter}"),
    Stop("supporter-long-name", "web.supporter", "/supporters/{long}"),
    Stop("supporter-unsigned", "web.supporter", "/supporters/{unsigned}"),
    Stop("supporter-paused", "web.supporter", "/supporters/{paused}"),
    Stop("supporter-new", "web.new_supporter", "/supporters/new"),
    Stop("supporter-new-errors", "web.new_supporter", "/supporters/new", pressing("Save"), status=422),
    Stop("supporter-edit", "web.edit_supporter", "/supporters/{long}/edit"),
    Stop("supporter-pause", "web.pause_supporter", "/supporters/{long}/pause"),
    Stop("supporter-leaves", "web.supporter_leaves", "/supporters/{long}/leave"),
    Stop("supporter-pin", "web.reset_pin", "/supporters/{supporter}/pin"),
    Stop("import", "web.import_supporters", "/supporters/import"),
    Stop("import-errors", "web.import_supporters", "/supporters/import", choosing(BAD), status=422),
    Stop("import-check", "web.import_check", "/supporters/import", choosing(GOOD)),
    Stop("safety-reports", "web.safety_reports", "/safety/reports", who="keeper"),
    Stop(
        "safety-reports-open", "web.safety_reports", "/safety/reports", pressing("Open the reports"), who="keeper"
    ),
    Stop("record", "web.record", "/requests/new"),
    Stop("record-errors", "web.record", "/requests/new", pressing("Continue"), status=422),
    *(Stop(f"record-{step}", "web.record_step", f"/requests/new/{{draft}}/{step}") for step in ("came", *STEPS)),
    Stop("record-contact-errors", "web.record_step", "/requests/new/{draft}/contact", _wrong_contact, status=422),
    Stop("record-check", "web.record_check", "/requests/new/{unsent}/check"),
    Stop(
        "record-hand-over", "web.record_check", "/requests/new/{unsent}/check", pressing("Record and look elsewhere")
    ),
]  # fmt: skip
ANYBODY = [
    Stop("help", "web.help", "/help"),
    Stop("privacy", "web.privacy", "/privacy"),
    Stop("accessibility", "web.accessibility", "/accessibility"),
    Stop("not-found", None, "/nowhere", status=404),
]
STOPS = [
    *(replace(stop, who=stop.who or "coordinator") for stop in DESK + doors_walk.DESK + roster_walk.DESK),
    *(replace(stop, who=stop.who or "coordinator") for stop in people_walk.SITE + people_walk.ACCOUNT),
    replace(people_walk.REMOVING, who="coordinator"),
    *(replace(stop, who="nobody") for stop in ANYBODY + SIGN_IN),
]
