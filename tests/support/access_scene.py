"""One site with something of everything in it, and a browser of each kind of person in front of it.

Made once for a module: every call can start from the same rows (`Scene.fresh`), whatever the one before changed.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from protocol.envelope import new_id
from protocol.messages.handover import Identity
from site_agent.models import Mail, Match, Offer, OutboxRow, Passkey, Person, Request, Supporter
from site_agent.services import (
    drafts,
    evaluators,
    interactions,
    links,
    local,
    offers,
    outreach,
    people,
    requests,
    safety,
    tracker,
)
from tests.support.agent import PIN, pin_hash
from tests.support.desk import Desk, make_desk

ORIGIN = "https://localhost"
DESK = ("coordinator", "lead", "deputy", "keeper", "risk-manager")
"""Who signs in; the last is no role of this product (J16)."""
VISITORS = {
    "supporter": ("o", "helping"), "other-supporter": ("o", "answering"), "physician": ("r", "helped"),
    "other-physician": ("r", "asked"), "told": ("reply", "told"), "signer": ("a", "unsigned"),
}  # fmt: skip
"""Who comes in by a link: which kind, and about what."""
MINE, NOT_MINE = "Dr. Orla Firstcanary", "Dr. Pim Secondcanary"
"""The physicians whom `supporter` and `other-supporter` are before; `physician` is the first of them."""
LIST = "name,email,stage\r\nDr. New One,new@example.ca,late\r\n"


@dataclass
class Scene:
    """`ids` fill the parts of addresses and forms; `cookies` are browsers, by who sits in front of them."""

    desk: Desk
    folder: Path
    ids: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    watch: sqlite3.Connection = field(init=False)

    def call(self, who: str, method: str, path: str, typed: dict[str, Any] | None = None) -> TestResponse:
        """One request of this person's browser."""
        headers = {"Cookie": self.cookies[who]} if self.cookies.get(who) else {}
        client = self.desk.app.test_client(use_cookies=False)
        data = typed if method == "POST" else None
        return client.open(path, method=method, base_url=ORIGIN, headers=headers, data=data, buffered=True)

    def keep(self) -> None:
        """From now on `fresh` leads back to here."""
        _copy(self._live, self._saved)
        self.watch = sqlite3.connect(self._live)

    def fresh(self) -> None:
        """As it was kept."""
        _copy(self._saved, self._live)

    def version(self) -> int:
        """Another number once a call has committed a change."""
        version: int = self.watch.execute("PRAGMA data_version").fetchone()[0]
        return version

    @property
    def _live(self) -> Path:
        return self.folder / "agent.sqlite"

    @property
    def _saved(self) -> Path:
        return self.folder / "kept.sqlite"

    def sign_in(self, who: str, role: str) -> None:
        """Somebody of this role, signed in just now."""
        client = self.desk.client(role)
        self.cookies[who] = _cookie(client)
        with self.desk.session() as session:
            newest = session.scalars(select(Person).where(Person.roles == (role,))).all()[-1]
            self.ids[who] = newest.person_id

    def come_in(self, who: str, kind: str, token: str) -> None:
        """Somebody who follows a link and presses its button."""
        client = self.desk.client(None)
        assert client.post(f"/{kind}/{token}").status_code == 303
        self.cookies[who] = _cookie(client)


def make_scene(folder: Path) -> Iterator[Scene]:
    """The site; closed afterwards."""
    for desk in make_desk(folder):
        scene = Scene(desk, folder)
        desk.enrol()
        _people(scene)
        _roster(scene)
        _requests(scene)
        _from_elsewhere(scene)
        _reach_out(scene)
        _odds_and_ends(scene)
        _visitors(scene)
        scene.keep()
        yield scene
        scene.watch.close()


def _people(scene: Scene) -> None:
    for role in DESK:
        scene.sign_in(role, role)
    scene.sign_in("former-deputy", "deputy")
    scene.sign_in("left", "coordinator")
    scene.sign_in("somebody", "coordinator")
    scene.cookies["nobody"] = ""
    with scene.desk.session() as session:
        today = scene.desk.now.date()
        session.get_one(Person, scene.ids["deputy"]).deputy_until = today
        session.get_one(Person, scene.ids["former-deputy"]).deputy_until = today - timedelta(days=2)
        session.get_one(Person, scene.ids["left"]).left_at = scene.desk.now
        scene.ids["invitation"] = people.start_over(
            session, session.get_one(Person, scene.ids["somebody"]), scene.desk.now
        )
        for owner in ("coordinator", "lead"):
            row = Passkey(
                passkey_id=new_id(), person_id=scene.ids[owner], credential_id=secrets.token_bytes(8),
                public_key=b"k", sign_count=0, label="ABCD", added_at=scene.desk.now,
            )  # fmt: skip
            session.add(row)
            scene.ids[f"passkey of {owner}"] = row.passkey_id


