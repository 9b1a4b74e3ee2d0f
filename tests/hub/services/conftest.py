"""A home and helping sites for tests of the match's rules."""

from __future__ import annotations

import pytest

from tests.support.fake_site import FakeRequest, FakeSite
from tests.support.hub import HubUnderTest


@pytest.fixture
def home(hub: HubUnderTest) -> FakeSite:
    """The site of the physician who asks."""
    return hub.site()


@pytest.fixture
def helpers(hub: HubUnderTest) -> list[FakeSite]:
    """Two sites that could help."""
    return [hub.helper(), hub.helper()]


@pytest.fixture
def request_(home: FakeSite, helpers: list[FakeSite]) -> FakeRequest:
    """A request whose shortlist came."""
    asked = home.ask()
    asked.listed()
    return asked
