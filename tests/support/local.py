"""One site, made once for a module and emptied before each test: for what happens inside it.

Import `site` and `here` into a test module and list them in its `__all__`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from site_agent.clock.due import run_due
from site_agent.extensions import db
from site_agent.models import Base, ContactClock, Mail, Match, Offer, Request, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import interactions, local, policy, requests
from tests.support.agent import Agent, Province, a_request, add_person, add_supporter
from tests.support.clock import START, StoppedClock

KEPT = frozenset({"site", "enrolment", "link_state", "key_entry", "directory_site"})


@dataclass
class Here:
    """A request of this site, driven step by step. Each step is a commit of its own, as a press is."""

    agent: Agent
    session: Any

    @property
    def now(self) -> datetime:
        return self.agent.now

    @property
    def clock(self) -> StoppedClock:
        return self.agent.clock

    def request(self, **changes: Any) -> Request:
        """Recorded a minute ago by phone; `changes` are fields of `NewRequest`."""
        given: dict[str, Any] = {"door": "phone", "elsewhere": False}
        recorded = requests.record(self.session, a_request(self.now, **(given | changes)), self.now)
        self.session.commit()
        return recorded.request

    def supporter(self, name: str = "Dr Uma Ross", **changes: Any) -> Supporter:
        supporter = add_supporter(self.session, self.now, name, **changes)
        self.session.commit()
        return supporter

    def person(self, name: str = "Cora Ordin") -> str:
        person = add_person(self.session, self.now, name)
        self.session.commit()
        return person.person_id

    def set(self, name: str, value: int | str) -> None:
        policy.put(self.session, name, value, self.now)
        self.session.commit()

    def ask(self, request: Request, supporter: Supporter, by: str | None = None) -> Offer:
        offer = local.ask(self.session, request, supporter, self.now, by)
        self.session.commit()
        return offer

    def yes(self, offer: Offer) -> Match:
        helper.accept(self.session, offer, self.now)
        self.session.commit()
        return self.session.get_one(Match, offer.thid)

    def no(self, offer: Offer) -> None:
        helper.decline(self.session, offer, self.now)
        self.session.commit()

    def in_hand(self, request: Request, supporter: Supporter) -> Match:
        return self.yes(self.ask(request, supporter))

    def reached(self, match: Match, at: datetime | None = None) -> None:
        interactions.reached(self.session, match, at or self.now, self.now)
        self.session.commit()

    def close(self, match: Match) -> None:
        interactions.close(self.session, match, self.now, jottings_destroyed=True)
        self.session.commit()

    def withdraw(self, request: Request) -> None:
        requests.withdraw(self.session, request, self.now)
        self.session.commit()

    def run(self) -> int:
        """What the clock does just now."""
        return run_due(lambda: self.session, self.now)

    def offer(self, request: Request) -> Offer:
        match = local.match_of(self.session, request)
        offer = None if match is None else helper.present_offer(self.session, match)
        assert offer is not None
        return offer

    def listed(self, request: Request) -> list[str]:
        """The names of those who may be asked, best first."""
        found = local.candidates(self.session, request, self.now).candidates
        return [each.supporter.name for each in found]

    def mails(self, kind: str) -> list[Mail]:
        return list(self.session.scalars(select(Mail).where(Mail.kind == kind)))

    def outcomes(self) -> list[str]:
        """How the runs of the clock ended, in the order in which they began."""
        runs = select(ContactClock.outcome).order_by(ContactClock.started_at)
        return list(self.session.scalars(runs))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """Cedar Inlet, enrolled."""
    agent = Province(tmp_path_factory.mktemp("site"), StoppedClock()).agent("Cedar Inlet")
    yield agent
    with agent.app.app_context():
        db.engine.dispose()


@pytest.fixture
def here(site: Agent) -> Iterator[Here]:
    """The site with no supporter, request or setting, at the clock's beginning."""
    site.clock.at = START
    with site.app.app_context():
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in KEPT:
                db.session.execute(table.delete())
        db.session.commit()
        yield Here(site, db.session)
        db.session.rollback()
