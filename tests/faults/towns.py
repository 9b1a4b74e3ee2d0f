"""Six invented sites and a hub as processes, with people who use their pages, at the times of a worked scenario."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pyotp

import tests.support.hub
from hub.demo.visitor import VisitError, Visitor
from site_agent.models import Site
from site_agent.services import policy
from tests.faults.injected import FileClock
from tests.faults.launcher import Server, Zygote, until
from tests.faults.letterbox import Letterbox, Mail
from tests.support.agent import PIN
from tests.support.clock import StoppedClock
from tests.support.federation import Federation

PASSWORD = "three mossy cedars"
OFFER_HOURS = 48
"""Common setting of the scenarios: from offer to answer."""
_SECRET = re.compile(r'<code class="app-code">([A-Z2-7 ]+)</code>')
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Place:
    """A made-up site."""

    name: str
    supporters: tuple[str, ...]
    zone: str = "America/Vancouver"

    @property
    def folder(self) -> str:
        return self.name.lower().replace(" ", "-")


PLACES = {
    "kettle": Place("Kettle Basin Division", ("Dr Amrit Sandhu",)),
    "selkirk": Place("Selkirk Ridge MSA", ("Dr Wen Li", "Dr Oona Dufresne"), "America/Edmonton"),
    "cedar": Place("Cedar Inlet Division", ("Dr Ines Albrecht",)),
    "fraser": Place("Fraser Bend MSA", ("Dr Leila Haddad",)),
    "arrow": Place("Arrow Shore Division", ("Dr Ruth Penner",)),
    "slocan": Place("Slocan Narrows MSA", ("Dr Mei Tanaka",)),
}


def grow(folder: Path, at: datetime) -> Path:
    """The data folders of the hub and all sites, enrolled and able to help; made once and copied."""
    with mock.patch.object(tests.support.hub, "START", at):
        federation = Federation(folder, StoppedClock(at))
    for place in PLACES.values():
        agent = federation.site(place.name, *place.supporters, gender="woman")
        with agent.session() as session:
            site = session.get_one(Site, 1)
            site.community, site.zone = place.name.rsplit(" ", 1)[0], place.zone
            policy.put(session, "offer_hours", OFFER_HOURS)
    federation.settle()
    federation.close_down()
    return folder


@dataclass
class Account:
    """Somebody who signs in."""

    email: str
    secret: str
    visitor: Visitor


@dataclass
class Towns:
    """Everything that runs."""

    zygote: Zygote
    folder: Path
    servers: dict[str, Server] = field(default_factory=dict)
    mail: dict[str, Letterbox] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)

    @classmethod
    def copy(cls, zygote: Zygote, grown: Path, folder: Path, at: datetime) -> Towns:
        """The hub and the sites over copies of what was grown, with addresses of their own; not started."""
        shutil.copytree(grown, folder, dirs_exist_ok=True)
        towns = cls(zygote, folder)
        towns.move_to(at)
        data = {"hub": folder / "hub"} | {key: folder / place.folder for key, place in PLACES.items()}
        for key, where in data.items():
            kind = "hub" if key == "hub" else "agent"
            towns.servers[key] = Server(zygote, kind, where, folder / "clock", {}, pace=0.25)
        for key, where in data.items():
            towns.servers[key].settings = towns._settings(key, where)
            if key != "hub":
                towns.calls_hub_at(key, f"http://127.0.0.1:{towns.servers['hub'].port}")
                towns.write(key, "update site set public_url = ?", towns.url(key))
        return towns

    def _settings(self, key: str, where: Path) -> dict[str, str]:
        if key == "hub":
            return {
                "ALONGSIDE_HUB_DATA_DIR": str(where),
                "ALONGSIDE_HUB_PUBLIC_URL": self.url("hub"),
                "ALONGSIDE_HUB_SECRET": "for tests only",
                "ALONGSIDE_HUB_ANSWER_WITHIN": f"{OFFER_HOURS}h",
                "ALONGSIDE_HUB_LIMITS_EVERY": "1s",
            }
        self.mail[key] = Letterbox(where / "mail")
        return {
            "ALONGSIDE_AGENT_DATA_DIR": str(where),
            "ALONGSIDE_AGENT_MAIL_FOLDER": str(where / "mail"),
            "ALONGSIDE_AGENT_SMTP_SENDER": "messages@peers.example",
        }

    def start(self) -> None:
        """All of them."""
        for server in self.servers.values():
            server.start()

    def stop(self) -> None:
        """All that run."""
        for server in self.servers.values():
            server.stop()

    # time, addresses, databases

    def move_to(self, at: datetime) -> None:
        """It is this moment everywhere."""
        FileClock(self.folder / "clock").move_to(at)

    def now(self) -> datetime:
        """What time it is."""
        return FileClock(self.folder / "clock").now()

    def url(self, key: str) -> str:
        """Where people reach a server."""
        return f"http://{key}.localhost:{self.servers[key].port}"

    def calls_hub_at(self, key: str, address: str) -> None:
        """Where a site's agent calls its hub."""
        self.write(key, "update enrolment set hub_url = ?", address)

    def database(self, key: str) -> Path:
        """Its file."""
        return self.servers[key].folder / ("hub.sqlite" if key == "hub" else "agent.sqlite")

    @contextmanager
    def opened(self, key: str) -> Iterator[sqlite3.Connection]:
        """The database, looked at from outside while its process runs."""
        connection = sqlite3.connect(self.database(key), isolation_level=None, timeout=30)
        try:
            yield connection
        finally:
            connection.close()

    def rows(self, key: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What it holds now."""
        with self.opened(key) as connection:
            return connection.execute(query, values).fetchall()

    def write(self, key: str, statement: str, *values: Any) -> None:
        """Change it from outside."""
        with self.opened(key) as connection:
            connection.execute(statement, values)

    def site_id(self, key: str) -> str:
        """What the hub calls a site."""
        return str(self.rows(key, "select site_id from enrolment")[0][0])

    def key_of(self, site_id: str) -> str:
        """The site that the hub calls so."""
        return next(key for key in PLACES if self.site_id(key) == site_id)

    def is_quiet(self, *keys: str) -> bool:
        """Nothing is left to say between these sites and the hub."""
        for key in keys:
            site_id = self.site_id(key)
            sent = self.rows("hub", "select last_n from outbound where site_id = ?", site_id)
            taken = self.rows("hub", "select cursor from inbound where site_id = ?", site_id)
            if sent != taken or self.rows(key, "select n from outbox where state = 'waiting'"):
                return False
        return True

    # people

    def sign_up(self, key: str, email: str, name: str) -> None:
        """By the welcome link that the command line prints, with an authenticator set to the time of the day."""
        printed = self.servers[key].run("create-person", "--email", email, "--name", name)
        link = _LINK.search(printed)
        assert link is not None, printed
        visitor = Visitor(self.url(key))
        visitor.open(link.group(0))
        visitor.press("Set password", password=PASSWORD)
        visitor.press("Continue", email=email, password=PASSWORD)
        shown = _SECRET.search(visitor.page.html)
        assert shown is not None, visitor.page.summary()
        secret = shown.group(1).replace(" ", "")
        visitor.press("Finish and sign in", code=pyotp.TOTP(secret).at(self.now()))
        self.accounts[key] = Account(email, secret, visitor)

    def sign_in(self, key: str) -> Visitor:
        """The coordinator, or at the hub staff, signs in on another day."""
        account = self.accounts[key]
        account.visitor = visitor = Visitor(self.url(key))
        visitor.open("/sign-in")
        visitor.press("Continue", email=account.email, password=PASSWORD)
        visitor.press("Sign in", code=pyotp.TOTP(account.secret).at(self.now()))
        return visitor

    def proposed_page(self, key: str, visitor: Visitor) -> str:
        """The coordinator's page of the one request from elsewhere."""

        def look() -> str:
            links = visitor.open("/requests").links
            return next((href for _, href in links if href.startswith("/elsewhere/")), "")

        return str(until(f"{key} is asked", look))

    def open_mail(self, key: str, mail: Mail) -> Visitor:
        """A supporter opens the link on a phone, and presses the one button."""
        phone = Visitor(self.url(key))
        phone.open(mail.link)
        phone.press("Open it")
        return phone

    def see(self, phone: Visitor, words: str) -> str:
        """The supporter's page once it holds these words."""

        def look() -> str:
            text = phone.open("/offer").text
            return text if words in text else ""

        try:
            return str(until(f"the page shows {words!r}", look, 20))
        except Exception as error:
            raise VisitError(f"{words!r} never stood on {phone.page.summary()}") from error

    def asks_a_supporter(self, key: str) -> tuple[str, Mail]:
        """The coordinator signs in, looks at the card and presses the first name: the page, and the mail that goes."""
        coordinator = self.sign_in(key)
        card = coordinator.open(self.proposed_page(key, coordinator)).html
        before = self.mail[key].count()
        coordinator.press("Ask ")
        return card, self.mail[key].wait_for(before, lambda mail: "/o/" in mail.link)

    def says_yes(self, phone: Visitor, name: str) -> str:
        """Yes to the card; then the PIN. The page with the name, once the hub has released it."""
        phone.press("Yes, I can")
        phone.press("Continue", pin=PIN)
        return self.see(phone, name)
