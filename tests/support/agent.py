"""Agents for tests: each over a data folder of its own, enrolled at a hub that is only a key log.

`Province` holds the hub's key and the log; `Province.agent()` makes an app that knows all sites. Messages from the
hub are made directly, as the link would hand them over.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask, current_app, has_app_context
from sqlalchemy import select

from protocol.envelope import HUB, MAX_LIFETIME, Message, new_id, open_envelope
from protocol.key_log import Log, genesis
from protocol.keys import SealingKey, SigningKey
from protocol.messages.body import Body
from protocol.messages.handover import Identity
from protocol.messages.matches import Candidate
from site_agent import create_app, database, outbox
from site_agent.config import AgentConfig
from site_agent.extensions import db
from site_agent.keys import AgentKeys
from site_agent.models import (
    DirectorySite,
    Enrolment,
    KeyEntry,
    LinkState,
    OutboxRow,
    Person,
    Site,
    Supporter,
)
from site_agent.services import policy, requests, roster
from tests.support.clock import StoppedClock
from tests.support.scratch import scratch

PIN = "402918"
CHEAP = (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1))
"""For argon2: what is tested is not how slow it is."""


@functools.cache
def empty_database() -> Path:
    """A database with all tables and no row: made once by the migrations, then copied."""
    folder = scratch("alongside-test-")
    config = AgentConfig(data_dir=folder)
    database.upgrade(config.database_url)
    return folder / "agent.sqlite"


def new_app(folder: Path, clock: StoppedClock, **settings: Any) -> Flask:
    """An agent that nobody has named or enrolled."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    target = folder / "agent.sqlite"
    if not target.exists():
        shutil.copy(empty_database(), target)
    app = create_app(AgentConfig(data_dir=folder, argon2=CHEAP, **settings), clock)
    app.testing = True
    return app


@functools.cache
def pin_hash() -> str:
    """PIN, hashed as an app does, once."""
    return PasswordHasher(**dict(CHEAP)).hash(PIN)


@dataclass
class Agent:
    """One site's app, enrolled."""

    app: Flask
    site_id: str
    name: str
    clock: StoppedClock

    @property
    def keys(self) -> AgentKeys:
        keys: AgentKeys = self.app.extensions["agent_keys"]
        return keys

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @contextmanager
    def session(self) -> Iterator[Any]:
        """A session in the app's context, committed at the end. Inside that context already it is the same one:
        a second would wait for the first one's lock."""
        with nullcontext() if _is_current(self.app) else self.app.app_context():
            yield db.session
            db.session.commit()

    def said(self, type_name: str | None = None) -> list[Message]:
        """What the outbox holds, opened: all of it, or of one type."""
        with nullcontext() if _is_current(self.app) else self.app.app_context():
            rows = db.session.scalars(select(OutboxRow).order_by(OutboxRow.n)).all()
            tokens = [row.token for row in rows if row.token and type_name in (None, row.type)]
        return [
            open_envelope(token, _Own(self), self.now, audience=HUB, check_expiry=False) for token in tokens
        ]


def _is_current(app: Flask) -> bool:
    return has_app_context() and current_app._get_current_object() is app  # type: ignore[attr-defined]


class _Own:
    """The agent's own key, whatever the log says."""

    def __init__(self, agent: Agent) -> None:
        self._key = agent.keys.signing.public()

    def verify_key(self, kid: str, at: datetime | None = None) -> Any:
        return self._key


