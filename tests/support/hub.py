"""A hub under test, and the points at which its exchanges can be broken off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hub import create_app, keys
from hub.api.door import init_buckets
from hub.config import HubConfig
from hub.extensions import db
from hub.models import Enrolment, EnrolmentState, Match, Site
from hub.services import enrolment, key_directory, limits
from hub.steps import step
from protocol.key_log import Log
from protocol.keys import DictKeyring, SigningKey
from tests.support.clock import START, StoppedClock
from tests.support.fake_site import FakeSite

Row = TypeVar("Row")
STAFF = "staff-0000000000000000"


class StopHereError(Exception):
    """Stands for the end of the process at a named point."""


@contextmanager
def stopping_at(name: str, error: Exception | None = None) -> Iterator[None]:
    """The exchange breaks off at this point, with this error."""

    def listener(sender: str) -> None:
        if sender == name:
            raise error or StopHereError

    with step.connected_to(listener):
        yield


@contextmanager
def steps_taken() -> Iterator[list[str]]:
    """The points that exchanges reach, in order."""
    names: list[str] = []
    with step.connected_to(names.append):
        yield names


def hub_config(data_dir: Path, url: str, **settings: Any) -> HubConfig:
    """Settings of a hub under test: hashing a password costs next to nothing."""
    cheap = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
    return HubConfig(data_dir=data_dir, secret="for tests only", database_url=url, argon2=cheap, **settings)


def _names() -> Iterator[str]:
    return (f"Site {n}" for n in count(1))


@dataclass
class HubUnderTest:
    """A hub with a clock that the test moves."""

    app: Flask
    clock: StoppedClock
    names: Iterator[str] = field(default_factory=_names)

    @classmethod
    def start(cls, config: HubConfig) -> HubUnderTest:
        """A hub on migrated tables, with fresh keys unless its folder holds some."""
        if not (config.data_dir / keys.SIGNING_FILE).exists():
            keys.create(config.data_dir)
        clock = StoppedClock()
        return cls(create_app(config, clock), clock).begin()

    def begin(self) -> HubUnderTest:
        """This app on another, empty database: what it remembers is forgotten."""
        config: HubConfig = self.app.extensions["hub_config"]
        init_buckets(self.app, config.calls_per_second, config.calls_at_once)
        self.clock.at = START
        self.names = _names()
        with self.session() as session:
            key_directory.start(session, SigningKey.generate().kid(), self.now)
        return self

    def stop(self) -> None:
        """Close its connections."""
        with self.app.app_context():
            db.engine.dispose()

    @property
    def now(self) -> datetime:
        """The hub's time."""
        return self.clock.now()

    @property
    def client(self) -> FlaskClient:
        """A fresh HTTP client."""
        return self.app.test_client()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of its own, committed at the end."""
        with self.app.app_context():
            yield db.session()
            db.session.commit()

    def rows(self, kind: type[Row], *where: Any) -> list[Row]:
        """The committed rows of a table."""
        with self.session() as session:
            found = list(session.scalars(sa.select(kind).where(*where)))
            session.expunge_all()
            return found

    def count(self, kind: type[Any], *where: Any) -> int:
        """How many there are."""
        return len(self.rows(kind, *where))

    def match(self) -> Match:
        """The only match."""
        (match,) = self.rows(Match)
        return match

    def post(self, path: str, **options: Any) -> TestResponse:
        """A POST to a door."""
        return self.client.post(f"/v1/{path}", base_url="https://localhost", **options)

    def get(self, path: str) -> TestResponse:
        """A GET of a door."""
        return self.client.get(f"/v1/{path}", base_url="https://localhost")

    def run_limits(self) -> int:
        """Let everything happen that is due."""
        with self.app.app_context():
            return limits.run_due(db.session(), self.now)

    def log(self) -> Log:
        """The key log, read as a site reads it."""
        return Log.load(self.get("hub").get_json()["log"])

    def keyring(self) -> DictKeyring:
        """The hub's public key."""
        with self.app.app_context():
            return DictKeyring([keys.current().public()])

    def invite(self, name: str | None = None) -> tuple[str, str]:
        """A new site's id and code."""
        with self.session() as session:
            invited = enrolment.invite(
                session,
                name or next(self.names),
                "Cedar Inlet",
                "division",
                True,
                "3",
                "America/Vancouver",
                self.now,
            )
            return invited.site.site_id, invited.code_text

    def site(self, **settings: Any) -> FakeSite:
        """A new site, approved. Its keys are proved on paper only: the door's own tests go through the door."""
        site_id, code = self.invite()
        site = FakeSite(self, site_id, code, **settings)
        signing, sealing = site.signing.public(), site.sealing.public()
        with self.session() as session:
            (row,) = session.scalars(sa.select(Enrolment).where(Enrolment.site_id == site_id))
            row.state = EnrolmentState.PROVED
            row.signing_key, row.signing_kid = signing.jwk(), signing.kid()
            row.sealing_key, row.sealing_kid = sealing.jwk(), sealing.kid()
            enrolment.approve(session, session.get_one(Site, site_id), STAFF, self.now)
        return site

    def helper(self, **offer: Any) -> FakeSite:
        """A new site that says what it could take on."""
        site = self.site()
        site.offer(**offer)
        return site

    def staff(self, act: str, site: FakeSite) -> bool:
        """Staff approve, refuse, suspend, resume or withdraw a site."""
        with self.session() as session:
            done = getattr(enrolment, act)(session, session.get_one(Site, site.site_id), STAFF, self.now)
        return bool(done)
