"""The pages of reach-out and of everything held, and the states of them that look different."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from playwright.sync_api import Page
from sqlalchemy import select

from site_agent.models import AnySession, Mail, Outreach
from site_agent.services import held_for_physician, links, outreach, requests
from site_agent.services.outreach import Notice, Told
from tests.support.desk import IDENTITY, Desk
from tests.support.press import press
from tests.support.walk import Act, Scenery, Stop, pressing

LONG = "Dr. Maximiliane Featherstonehaugh-Wolfeschlegelsteinhausen"
CODE = "held-code"


def _told(page: Page, scenery: Scenery) -> None:
    page.get_by_label("A colleague", exact=True).check()
    page.get_by_label("Yes, they told me so").check()
    page.get_by_label("Their name").fill("Dr. Rowan Example")
    page.get_by_label("Their phone").fill("250 555 0177")
    press(page, "Send")


def _no_consent(page: Page, scenery: Scenery) -> None:
    page.get_by_label("No, or I have not asked").check()
    press(page, "Send")


def _too_many(page: Page, scenery: Scenery) -> None:
    """As if this network had sent its share: once at most it is judged, then it is held back."""
    settings = scenery.apps["links"].extensions
    usual = settings["agent_config"]
    settings["agent_config"] = replace(usual, forms_from_address=1)
    try:
        press(page, "Send")
        if page.get_by_role("button", name="Send", exact=True).is_visible():
            press(page, "Send")
    finally:
        settings["agent_config"] = usual


def opening(button: str, path: str = "", *buttons: str) -> Act:
    """Open a link, go to another page of the same visit, and press."""

    def act(page: Page, scenery: Scenery) -> None:
        press(page, button)
        if path:
            page.goto(scenery.urls["links"] + path)
        for name in buttons:
            press(page, name)

    return act


def _held(page: Page, scenery: Scenery) -> None:
    opening("Open my page", "/request/held")(page, scenery)
    page.get_by_label("The code from the email").fill(scenery.ways[CODE])
    press(page, "Show everything")


DOORS = [
    Stop("notify", "public.notify", "/notify"),
    Stop("notify-errors", "public.notify_send", "/notify", pressing("Send"), status=422),
    Stop("notify-later", "public.notify_send", "/notify", _too_many, status=429),
    Stop("notify-more", "public.notify_send", "/notify", pressing("Add another person")),
    Stop("notify-first", "public.notify_send", "/notify", _no_consent),
    Stop("notify-received", "public.notify_received", "/notify", _told),
    Stop("reply-link", "public.open_reply", "/reply/{reach-open}"),
    Stop("reply-unknown", "public.open_reply", "/reply/unknown", status=404),
    Stop("reply", "public.reply", "/reply/{reach-open}", opening("Open it")),
    Stop("reply-no", "public.reply", "/reply/{reach-no}", opening("Open it", "", "Not now, thank you")),
    Stop("reply-ask", "public.ask_from_reply", "/reply/{reach-open}", opening("Open it", "/ask/reply")),
    Stop("held", "public.held_question", "/r/{held-none}", opening("Open my page", "/request/held")),
    Stop("held-code", "public.held_question", "/r/{held-sent}", opening("Open my page", "/request/held")),
    Stop(
        "held-code-errors", "public.held_code", "/r/{held-sent}",
        opening("Open my page", "/request/held", "Show everything"), status=422,
    ),
    Stop("held-all", "public.held_all", "/r/{held-sent}", _held),
]  # fmt: skip
DESK = [
    Stop("outreach-list", "web.outreach_list", "/outreach"),
    Stop("outreach-new", "web.outreach_new", "/outreach/new"),
    Stop("outreach-new-errors", "web.outreach_new", "/outreach/new", pressing("Record it"), status=422),
    Stop("outreach-more", "web.outreach_new", "/outreach/new", pressing("Add another person")),
    *(
        Stop(f"outreach-{name}", "web.outreach_page", f"/outreach/{{reach-{name}}}")
        for name in ("new", "contacted", "followed-up", "offered", "resources")
    ),
    Stop("outreach-contact", "web.outreach_contact", "/outreach/{reach-new}", pressing("Show whom to call")),
    Stop("outreach-hold", "web.hold_outreach", "/outreach/{reach-new}/hold"),
    Stop("outreach-lift", "web.lift_outreach_hold", "/outreach/{reach-new}/hold/lift"),
    Stop("outreach-act", "web.outreach_act", "/outreach/{reach-contacted}/called-again"),
    Stop("outreach-no", "web.outreach_not_now", "/outreach/{reach-contacted}/not-now"),
    Stop(
        "outreach-no-errors", "web.outreach_not_now", "/outreach/{reach-contacted}/not-now",
        pressing("Keep it as offered"), status=422,
    ),
    Stop("outreach-ask", "web.outreach_ask", "/outreach/{reach-contacted}/ask"),
    Stop(
        "outreach-ask-errors", "web.outreach_ask", "/outreach/{reach-contacted}/ask",
        pressing("Record the request"), status=422,
    ),
]  # fmt: skip


def doors_at_work(desk: Desk) -> dict[str, str]:
    """Outreaches in every state at a desk."""
    ways, now = {}, desk.now
    for n, name in enumerate(("new", "contacted", "followed-up", "offered", "resources")):
        with desk.session() as session:
            who = Told(
                LONG if n == 0 else f"Dr. Outreach {n}", f"+125055501{n:02}", f"o{n}@example.ca", agreed=True
            )
            row = _reached(session, who, f"{n}", now)
            if name in ("contacted", "followed-up"):
                outreach.contact(session, row, now)
            if name == "followed-up":
                outreach.follow_up(session, row, now)
            if name in ("offered", "resources"):
                outreach.refuse(session, row, name == "resources", now)
            ways[f"reach-{name}"] = row.outreach_id
    return ways


def doors_with_links(desk: Desk) -> dict[str, str]:
    """Links of those who were reached out to, and of physicians who want to see everything held."""
    ways, now = {}, desk.now
    for n, name in enumerate(("open", "no")):
        with desk.session() as session:
            who = Told(f"Dr. Outreach {n}", f"+125055502{n:02}", f"r{n}@example.ca", agreed=True)
            row = _reached(session, who, name, now)
            outreach.contact(session, row, now)
            ways[f"reach-{name}"] = links.issue(session, outreach.LINK, row.outreach_id, None, now)
    for name in ("none", "sent"):
        with desk.session() as session:
            who = replace(IDENTITY, name=LONG, email="rowan@private.example")
            new = requests.NewRequest("form", now, "mid", "any", "loss", who, hint="view", elsewhere=True)
            recorded = requests.record(session, new, now)
            ways[f"held-{name}"] = recorded.link_token
            if name == "sent":
                held_for_physician.send_code(session, recorded.request, now)
                ways[CODE] = str(session.scalars(select(Mail).where(Mail.kind == "held")).one().link)
    return ways


def _reached(session: AnySession, who: Told, seed: str, now: datetime) -> Outreach:
    before = set(session.scalars(select(Outreach.outreach_id)))
    outreach.record(session, Notice("leader", (who,), "adverse-event"), seed, now)
    return session.scalars(select(Outreach).where(Outreach.outreach_id.not_in(before))).one()
