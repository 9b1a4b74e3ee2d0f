"""A hub and site agents in one process: real apps, real databases, real tokens; only HTTP's wire is left out.

Nothing runs by itself: a test says who exchanges, and moves the clock that all share.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from hub import create_app, database, keys
from hub.models import Inbound, Outbound
from hub.models import Site as HubSite
from hub.services import enrolment
from protocol.messages.handover import Identity
from site_agent import outbox
from site_agent.clock.due import run_due
from site_agent.extensions import db
from site_agent.hub_link import HubLink, hub_link
from site_agent.link import init_link
from site_agent.link.errors import HubUnreachableError
from site_agent.link.loop import exchange
from site_agent.link.transport import judge, read_object
from site_agent.models import Event, Match, Offer, OutboxRow, Request, Site
from site_agent.services import inter_site_helper, policy, requests
from tests.support.agent import a_request, add_supporter, new_app
from tests.support.clock import StoppedClock
from tests.support.hub import STAFF, HubUnderTest, hub_config
from ui.clock import Clock

HUB_URL = "http://hub.localhost:8400"


@dataclass
class Wire:
    """The network of one site, with its weather. `repeats`: how many times more each
    call arrives than it was made."""

    server: HubUnderTest
    dark: bool = False
    repeats: int = 0
    lose_answers: int = 0
    calls: list[tuple[str, Any]] = field(default_factory=list)

    def hub(self) -> dict[str, Any]:
        return read_object(self._call("GET", "hub", None, ""))

    def enrol(self, token: str) -> str:
        return self._call("POST", "enrolment", token.encode(), "application/jose").decode()

    def messages(self, posted: dict[str, Any]) -> dict[str, Any]:
        return read_object(self._call("POST", "messages", _json(posted), "application/json"))

    def poll(self, posted: dict[str, Any]) -> dict[str, Any]:
        return read_object(self._call("POST", "poll", _json(posted), "application/json"))

    def _call(self, method: str, path: str, body: bytes | None, content_type: str) -> bytes:
        self.calls.append((path, body))
        if self.dark:
            raise HubUnreachableError("dark")
        response = self._once(method, path, body, content_type)
        for _ in range(self.repeats):
            response = self._once(method, path, body, content_type)
        if self.lose_answers:
            self.lose_answers -= 1
            raise HubUnreachableError("lost")
        return judge(response.status_code, dict(response.headers), response.data)

    def _once(self, method: str, path: str, body: bytes | None, content_type: str) -> TestResponse:
        if method == "GET":
            return self.server.get(path)
        return self.server.post(path, data=body, content_type=content_type)


def _json(posted: dict[str, Any]) -> bytes:
    return json.dumps(posted).encode()


@dataclass
class Agent:
    """One site's program and its weather."""

    app: Flask
    name: str
    clock: Clock
    wire: Wire
    site_id: str = ""

    @contextmanager
    def session(self) -> Iterator[Any]:
        """A session in the app's context, committed at the end."""
        with self.app.app_context():
            yield db.session()
            db.session.commit()

    def pages(self) -> HubLink:
        """The link, as the pages see it. Inside `session()`."""
        return hub_link()

    def exchange(self) -> bool:
        """One exchange with the hub, both ways."""
        return exchange(self.app)

    def due(self) -> int:
        """Let everything happen that is due by itself."""
        with self.app.app_context():
            return run_due(db.session, self.clock.now())

    # the people of this site

    def has_supporters(self, *names: str, **details: Any) -> None:
        """Supporters join, and the site says what it can take on."""
        with self.session() as session:
            for name in names:
                add_supporter(session, self.clock.now(), name, **details)
        self.due()

    def asks(self, **changes: Any) -> Asked:
        """A physician asks for somebody from elsewhere by this site's form."""
        with self.session() as session:
            recorded = requests.record(session, a_request(self.clock.now(), **changes), self.clock.now())
            return Asked(self, recorded.request.request_id, recorded.withdrawal_secret)

    def match(self) -> Match | None:
        """The only request from elsewhere that this site holds or held."""
        with self.session() as session:
            found = session.scalars(select(Match)).one_or_none()
            session.expunge_all()
            return found

    def incoming_state(self) -> str | None:
        held = self.match()
        return held.state if held else None

    def asks_a_supporter(self) -> None:
        """The coordinator presses the first name on the list."""
        with self.session() as session:
            match = session.scalars(select(Match)).one()
            first = inter_site_helper.candidates(session, match, self.clock.now()).candidates[0]
            inter_site_helper.ask(session, match, first.supporter, self.clock.now())

    def _offer(self, session: Any) -> Offer:
        return session.scalars(select(Offer).where(Offer.state != "not-taken")).one()

    def says_yes(self) -> None:
        """The supporter says yes to the card."""
        with self.session() as session:
            inter_site_helper.accept(session, self._offer(session), self.clock.now())

    def declines(self) -> None:
        with self.session() as session:
            inter_site_helper.decline(session, self._offer(session), self.clock.now())

    def answers_the_name(self, close: bool) -> None:
        """The supporter says whether they are close to the physician."""
        with self.session() as session:
            inter_site_helper.answer_name(session, self._offer(session), close, self.clock.now())

    def sees_name(self) -> str | None:
        """What the supporter's page shows before the confirmation."""
        with self.session() as session:
            offer = session.scalars(select(Offer).where(Offer.state != "not-taken")).one_or_none()
            return None if offer is None else inter_site_helper.name(session, offer, self.clock.now())

    def sees_contact(self) -> Identity | None:
        """What the supporter's page shows once they may make contact."""
        with self.session() as session:
            offer = session.scalars(select(Offer).where(Offer.state != "not-taken")).one_or_none()
            return None if offer is None else inter_site_helper.contact(session, offer, self.clock.now())

    def coordinator_sees_contact(self) -> Identity | None:
        with self.session() as session:
            match = session.scalars(select(Match)).one()
            return inter_site_helper.contact(session, match, self.clock.now())

    def acts(self, what: str, *args: Any) -> None:
        """`attempted`, `reached`, `extend`, `close`, `pass_on` on the request from elsewhere."""
        with self.session() as session:
            match = session.scalars(select(Match)).one()
            getattr(inter_site_helper, what)(session, match, *args, self.clock.now())

    # what lies in its outbox

    def outbox_rows(self) -> list[OutboxRow]:
        with self.session() as session:
            rows = list(session.scalars(select(OutboxRow).order_by(OutboxRow.n)))
            session.expunge_all()
            return rows

    def dead(self) -> int:
        with self.session() as session:
            return len(outbox.dead(session))

    def rows(self, kind: Any) -> list[Any]:
        with self.session() as session:
            found = list(session.scalars(select(kind)))
            session.expunge_all()
            return found