def _roster(scene: Scene) -> None:
    for name in (
        "helping",
        "answering",
        "free",
        "helping-far",
        "asked-far",
        "named-far",
        "leaving",
        "paused",
    ):
        title = "".join(part.title() for part in name.split("-"))
        scene.ids[name] = scene.desk.supporter(f"Dr. {title}")
    scene.ids["unsigned"] = scene.desk.supporter("Dr. Unsigned", signed=False)
    with scene.desk.session() as session:
        for row in session.scalars(select(Supporter)):
            row.pin_hash = pin_hash() if row.supporter_id != scene.ids["unsigned"] else None
        session.get_one(Supporter, scene.ids["paused"]).paused = True
        session.get_one(Supporter, scene.ids["leaving"]).left_at = scene.desk.now + timedelta(days=9)
        line = evaluators.add(
            session, session.get_one(Supporter, scene.ids["free"]), evaluators.Physician("Dr. Ann Other"),
            scene.desk.now,
        )  # fmt: skip
        scene.ids["line"] = line.evaluator_id
        owner = scene.ids["coordinator"]
        for name in ("list", "assessing", "draft", "draft of lead"):
            draft = drafts.begin(session, scene.ids["lead"] if "lead" in name else owner, scene.desk.now)
            drafts.put(session, draft, {}, scene.desk.now)
            scene.ids[name] = draft.draft_id
        for name, text in (
            ("list", LIST),
            ("assessing", "supporter-email,physician-name\r\nfree@example.ca,Jo\r\n"),
        ):
            draft = drafts.find(session, scene.ids[name], owner, scene.desk.now)
            assert draft is not None
            drafts.put(session, draft, {"list": {"csv": [text], "guessed": []}}, scene.desk.now)


def _requests(scene: Scene) -> None:
    desk, ids = scene.desk, scene.ids
    for name in ("new", "asked", "helped", "far", "restating"):
        who = {"helped": MINE, "asked": NOT_MINE}.get(name, f"Dr. {name.title()} Doctor")
        identity = Identity(who, ("call",), ("evening",), phone="+12505550142", email=f"{name}@example.ca")
        far = {"elsewhere": True, "door": "form"} if name in ("far", "restating") else {}
        ids[name] = desk.request(identity=identity, **far)
    ids["closed"] = desk.request()
    with desk.session() as session:
        asked, helped = (session.get_one(Request, ids[name]) for name in ("asked", "helped"))
        offer = local.ask(session, asked, session.get_one(Supporter, ids["answering"]), desk.now)
        ids["open offer"] = offer.offer_id
        offer = local.ask(session, helped, session.get_one(Supporter, ids["helping"]), desk.now)
        ids["taken offer"] = offer.offer_id
        offers.accept(session, offer, desk.now)
        match = session.get_one(Match, offer.thid)
        interactions.reached(session, match, desk.now, desk.now)
        entry = tracker.Entry(desk.now, "15-30", "phone", 4, tracker.ticket(), call_me=True)
        ids["talk"] = tracker.record(session, match, entry, desk.now).interaction_id
        restating = session.get_one(Request, ids["restating"])
        restating.state, restating.restate = "looking", True
        requests.close(session, session.get_one(Request, ids["closed"]), desk.now)


def _from_elsewhere(scene: Scene) -> None:
    desk, ids = scene.desk, scene.ids
    ids["thid proposed"] = desk.match("proposed")
    ids["thid asked"] = desk.match("asked", ids["asked-far"])
    ids["thid released"] = desk.match("released", ids["named-far"])
    ids["thid helped"] = desk.match("in-hand", ids["helping-far"])
    with desk.session() as session:
        for name in ("asked", "released", "helped"):
            found = select(Offer.offer_id).where(Offer.thid == ids[f"thid {name}"])
            ids[f"offer {name}"] = session.scalars(found).one()
        session.get_one(Match, ids["thid asked"]).held = True
        session.get_one(Request, ids["asked"]).held = True


