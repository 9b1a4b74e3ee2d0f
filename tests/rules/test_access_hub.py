"""Every route of the hub, everybody, against the table by hand; a site comes in by its signature alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from hub import database
from hub.auth import invite_person
from hub.models import Person
from hub.models.person import PasskeyRow
from protocol.envelope import new_id
from protocol.match_states import State
from protocol.messages.matches import Withdraw
from protocol.withdrawal import new_secret
from tests.rules.access_table import HUB, HUB_ACCOUNTS, HUB_EVERYBODY, Row
from tests.support.fake_site import FakeSite
from tests.support.hub import HubUnderTest, hub_config
from tests.support.hub_pages import ORIGIN, add_keys, add_match, add_site, signed_in
from ui.access import routes

DOORS = {("/v1/messages", "POST"), ("/v1/poll", "POST"), ("/v1/enrolment", "POST")}
NOTHING_THERE = {("/theme.css", "GET")}
FIRST = ("nobody", "staff")


class Scene:
    """A hub with a site, a match and people; every call can start from the same rows."""

    def __init__(self, folder: Path) -> None:
        self.live, self.saved = folder / "hub.sqlite", folder / "kept.sqlite"
        self.hub = start(folder)
        self.ids: dict[str, str] = {}
        self.cookies = {"nobody": ""}
        for who, role in (("closed", "staff"), ("staff", "staff"), ("viewer", "viewer")):
            self.cookies[who] = cookie_of(signed_in(self.hub, role))
            if who == "closed":
                with self.hub.session() as session:
                    session.scalars(select(Person)).one().closed_at = self.hub.now
        self._rows()
        with sqlite3.connect(self.live) as source, sqlite3.connect(self.saved) as target:
            source.backup(target)
        source.close()
        target.close()
        self.watch = sqlite3.connect(self.live)

    def _rows(self) -> None:
        hub = self.hub
        self.ids["site"] = add_site(hub, "Cedar Inlet")
        self.ids["code"] = new_secret()
        self.ids["helper"], self.ids["newcomer"] = (
            add_site(hub, "River Bend"),
            add_site(hub, "Ash", "pending"),
        )
        add_keys(hub, self.ids["newcomer"], "newcomer")
        self.ids["match"] = add_match(
            hub, self.ids["site"], State.ESCALATED, hub.now, self.ids["helper"], secret=self.ids["code"]
        )
        with hub.session() as session:
            self.ids["invitation"] = invite_person(session, "kim@example.ca", "Kim", "viewer", hub.now)
            kim = session.scalars(select(Person).where(Person.email == "kim@example.ca")).one()
            self.ids["viewer"], self.ids["own passkey"] = kim.person_id, new_id()
            here = select(Person).where(Person.role == "staff", Person.closed_at.is_(None))
            session.add(
                PasskeyRow(
                    passkey_id=self.ids["own passkey"], person_id=session.scalars(here).one().person_id,
                    credential_id=b"c", public_key=b"k", sign_count=0, label="ABCD", added_at=hub.now,
                )
            )  # fmt: skip

    def call(self, who: str, method: str, path: str, typed: dict[str, str]) -> TestResponse:
        data = typed if method == "POST" else None
        headers = {"Cookie": self.cookies[who]} if self.cookies[who] else {}
        client = self.hub.app.test_client(use_cookies=False)
        return client.open(path, method=method, base_url=ORIGIN, headers=headers, data=data, buffered=True)

    def version(self) -> int:
        version: int = self.watch.execute("PRAGMA data_version").fetchone()[0]
        return version

    def fresh(self) -> None:
        with sqlite3.connect(self.saved) as source, sqlite3.connect(self.live) as target:
            source.backup(target)
        source.close()
        target.close()


def start(folder: Path) -> HubUnderTest:
    url = f"sqlite:///{folder / 'hub.sqlite'}"
    database.upgrade(url)
    return HubUnderTest.start(hub_config(folder / "data", url))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = Scene(tmp_path_factory.mktemp("hub"))
    other = start(tmp_path_factory.mktemp("other"))
    other.app.secret_key = "another hub's"
    scene.cookies["other-hub"] = cookie_of(signed_in(other, "staff"))
    yield scene
    scene.watch.close()
    other.stop()
    scene.hub.stop()


def cookie_of(client: FlaskClient) -> str:
    kept = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"], domain="localhost")
    assert kept is not None
    return f"{kept.key}={kept.value}"


def path_of(rule: str, row: Row, ids: dict[str, str]) -> str:
    for name, text in row.at.items():
        rule = rule.replace(f"<path:{name}>", text).replace(f"<{name}>", filled(text, ids))
    return rule


def filled(text: str, ids: dict[str, str]) -> str:
    return ids.get(text[1:], "nothing") if text.startswith("@") else text


def typed_by(row: Row, ids: dict[str, str]) -> dict[str, str]:
    return {name: filled(text, ids) for name, text in (row.typed or {}).items()}


def is_refused(answer: TestResponse, rule: str, who: str) -> bool:
    leads = answer.headers.get("Location", "").startswith("/sign-in") and not rule.startswith("/sign-in")
    return answer.status_code in (401, 403) or (leads and who not in HUB_ACCOUNTS)


def test_the_table_names_every_route(scene: Scene) -> None:
    listed = {
        (rule, method)
        for rule, methods, _ in routes(scene.hub.app)
        for method in methods - {"HEAD", "OPTIONS"}
    }
    assert listed == set(HUB)


@pytest.mark.parametrize("who", sorted(HUB_EVERYBODY))
def test_who_is_in_the_line_is_let_in_and_nobody_else(scene: Scene, who: str) -> None:
    wrong = []
    for (rule, method), row in HUB.items():
        if (rule, method) in DOORS:
            continue
        before, path = scene.version(), path_of(rule, row, scene.ids)
        answer = scene.call(who, method, path, typed_by(row, scene.ids))
        let_in, changed = who in row.who, scene.version() != before
        if is_refused(answer, rule, who) == let_in or answer.status_code >= 500:
            wrong.append((method, path, answer.status_code))
        if changed and not let_in:
            wrong.append((method, path, "has changed something"))
        if changed:
            scene.fresh()
    assert wrong == []


@pytest.mark.parametrize(("rule", "method"), [line for line in HUB if line not in NOTHING_THERE | DOORS])
def test_each_route_lets_one_call_through(scene: Scene, rule: str, method: str) -> None:
    row = HUB[rule, method]
    who = next(each for each in FIRST if each in row.who)
    answer = scene.call(who, method, path_of(rule, row, scene.ids), typed_by(row, scene.ids))
    scene.fresh()
    late = (200, 303) if method == "GET" or row.typed is not None else (200, 303, 400, 422)
    assert answer.status_code in late, answer.status_code


@pytest.mark.parametrize("who", ["nobody", "staff", "other-hub"])
@pytest.mark.parametrize(("rule", "method"), sorted(DOORS))
def test_the_doors_of_the_wire_take_no_cookie(scene: Scene, rule: str, method: str, who: str) -> None:
    assert 400 <= scene.call(who, method, rule, {}).status_code < 500


def test_each_door_of_the_wire_lets_a_signature_through(tmp_path: Path) -> None:
    hub = start(tmp_path)
    newcomer = FakeSite(hub, *hub.invite())
    assert newcomer.enrol(newcomer.begin_token()).status_code == 200
    site, other = hub.site(), hub.site()
    asked = site.ask()
    assert other.say(Withdraw(), thid=asked.thid).outcome == "rejected", "a match of another site"
    assert asked.says(Withdraw()).outcome == "accepted"
    assert site.poll().status_code == 200
    hub.stop()
