"""Three sites: one at work, one whose links people open, and one that has not begun."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from protocol.messages.handover import Identity
from site_agent.auth import TableStore
from site_agent.models import Enrolment, LinkState, Match, Offer, OutboxRow, Person, Site, Supporter
from site_agent.services import (
    agreements,
    inter_site_home,
    interactions,
    links,
    local,
    offers,
    requests,
    safety,
    stay,
    timeline,
    tracker,
)
from tests.browser.doors_walk import doors_at_work, doors_with_links
from tests.browser.help_scenery import helped_here
from tests.browser.sign_in_walk import PASSWORD
from tests.site_agent.web.steps import ANSWERS, CAME
from tests.support.agent import pin_hash
from tests.support.desk import Desk, draft_of, make_desk
from tests.support.walk import Scenery
from ui.signin.passwords import passwords

HOUR = timedelta(hours=1)
LONG_SITE = "Northern Interior Hospital Medical Staff Association Physicians’ Peer Support"
LONG = "Dr. Maximiliane Featherstonehaugh-Wolfeschlegelsteinhausen"
ROWAN = Identity(
    "Dr. Rowan Example", ("call", "text"), ("evening",), phone="+12505550177", email="rowan@private.example"
)
_LATE = {"due_at": -3 * HOUR, "confirmed_at": -75 * HOUR}
_LEFT = {"attempted_at": -2 * HOUR}
OFFERS: dict[str, tuple[str, dict[str, timedelta]]] = {
    "link": ("asked", {}), "used": ("asked", {}), "fresh": ("asked", {}), "asked": ("asked", {}),
    "ended": ("asked", {}),
    "pin": ("released", {}), "wrong": ("in-hand", {}), "locked": ("in-hand", {}), "waiting": ("accepted", {}),
    "name": ("released", {}), "name-errors": ("released", {}), "confirming": ("confirming", {}),
    "helping": ("in-hand", {}), "late": ("overdue", _LATE), "in-touch": ("in-touch", _LEFT),
    "reached": ("in-touch", {**_LEFT, "reached_at": -HOUR}), "attempt": ("in-hand", {}),
    "attempt-errors": ("in-hand", {}),
    "close": ("in-touch", _LEFT), "close-errors": ("in-touch", _LEFT), "closed": ("in-touch", _LEFT),
}  # fmt: skip
"""For each link: the state behind it, and moments of it counted from now. A link opens once, so each stop has one."""
HERE = {
    "pin": None, "asked": None, "yes": None, "locked": None, "talked": 0, "many": 3, "note": 0, "slip": 0,
    "check": 1, "check-slip": 1, "safety": 1, "safety-slip": 1,
}  # fmt: skip
"""For each link to a request of the site: how many talks are noted, or None while the supporter is asked."""
OWN = ("pin", "locked", "free", "busy", "when", "when-slip")
_FAMILY = ("Albrecht", "Reyes", "Sandhu", "Fraser", "Li", "Dufresne", "Haddad", "Sato", "Okafor", "Lindqvist")


@contextmanager
def site_at(folder: Path, name: str) -> Iterator[Desk]:
    """A site in a folder of its own."""
    with contextmanager(make_desk)(folder) as desk:
        desk.app.config["WTF_CSRF_ENABLED"] = True
        with desk.session() as session:
            session.get_one(Site, 1).name = name
        yield desk


def at_work(desk: Desk) -> dict[str, str]:
    """Something of everything; the names that paths use."""
    desk.enrol()
    now = desk.now
    with desk.session() as session:
        session.get_one(Enrolment, 1).hub_url = "https://hub.example.ca"
    names = ("Dr. Ines Albrecht", "Dr. Tomas Reyes", LONG, "Dr. Wen Li")
    ines, tomas, long, wen = (desk.supporter(name, max_open=3) for name in names)
    unsigned = desk.supporter("Dr. Noel Fraser", signed=False)
    desk.supporter("Dr. Leila Haddad", practice_on=None)
    paused = desk.supporter("Dr. Ken Sato")
    ways = {"supporter": ines, "long": long, "unsigned": unsigned, "paused": paused}
    with desk.session() as session:
        session.get_one(Supporter, paused).paused = True
    ways |= _requests(desk)
    ways["overdue"] = desk.match("overdue", tomas, due_at=now - 3 * HOUR, confirmed_at=now - 75 * HOUR)
    escalated = {"due_at": now - 27 * HOUR, "confirmed_at": now - 99 * HOUR, "extended_at": now - 30 * HOUR}
    ways["escalated"] = desk.match("escalated", long, **escalated)
    ways["proposed"] = desk.match(answer_by=now + 21 * HOUR)
    ways["asked"] = desk.match("asked", ines)
    for state in ("accepted", "confirming"):
        ways[state] = desk.match(state, desk.supporter(f"Dr. Emmanuelle {state.title()}-Tremblay"))
    ways["released"] = desk.match("released", wen)
    ways["in-hand"] = desk.match("in-hand", wen)
    ways["in-touch"] = desk.match("in-touch", ines, attempted_at=now - HOUR)
    ways["closed-there"] = desk.match("closed", None)
    ways["refused"] = _messages(desk)
    ways |= doors_at_work(desk)
    ways |= helped_here(desk)
    with desk.session() as session:
        for route in ("crisis-line", "keeper"):
            safety.report(session, None, route, safety.ticket(), now - 5 * HOUR)
        safety.debrief_offered(session, safety.reports(session)[0], now - HOUR)
    return ways


def _requests(desk: Desk) -> dict[str, str]:
    now = desk.now
    ways = {
        "new": desk.request(received_at=now - 26 * HOUR),
        "looking": desk.request(elsewhere=True, door="form", received_at=now - 5 * HOUR),
        "held": desk.request(elsewhere=True, state="in-hand", door="inbox", received_at=now - 49 * HOUR),
        "touch": desk.request(elsewhere=True, state="in-touch", received_at=now - 74 * HOUR),
        "unmatched": desk.request(elsewhere=True, state="unmatched", received_at=now - 160 * HOUR),
        "closed": desk.request(state="closed", door="paper", received_at=now - 400 * HOUR),
        "restate": desk.request(elsewhere=True, received_at=now - 90 * HOUR),
    }
    with desk.session() as session:
        session.get_one(requests.Request, ways["restate"]).restate = True
        for code in ("in-hand", "in-touch"):
            timeline.note(session, ways["touch"], code, now - 20 * HOUR)
    return ways


def _messages(desk: Desk) -> str:
    """One message that the hub refused; the others wait."""
    with desk.session() as session:
        row = session.scalars(select(OutboxRow).order_by(OutboxRow.n)).first()
        row.state, row.code, row.settled_at = "rejected", "schema-invalid", desk.now
        for other in session.scalars(select(OutboxRow).order_by(OutboxRow.n.desc()).offset(2)):
            if other is not row:
                other.state, other.settled_at = "accepted", desk.now
        return str(row.id)


def with_links(desk: Desk) -> dict[str, str]:
    """Links of physicians and supporters at every stage: `o-asked`, `r-looking`, `a-new`."""
    desk.enrol()
    family = itertools.cycle(_FAMILY)
    ways = {}
    for name, (state, moments) in OFFERS.items():
        ways[f"o-{name}"] = _offer(desk, name, state, moments, f"Dr. {next(family)}-{name.title()}")
    who = desk.supporter("Dr. Amrit Sandhu", signed=False)
    with desk.session() as session:
        ways["a-new"] = agreements.invite(session, session.get_one(Supporter, who), desk.now)
    ways |= {
        f"r-{state}": _own_link(desk, state)
        for state in ("new", "looking", "in-hand", "in-touch", "withdrawn", "unmatched", "stayed")
    }
    ways |= {
        f"h-{name}": _offer_here(desk, name, HERE[name], f"Dr. {next(family)}-{name.title()}")
        for name in HERE
    }
    ways |= {f"m-{name}": _own_page(desk, name, f"Dr. {next(family)}-Own-{name.title()}") for name in OWN}
    ways |= doors_with_links(desk)
    with desk.session() as session:
        session.get_one(LinkState, 1).last_ok_at = desk.now
    return ways


def _offer(desk: Desk, name: str, state: str, moments: dict[str, timedelta], supporter: str) -> str:
    who, now = desk.supporter(supporter), desk.now
    with desk.session() as session:
        row = session.get_one(Supporter, who)
        row.pin_hash = pin_hash()
    thid = desk.match(state, who, **{key: now + late for key, late in moments.items()})
    with desk.session() as session:
        offer = session.scalars(select(Offer).where(Offer.thid == thid)).one()
        if state == "confirming":
            offer.state = "confirmed"
        if name == "locked":
            session.get_one(Supporter, who).pin_failures = 5
        if name == "ended":
            session.get_one(Match, thid).state = "ended"
        token = links.issue(session, "offer", offer.offer_id, now + 24 * HOUR, now)
        link = links.find(session, token, "offer", now)
        if name in ("used", "fresh") and link is not None:
            links.spend(session, link, now)
    return token


def _offer_here(desk: Desk, name: str, n_talks: int | None, supporter: str) -> str:
    """A supporter who is asked about a request of this site (None), or has helped with it so many times."""
    who, now = desk.supporter(supporter, posts=("quality-officer",)), desk.now
    request_id = desk.request(identity=ROWAN, received_at=now - 2 * HOUR)
    with desk.session() as session:
        row = session.get_one(Supporter, who)
        row.pin_hash = pin_hash()
        offer = local.ask(session, session.get_one(requests.Request, request_id), row, now)
        row.pin_failures = 5 if name == "locked" else 0
        match = session.get_one(Match, offer.thid)
        if n_talks is not None:
            offers.accept(session, offer, now)
            interactions.reached(session, match, now, now)
        for _ in range(n_talks or 0):
            entry = tracker.Entry(now, "15-30", "phone", 4, tracker.ticket())
            tracker.record(session, match, entry, now)
        return links.issue(session, "offer", offer.offer_id, now + 24 * HOUR, now)


def _own_page(desk: Desk, name: str, supporter: str) -> str:
    """A supporter with a link to their own page; `busy` is asked about one and helps another."""
    who, now = desk.supporter(supporter, max_open=3, stage="late"), desk.now
    with desk.session() as session:
        row = session.get_one(Supporter, who)
        row.pin_hash, row.pin_failures = pin_hash(), 5 if name == "locked" else 0
        token = links.issue(session, "supporter", who, now + 24 * HOUR, now)
    if name == "busy":
        for state in ("asked", "in-hand"):
            desk.match(state, who)
    return token


def _own_link(desk: Desk, state: str) -> str:
    request_id = desk.request(elsewhere=True, door="form", identity=ROWAN)
    with desk.session() as session:
        row = session.get_one(requests.Request, request_id)
        for word in {"in-hand": ["in-hand"], "in-touch": ["in-hand", "in-touch"]}.get(state, []):
            inter_site_home.status(session, row.thid, word, desk.now - HOUR, desk.now)
        if state == "withdrawn":
            requests.withdraw(session, row, desk.now, None)
        if state in ("unmatched", "stayed"):
            inter_site_home.status(session, row.thid, "unmatched", desk.now - HOUR, desk.now)
        if state == "stayed":
            stay.stay_here(session, row, desk.now, "person-cora")
        if state == "in-touch":
            timeline.note(session, request_id, "name-opened", desk.now - 30 * HOUR)
        return links.issue(session, "request", request_id, None, desk.now)


def add_account(desk: Desk, name: str, totp: str | None) -> str:
    """Somebody with a password, and with an authenticator if a secret is given; their address."""
    email = f"{name}@peers.example"
    with desk.session() as session:
        person = Person(
            person_id=f"person-{name}",
            name=name.title(),
            email=email,
            roles=("coordinator",),
            added_at=desk.now,
        )
        session.add(person)
        session.flush()
        TableStore().set_password_hash(person.person_id, passwords().hash(PASSWORD))
        if totp:
            TableStore().set_totp_secret(person.person_id, totp)
    return email


def enter(scenery: Scenery, desk: Desk, who: str, at: str, role: str = "coordinator") -> FlaskClient:
    """A browser in which somebody of this site is signed in, and a client for the same person."""
    client = desk.client(role)
    cookie = client.get_cookie("__Host-session", domain="localhost")
    assert cookie is not None
    context = scenery.people[who] = scenery.browser.new_context(locale="en-CA")
    url = scenery.urls[at].replace("http:", "https:")
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url, "secure": True}])
    return client


def begin_to_record(desk: Desk, client: FlaskClient) -> str:
    """A request of which every question is answered and that is not sent yet; the draft's id."""
    desk.app.config["WTF_CSRF_ENABLED"] = False
    draft_id = draft_of(client.post("/requests/new", data=CAME))
    for step, typed in ANSWERS.items():
        client.post(f"/requests/new/{draft_id}/{step}", data=typed)
    desk.app.config["WTF_CSRF_ENABLED"] = True
    return draft_id
