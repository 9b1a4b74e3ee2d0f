"""An agent whose hub is a few lines long and in the same process."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from protocol.messages.body import Body
from protocol.messages.handover import Identity
from site_agent import outbox
from site_agent.extensions import db
from site_agent.hub_link import HubLink, hub_link
from site_agent.keys import current_keys
from site_agent.link import init_link
from site_agent.link.loop import exchange
from site_agent.link.receiver import poll_once
from site_agent.link.sender import send_once
from site_agent.models import LinkState, OutboxRow, Site
from site_agent.services import requests
from tests.support.agent import new_app
from tests.support.clock import StoppedClock
from tests.support.fake_hub import FakeHub

HUB_URL = "https://hub.example.ca"


@dataclass
class Agent:
    """The app and its hub, with the few things that a test of the link does to them."""

    app: Flask
    hub: FakeHub
    clock: StoppedClock

    @property
    def session(self) -> Any:
        return db.session()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def pages(self) -> HubLink:
        return hub_link()

    @property
    def state(self) -> LinkState:
        state = self.session.get(LinkState, 1, populate_existing=True)
        assert state is not None
        return state

    def queue(self, body: Body, thid: str | None = None) -> int:
        """Queue and commit; the row's id."""
        row = outbox.queue(self.session, body, now=self.now, thid=thid)
        self.session.commit()
        return row.id

    def row(self, row_id: int) -> OutboxRow:
        return self.session.get(OutboxRow, row_id, populate_existing=True)

    def rows(self) -> list[OutboxRow]:
        found = select(OutboxRow).order_by(OutboxRow.n).execution_options(populate_existing=True)
        return list(self.session.scalars(found))

    def send(self) -> int:
        return self._released(send_once)

    def poll(self) -> int:
        return self._released(poll_once)

    def exchange(self) -> bool:
        return self._released(exchange)

    def _released(self, act: Any) -> Any:
        # The link has a session of its own, and this one would hold SQLite's lock.
        self.session.commit()
        try:
            return act(self.app)
        finally:
            self.session.rollback()
            self.session.expire_all()


def look_elsewhere(agent: Agent) -> Any:
    """A request that has just been told to look elsewhere; its message waits."""
    new = requests.NewRequest(
        door="phone",
        received_at=agent.now,
        stage="mid",
        modality="phone",
        reason="burnout",
        identity=Identity("Somebody", ("call",), ("any-time",), phone="+12505550142"),
        elsewhere=True,
    )
    recorded = requests.record(agent.session, new, agent.now)
    agent.session.commit()
    return recorded.request


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Agent]:
    """A site that no hub knows yet."""
    clock = StoppedClock()
    app = new_app(tmp_path / "agent", clock)
    hub = FakeHub(clock)
    init_link(app, lambda url: hub)
    with app.app_context():
        db.session.add(Site(id=1, name="Cedar Inlet"))
        db.session.commit()
        yield Agent(app, hub, clock)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def agent(stranger: Agent) -> Agent:
    """A site that its hub has approved, with nothing waiting on either side."""
    keys = current_keys()
    stranger.hub.approved = True
    stranger.hub.admit(keys.signing, keys.sealing)
    stranger.pages.begin(stranger.session, stranger.hub.code.encode(), HUB_URL, stranger.now)
    assert stranger.exchange()
    stranger.hub.calls.clear()
    return stranger