@dataclass
class Province:
    """The hub's key log and the sites on it."""

    folder: Path
    clock: StoppedClock
    hub_key: SigningKey = field(default_factory=SigningKey.generate)
    agents: list[Agent] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    log: Log = field(default_factory=Log)

    def __post_init__(self) -> None:
        first = genesis(self.hub_key, recovery_hash=SigningKey.generate().kid(), now=self.clock.now())
        self.log = Log.load([first])

    def agent(self, name: str, **settings: Any) -> Agent:
        """A site with a program of its own, enrolled and approved; every other site hears of it."""
        app = new_app(self.folder / name.lower().replace(" ", "-"), self.clock, **settings)
        agent = Agent(app, new_id(), name, self.clock)
        self.agents.append(agent)
        self._enter(agent.site_id, name, agent.keys.signing, agent.keys.sealing)
        with agent.session() as session:
            base = f"https://{name.lower().replace(' ', '-')}.example"
            session.add(
                Site(id=1, name=name, public_url=base, phone="250-555-0100", community=name, hub_url="")
            )
            session.add(Enrolment(id=1, state="approved", site_id=agent.site_id, hub_url=""))
            session.add(LinkState(id=1))
        self._tell_everybody()
        return agent

    def stranger(self, name: str) -> str:
        """A site that is only known by its keys; its id."""
        site_id = new_id()
        self._enter(site_id, name, SigningKey.generate(), SealingKey.generate())
        self._tell_everybody()
        return site_id

    def revoke(self, site_id: str) -> None:
        """Take a site's keys out of the log; the directory still has it as active."""
        token = self.log.next_token(self.hub_key, subject=site_id, action="revoke", now=self.clock.now())
        self.log = self.log.append(token)
        self._tell_everybody()

    def suspend(self, site_id: str) -> None:
        """The directory no longer has it as active; its keys stay."""
        for agent in self.agents:
            with agent.session() as session:
                session.get_one(DirectorySite, site_id).state = "suspended"

    def _enter(self, site_id: str, name: str, signing: SigningKey, sealing: SealingKey) -> None:
        token = self.log.next_token(
            self.hub_key, subject=site_id, action="add", now=self.clock.now(),
            signing_key=signing.public(), sealing_key=sealing.public(),
        )  # fmt: skip
        self.log = self.log.append(token)
        self.names[site_id] = name

    def _tell_everybody(self) -> None:
        for agent in self.agents:
            with agent.session() as session:
                for entry in self.log.entries:
                    session.merge(KeyEntry(seq=entry.seq, token=entry.token, hash=entry.hash))
                for site_id, name in self.names.items():
                    if session.get(DirectorySite, site_id) is None:
                        site = DirectorySite(
                            site_id=site_id, name=name, community=name, state="active", edition=1
                        )
                        session.add(site)


def from_hub(body: Body, to: Agent, thid: str | None, *, jti: str | None = None) -> Message:
    """A message of the hub, as the link hands it over."""
    now = to.now.replace(microsecond=0)
    return Message(
        v=1, type=body.TYPE, iss=HUB, aud=to.site_id, jti=jti or new_id(), iat=now, exp=now + MAX_LIFETIME,
        thid=thid, re=None, body=body, kid="", token_hash="",
    )  # fmt: skip


def add_supporter(session: Any, now: datetime, name: str = "Dr Uma Ross", **changes: Any) -> Supporter:
    """A supporter who is trained, has signed and chosen PIN; `changes` are fields of `roster.Details`."""
    given = {
        "name": name,
        "email": name.lower().replace(" ", ".") + "@example.ca",
        "stage": "late",
        "languages": ("en",),
        "foundations_on": date(2025, 9, 17),
        "practice_on": date(2025, 9, 25),
        "max_open": 1,
    }
    supporter = roster.add(session, roster.Details(**(given | changes)), now)
    supporter.agreement_version = policy.text(session, "agreement_version")
    supporter.agreement_at = now
    supporter.pin_hash = pin_hash()
    session.flush()
    return supporter


def add_person(session: Any, now: datetime, name: str = "Cora Ordin") -> Person:
    """A coordinator."""
    email = name.lower().replace(" ", ".") + "@example.ca"
    person = Person(person_id=new_id(), name=name, email=email, roles=("coordinator",), added_at=now)
    session.add(person)
    session.flush()
    return person


IDENTITY = Identity(
    name="Dr Zephyrine Quill",
    ways=("call", "text"),
    times=("evening",),
    phone="+12505550142",
    email="z.quill@example.ca",
)


def a_request(now: datetime, **changes: Any) -> requests.NewRequest:
    """What a physician's form holds; `changes` are fields of `NewRequest`."""
    given: dict[str, Any] = {
        "door": "form",
        "received_at": now - timedelta(minutes=1),
        "stage": "mid",
        "modality": "phone",
        "reason": "discrimination",
        "identity": IDENTITY,
        "wishes": requests.Wishes(("woman",), (), "en"),
        "posts": (),
        "elsewhere": True,
    }
    return requests.NewRequest(**(given | changes))


def candidates(*site_ids: str, languages: tuple[str, ...] = ("en",)) -> tuple[Candidate, ...]:
    """A shortlist."""
    return tuple(Candidate(site_id, languages) for site_id in site_ids)


def settle(session: Any, row: OutboxRow, now: datetime) -> None:
    """The hub accepts."""
    outbox.settle(session, row, outcome="accepted", committed_at=now)


def never_by_itself(session: Any) -> None:
    """The coordinator chooses every supporter."""
    policy.put(session, "ask_itself_hours", 0)
