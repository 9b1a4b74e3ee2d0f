"""Fixtures of the site agent's tests: a province of sites, and one site's session."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from site_agent.extensions import db
from tests.support.agent import Agent, Province
from tests.support.clock import StoppedClock


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def province(tmp_path: Path, clock: StoppedClock) -> Iterator[Province]:
    province = Province(tmp_path, clock)
    yield province
    for agent in province.agents:
        with agent.app.app_context():
            db.engine.dispose()


@pytest.fixture
def cedar(province: Province) -> Agent:
    """A site that is enrolled."""
    return province.agent("Cedar Inlet")


@pytest.fixture
def session(cedar: Agent) -> Iterator[Any]:
    """Cedar Inlet's session, inside its app's context."""
    with cedar.app.app_context():
        yield db.session
        db.session.rollback()