def _reach_out(scene: Scene) -> None:
    with scene.desk.session() as session:
        told = tuple(
            outreach.Told(f"Dr. {name} Told", None, f"{name}@example.ca", agreed=True)
            for name in ("Una", "Vic")
        )
        outreach.record(session, outreach.Notice("colleague", told), "seed", scene.desk.now)
        rows = session.scalars(select(outreach.Outreach)).all()
        scene.ids["outreach"], scene.ids["told"] = (row.outreach_id for row in rows)


def _odds_and_ends(scene: Scene) -> None:
    desk, ids = scene.desk, scene.ids
    with desk.session() as session:
        mail = Mail(mail_id=new_id(), kind="offer", to="x@example.ca", state="failed", next_try_at=desk.now)
        row = session.scalars(select(OutboxRow)).first()
        assert row is not None
        session.add(mail)
        ids["mail"], ids["message"] = mail.mail_id, str(row.id)
        ids["report"] = safety.report(session, None, "keeper", safety.ticket(), desk.now).report_id
        ids["debriefed"] = safety.report(session, None, "keeper", safety.ticket(), desk.now).report_id
        debriefed = session.get_one(safety.SafetyReport, ids["debriefed"])
        safety.debrief_offered(session, debriefed, desk.now)


def _visitors(scene: Scene) -> None:
    desk, ids = scene.desk, scene.ids
    subjects = {
        "helping": ids["taken offer"], "answering": ids["open offer"], "helped": ids["helped"],
        "asked": ids["asked"], "told": ids["told"], "unsigned": ids["unsigned"],
    }  # fmt: skip
    kinds = {"o": "offer", "r": "request", "reply": "outreach", "a": "agreement", "m": "supporter"}
    tokens: dict[str, str] = {}
    with desk.session() as session:
        until = desk.now + timedelta(days=1)
        for who, (kind, about) in VISITORS.items():
            ids[f"about {who}"] = subjects[about]
            tokens[who] = links.issue(session, kinds[kind], subjects[about], until, desk.now)
            # What `who` came in by is used up; this one is for the route itself.
            ids[f"token {kind}"] = links.issue(session, kinds[kind], subjects[about], until, desk.now)
        ids["token reader"] = links.issue(session, "request", subjects["helped"], until, desk.now)
        ids["token m"] = links.issue(session, "supporter", ids["helping"], until, desk.now)
        ids["token own page"] = links.issue(session, "supporter", ids["helping"], until, desk.now)
    for who, (kind, _) in VISITORS.items():
        scene.come_in(who, kind, tokens[who])
    scene.come_in("at-own-page", "m", ids["token own page"])
    ids["about at-own-page"] = ids["helping"]
    ids["about nobody"] = ""
    _read_everything(scene)
    for who, path in (
        ("supporter", "/offer/pin"),
        ("other-supporter", "/offer/pin"),
        ("at-own-page", "/mine/pin"),
    ):
        answer = scene.call(who, "POST", path, {"about": ids[f"about {who}"], "pin": PIN})
        assert answer.status_code == 303, (who, answer.text)


def _read_everything(scene: Scene) -> None:
    """The first physician again, in another browser, with the code that opens everything held."""
    scene.come_in("reader", "r", scene.ids["token reader"])
    scene.ids["about reader"] = scene.ids["helped"]
    about = {"about": scene.ids["helped"]}
    client = scene.desk.app.test_client(use_cookies=True)
    name, _, value = scene.cookies["reader"].partition("=")
    client.set_cookie(name, value, domain="localhost")
    client.environ_base.update({"HTTP_HOST": "localhost", "wsgi.url_scheme": "https"})
    assert client.post("/request/held", data=about).status_code == 303
    with scene.desk.session() as session:
        code = session.scalars(select(Mail.link).where(Mail.kind == "held")).one()
    assert client.post("/request/held/code", data=about | {"code": code}).status_code == 303
    scene.cookies["reader"] = _cookie(client)


def _cookie(client: Any) -> str:
    """What the browser sends."""
    kept = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"], domain="localhost")
    assert kept is not None
    return f"{kept.key}={kept.value}"


def _copy(here: Path, there: Path) -> None:
    with closing(sqlite3.connect(here)) as source, closing(sqlite3.connect(there)) as target:
        source.backup(target)