@dataclass
class Asked:
    """A request at its home, as a test follows it."""

    home: Agent
    request_id: str
    withdrawal_secret: str

    def row(self) -> Request:
        with self.home.session() as session:
            row = session.get_one(Request, self.request_id)
            session.expunge_all()
            return row

    @property
    def state(self) -> str:
        return self.row().state

    def does(self, act: str, *args: Any) -> None:
        """`withdraw`, `rematch`, `restate` at home."""
        with self.home.session() as session:
            row = session.get_one(Request, self.request_id)
            getattr(requests, act)(session, row, *args, self.home.clock.now())

    def told(self) -> list[str]:
        """What the timeline at home says, in order."""
        with self.home.session() as session:
            events = session.scalars(
                select(Event).where(Event.subject == self.request_id).order_by(text("rowid"))
            )
            return [event.code for event in events]


@dataclass
class Federation:
    """The hub and its sites."""

    folder: Path
    clock: StoppedClock = field(default_factory=StoppedClock)
    agents: list[Agent] = field(default_factory=list)

    def __post_init__(self) -> None:
        data_dir = self.folder / "hub"
        config = hub_config(data_dir, f"sqlite:///{data_dir / 'hub.sqlite'}")
        if data_dir.exists():
            self.hub = HubUnderTest(create_app(config, self.clock), self.clock)
            return
        data_dir.mkdir(mode=0o700)
        database.upgrade(config.sqlalchemy_url)
        keys.create(data_dir)
        self.hub = HubUnderTest(create_app(config, self.clock), self.clock).begin()

    @classmethod
    def copy(cls, grown: Federation, folder: Path) -> Federation:
        """The same hub and sites over copies of their folders; the original is closed down."""
        for source in sorted(grown.folder.iterdir()):
            shutil.copytree(source, folder / source.name)
        copied = cls(folder, StoppedClock(grown.clock.at))
        for agent in grown.agents:
            copied._open(agent.name).site_id = agent.site_id
        return copied

    def agent(self, name: str) -> Agent | None:
        """A site that is here already."""
        return next((agent for agent in self.agents if agent.name == name), None)

    def new_app(self, name: str, clock: Clock) -> Flask:
        """A site's app over its folder."""
        return new_app(self.folder / name.lower().replace(" ", "-"), clock)  # type: ignore[arg-type]

    def _open(self, name: str, clock: Clock | None = None) -> Agent:
        app = self.new_app(name, clock or self.clock)
        # A PIN is to be slow to guess; no test here guesses one.
        app.config["ARGON2"] = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
        wire = Wire(self.hub)
        init_link(app, lambda url: wire)
        agent = Agent(app, name, clock or self.clock, wire)
        self.agents.append(agent)
        return agent

    def stranger(self, name: str, clock: Clock | None = None) -> Agent:
        """A site with a program that no hub knows."""
        agent = self._open(name, clock)
        with agent.session() as session:
            session.add(
                Site(id=1, name=name, public_url=f"https://{name.lower()}.example", phone="250-555-0100")
            )
            policy.put(session, "ask_itself_hours", 0)
        return agent

    def invite(self, agent: Agent) -> str:
        """Staff make a place for the site and hand over a code."""
        agent.site_id, code = self.hub.invite(agent.name)
        return code

    def enrol(self, agent: Agent, code: str) -> Any:
        """The coordinator types the code."""
        with agent.session() as session:
            return agent.pages().begin(session, code, HUB_URL, agent.clock.now())

    def staff(self, act: str, agent: Agent) -> bool:
        """Staff approve, refuse, suspend, resume or withdraw a site."""
        with self.hub.session() as session:
            site = session.get_one(HubSite, agent.site_id)
            return bool(getattr(enrolment, act)(session, site, STAFF, self.hub.now))

    def site(self, name: str, *supporters: str, clock: Clock | None = None, **details: Any) -> Agent:
        """A site that is enrolled and approved, with supporters."""
        agent = self.stranger(name, clock)
        self.enrol(agent, self.invite(agent))
        assert self.staff("approve", agent)
        assert agent.exchange()
        if supporters:
            agent.has_supporters(*supporters, **details)
        return agent

    def settle(self) -> None:
        """Everybody who is not dark exchanges until nothing is left to say."""
        for _ in range(8):
            before = self._said()
            for agent in self.agents:
                agent.exchange()
            if self._said() == before:
                return
        raise AssertionError("the exchange does not come to an end")

    def pass_time(self, **parts: float) -> None:
        """Time goes by, and what is due happens everywhere."""
        self.clock.advance(**parts)
        self.hub.run_limits()
        for agent in self.agents:
            agent.due()
        self.settle()

    def asked_site(self) -> Agent:
        """The one site that has a proposal before it."""
        (asked,) = [agent for agent in self.agents if agent.incoming_state() == "proposed"]
        return asked

    def confirm(self) -> Agent:
        """The site that was asked goes all the way to the confirmation."""
        helper = self.asked_site()
        helper.asks_a_supporter()
        helper.says_yes()
        self.settle()
        helper.answers_the_name(close=False)
        self.settle()
        return helper

    def close_down(self) -> None:
        """Give the databases' files back."""
        for agent in self.agents:
            with agent.app.app_context():
                db.engine.dispose()
        self.hub.stop()

    def _said(self) -> list[Any]:
        hub = [(row.site_id, row.last_n) for row in self.hub.rows(Outbound)]
        hub += [(row.site_id, row.last_n + 1_000_000 * row.cursor) for row in self.hub.rows(Inbound)]
        return hub
