"""Fixtures of the federation tests: a hub and its sites in one process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.federation import Agent, Asked, Federation

HELPERS = ("Selkirk", "Cedar", "Fraser")


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    """Kettle, which asks, and three sites that could help: enrolled once, then copied for each test."""
    federation = Federation(tmp_path_factory.mktemp("province"))
    federation.site("Kettle")
    for name in HELPERS:
        federation.site(name, f"Dr {name} Supporter")
    federation.settle()
    federation.close_down()
    return federation


@pytest.fixture
def federation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Federation]:
    """A hub: with Kettle and the helpers for tests that name `helpers`, else without any site."""
    with_sites = "helpers" in request.fixturenames
    grown = request.getfixturevalue("grown") if with_sites else None
    federation = Federation(tmp_path) if grown is None else Federation.copy(grown, tmp_path)
    yield federation
    federation.close_down()


@pytest.fixture
def home(federation: Federation) -> Agent:
    return federation.agent("Kettle") or federation.site("Kettle")


@pytest.fixture
def helpers(federation: Federation) -> list[Agent]:
    return [agent for agent in federation.agents if agent.name in HELPERS]


@pytest.fixture
def asked(federation: Federation, home: Agent, helpers: list[Agent]) -> Asked:
    """A request whose letters are with the hub and which one site was proposed."""
    asked = home.asks()
    federation.settle()
    return asked
