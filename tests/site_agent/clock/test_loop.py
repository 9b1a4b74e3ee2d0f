"""A round of the clock leaves nothing on the disk that was deleted."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from site_agent.clock.loop import once
from site_agent.models import CaseKey
from site_agent.services import requests, retention
from tests.support.agent import Agent, a_request


@pytest.fixture
def folder(cedar: Agent) -> Path:
    found: Path = cedar.app.extensions["agent_config"].data_dir
    return found


@pytest.fixture
def still_there(cedar: Agent, folder: Path) -> Callable[[], bool]:
    """A case was recorded and erased; whether its wrapped key is in any file of the database."""
    with cedar.session() as session:
        request = requests.record(session, a_request(cedar.now, elsewhere=False), cedar.now).request
        wrapped: bytes = session.get_one(CaseKey, request.case_id).wrapped
    with cedar.session() as session:
        retention.erase(session, session.merge(request))

    def found() -> bool:
        return any(wrapped in path.read_bytes() for path in folder.glob("agent.sqlite*"))

    assert found(), "the write-ahead log holds it until it is cut"
    return found


def test_a_round_cuts_the_log_that_holds_what_was_deleted(
    cedar: Agent, still_there: Callable[[], bool]
) -> None:
    once(cedar.app)
    assert not still_there()


def test_somebody_who_reads_delays_it_to_the_next_round(
    cedar: Agent, folder: Path, still_there: Callable[[], bool]
) -> None:
    reader = sqlite3.connect(folder / "agent.sqlite", isolation_level=None)
    reader.execute("begin")
    reader.execute("select count(*) from request").fetchone()
    once(cedar.app)
    assert still_there()
    reader.execute("rollback")
    reader.close()
    once(cedar.app)
    assert not still_there()
