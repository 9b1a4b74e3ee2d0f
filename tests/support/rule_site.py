"""One site for the tests of the rules: services and pages over the same tables, emptied before each test.

Import `house` and `desk_of_module` into a test module and list them in its `__all__`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from site_agent.extensions import db
from site_agent.models import Base, Event, Match, Offer, OutboxRow, Request, Supporter
from site_agent.services import interactions, links, local, offers, policy
from tests.support.agent import PIN, pin_hash
from tests.support.clock import START
from tests.support.desk import Desk, make_desk

__all__ = ["House", "Visit", "desk_of_module", "house"]


@dataclass
class Visit:
    """A browser that came in by a link. `about`: what its forms are about."""

    client: FlaskClient
    about: str

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **typed: Any) -> TestResponse:
        return self.client.post(path, data={"about": self.about} | typed)


@dataclass
class House:
    """A site and short ways through it. Each step is a commit of its own, as a press is."""

    desk: Desk

    @property
    def now(self) -> datetime:
        return self.desk.now

    def set(self, name: str, value: int | str) -> None:
        with self.desk.session() as session:
            policy.put(session, name, value, self.now)

    def supporter(self, name: str = "Dr. Ada Okafor", **more: Any) -> str:
        who = self.desk.supporter(name, **more)
        with self.desk.session() as session:
            session.get_one(Supporter, who).pin_hash = pin_hash()
        return who

    def ask(self, request_id: str, supporter_id: str) -> str:
        """The offer's id."""
        with self.desk.session() as session:
            request, who = session.get_one(Request, request_id), session.get_one(Supporter, supporter_id)
            return local.ask(session, request, who, self.now).offer_id

    def listed(self, request_id: str) -> list[str]:
        """Who of this site may be asked, by name."""
        with self.desk.session() as session:
            found = local.candidates(session, session.get_one(Request, request_id), self.now)
            return [each.supporter.name for each in found.candidates]

    def does(self, act: str, offer_id: str, *given: Any) -> None:
        """`accept`, `decline`, `lapse`, `answer_name` of an offer."""
        with self.desk.session() as session:
            getattr(offers, act)(session, session.get_one(Offer, offer_id), *given, self.now)

    def helped(self, **more: Any) -> str:
        """A request of this site that a supporter has said yes to; the offer's id."""
        offer = self.ask(self.desk.request(**more), self.supporter())
        self.does("accept", offer)
        return offer

    def match(self, offer_id: str) -> Match:
        match: Match = self.desk.row(Match, self.desk.row(Offer, offer_id).thid)
        return match

    def reached(self, thid: str) -> None:
        with self.desk.session() as session:
            interactions.reached(session, session.get_one(Match, thid), self.now, self.now)

    def close(self, thid: str) -> None:
        with self.desk.session() as session:
            interactions.close(session, session.get_one(Match, thid), self.now)

    def opens(self, kind: str, path: str, subject: str) -> Visit:
        """Somebody follows a fresh link and presses its button."""
        with self.desk.session() as session:
            token = links.issue(session, kind, subject, self.now + timedelta(days=1), self.now)
        client = self.desk.client(None)
        assert client.post(f"/{path}/{token}").status_code == 303
        return Visit(client, subject)

    def before(self, offer_id: str, pin: bool = True) -> Visit:
        """The supporter of this offer."""
        visit = self.opens("offer", "o", offer_id)
        if pin:
            assert visit.post("/offer/pin", pin=PIN).status_code == 303
        return visit

    def rows(self, kind: type[Any]) -> list[Any]:
        with self.desk.session() as session:
            found = list(session.scalars(select(kind)))
            session.expunge_all()
            return found

    def said(self) -> list[str | None]:
        """What lies in the outbox, by type."""
        return [row.type for row in self.rows(OutboxRow)]

    def told(self, subject: str) -> list[str]:
        """The codes of a timeline."""
        return [row.code for row in self.rows(Event) if row.subject == subject]

    def dump(self) -> str:
        """Every row of every table."""
        with self.desk.session() as session:
            tables = {each.name: session.execute(each.select()).all() for each in Base.metadata.sorted_tables}
        return repr(tables)


@pytest.fixture(scope="module")
def desk_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The app, made once."""
    yield from make_desk(tmp_path_factory.mktemp("house") / "agent")


@pytest.fixture
def house(desk_of_module: Desk) -> House:
    """The site with nobody in it, at the clock's beginning."""
    desk_of_module.clock.at = START
    with desk_of_module.app.app_context():
        for table in reversed(Base.metadata.sorted_tables):
            if table.name != "site":
                db.session.execute(table.delete())
        db.session.commit()
    return House(desk_of_module)
