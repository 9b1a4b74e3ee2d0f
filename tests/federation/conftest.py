"""Fixtures of the federation tests: a hub and its sites in one process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.federation import Agent, Asked, Federation


@pytest.fixture
def federation(tmp_path: Path) -> Iterator[Federation]:
    federation = Federation(tmp_path)
    yield federation
    federation.close_down()


HELPERS = ("Selkirk", "Cedar", "Fraser")


@pytest.fixture
def home(federation: Federation) -> Agent:
    return federation.site("Kettle")


@pytest.fixture
def helpers(federation: Federation, home: Agent) -> list[Agent]:
    found = [federation.site(name, f"Dr {name} Supporter") for name in HELPERS]
    federation.settle()
    return found


@pytest.fixture
def asked(federation: Federation, home: Agent, helpers: list[Agent]) -> Asked:
    """A request whose letters are with the hub and which one site was proposed."""
    asked = home.asks()
    federation.settle()
    return asked
