"""Every test of the hub that asks for `hub` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub import database
from tests.support.fake_site import FakeSite
from tests.support.hub import HubUnderTest, hub_config
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


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the hubs of this run live, one after the other."""
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """A migrated database of this test's own. Its address is always the same, so that an app can be used again."""
    if request.param == "sqlite":
        path = folder / "hub.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        for each in folder.glob("hub.sqlite*"):
            each.unlink()
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create("hub_under_test", request.getfixturevalue("postgres_template"))
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def apps() -> dict[str, HubUnderTest]:
    """The app for each kind of database, made once: making one and compiling its statements takes a while."""
    return {}


@pytest.fixture
def make_hub(folder: Path, database_url: str) -> Iterator[MakeHub]:
    """Start a hub with settings of the test's choice."""
    started: list[HubUnderTest] = []

    def make(**settings: Any) -> HubUnderTest:
        started.append(HubUnderTest.start(hub_config(folder / "data", database_url, **settings)))
        return started[-1]

    yield make
    for each in started:
        each.stop()


@pytest.fixture
def hub(apps: dict[str, HubUnderTest], folder: Path, database_url: str) -> Iterator[HubUnderTest]:
    """A hub with the default settings."""
    kind = database_url.partition(":")[0]
    if kind in apps:
        apps[kind].begin()
    else:
        apps[kind] = HubUnderTest.start(hub_config(folder / "data", database_url))
    yield apps[kind]
    apps[kind].stop()


@pytest.fixture
def site(hub: HubUnderTest) -> FakeSite:
    """An enrolled and approved site."""
    return hub.site()
