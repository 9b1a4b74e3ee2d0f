"""The pages of the roster's lists, of who assesses whose work and of the policy, and the states that look different."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Page

from site_agent.models import Supporter
from site_agent.services import evaluators, policy, roster
from site_agent.services.evaluators import Physician
from tests.support.desk import Desk
from tests.support.press import press
from tests.support.walk import Act, Scenery, Stop, pressing

LONG = "Dr. Maximiliane Featherstonehaugh-Wolfeschlegelsteinhausen"
PAIRS = "supporter-email,physician-name,physician-email\n"
KNOWN = (
    "name,email,stage,languages\nDr. Known Otherwise,haddad@example.ca,mid,Punjabi / American Sign Language\n"
)


def pasting(text: str) -> Act:
    """Paste a list and have it read."""

    def act(page: Page, scenery: Scenery) -> None:
        page.get_by_label("Or paste the rows").fill(text)
        press(page, "Look at the list")

    return act


def entering(value: str) -> Act:
    """Enter another value of a setting."""

    def act(page: Page, scenery: Scenery) -> None:
        page.locator("#value").fill(value)
        press(page, "Save")

    return act


def _later(page: Page, scenery: Scenery) -> None:
    page.get_by_label("After a last day").check()
    press(page, "Record that they leave")


def _every_section(page: Page, scenery: Scenery) -> None:
    page.get_by_role("button", name="Show all sections").click()
    page.locator("#crisis_phone").wait_for()


ASSESSING = "/supporters/assessing/import"
POLICY = "/settings/policy"
DESK = [
    Stop("supporter-leaving", "web.supporter", "/supporters/{leaving}"),
    Stop("supporter-leaves-errors", "web.supporter_leaves", "/supporters/{long}/leave", _later, status=422),
    Stop("import-known", "web.import_check", "/supporters/import", pasting(KNOWN)),
    Stop("import-none", "web.import_supporters", "/supporters/import", pressing("Look at the list"), status=422),
    Stop("assessing", "web.evaluators", "/supporters/assessing"),
    Stop("assessing-empty", "web.evaluators", "/supporters/assessing", who="newcomer", at="fresh"),
    Stop("assesses", "web.supporter_assesses", "/supporters/{supporter}/assesses"),
    Stop("assesses-none", "web.supporter_assesses", "/supporters/{long}/assesses"),
    Stop(
        "assesses-errors", "web.supporter_assesses", "/supporters/{supporter}/assesses", pressing("Add"), status=422
    ),
    Stop("assesses-not", "web.no_longer_assesses", "/supporters/{supporter}/assesses/{line}"),
    Stop("assessing-import", "web.import_evaluators", ASSESSING),
    Stop(
        "assessing-errors", "web.import_evaluators", ASSESSING, pasting(PAIRS + f"nobody@example.ca,{LONG},x\n"),
        status=422,
    ),
    Stop(
        "assessing-check", "web.check_evaluators", ASSESSING,
        pasting(PAIRS + f"haddad@example.ca,{LONG},{'long.' * 9}name@example.ca\n"),
    ),
    Stop("policy", "web.policy", POLICY, _every_section),
    Stop("policy-fresh", "web.policy", POLICY, who="newcomer", at="fresh"),
    Stop("policy-history", "web.policy_history", f"{POLICY}/history"),
    Stop("policy-number", "web.change_policy", f"{POLICY}/contact_hours"),
    Stop("policy-choice", "web.change_policy", f"{POLICY}/routine_outreach"),
    Stop("policy-text", "web.change_policy", f"{POLICY}/keeper_phone"),
    Stop("policy-errors", "web.change_policy", f"{POLICY}/contact_hours", entering("48"), status=422),
]  # fmt: skip


def at_a_site(desk: Desk, supporter: str) -> dict[str, str]:
    """Somebody who leaves, a supporter who assesses two physicians, and a policy with changes; the names in paths."""
    leaving = desk.supporter("Dr. Leo Abschied")
    with desk.session() as session:
        roster.leave(session, session.get_one(Supporter, leaving), desk.now, date(2026, 11, 30))
        row = session.get_one(Supporter, supporter)
        for physician in (Physician(LONG, "m.f@example.ca"), Physician("שרה לוי")):
            line = evaluators.add(session, row, physician, desk.now)
        policy.put(session, "talks", 4, desk.now)
        policy.put(session, "routine_outreach", "yes", desk.now)
        return {"leaving": leaving, "line": line.evaluator_id}
