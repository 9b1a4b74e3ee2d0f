"""Every test of the hub that asks for `hub` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub import database
from hub.extensions import db
from tests.support.hub import FakeSite, HubUnderTest, hub_config
from tests.support.postgres import TEMPLATE, PostgresServer, postgres_server

__all__ = ["postgres_server"]

MakeHub = Callable[..., HubUnderTest]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("template") / "hub.sqlite"
    database.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """A migrated database to copy."""
    database.upgrade(postgres_server.create(TEMPLATE))
    return TEMPLATE


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of this test's own."""
    if request.param == "sqlite":
        path = tmp_path / "hub.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.fresh(request.getfixturevalue("postgres_template"))
    yield url
    server.drop(url)


@pytest.fixture
def make_hub(tmp_path: Path, database_url: str) -> Iterator[MakeHub]:
    """Start a hub with settings of the test's choice."""
    started: list[HubUnderTest] = []

    def make(**settings: Any) -> HubUnderTest:
        started.append(HubUnderTest.start(hub_config(tmp_path / "data", database_url, **settings)))
        return started[-1]

    yield make
    for hub in started:
        with hub.app.app_context():
            db.engine.dispose()


@pytest.fixture
def hub(make_hub: MakeHub) -> HubUnderTest:
    """A hub with the default settings."""
    return make_hub()


@pytest.fixture
def site(hub: HubUnderTest) -> FakeSite:
    """An enrolled and approved site."""
    return hub.site()
