"""The small app on the shared web, its store and its clock, for the tests of access, sign-in and errors."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import client_of, small_app


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def store() -> MemoryStore:
    """Knows nobody yet; a test module that needs people adds them."""
    return MemoryStore()


@pytest.fixture
def app(store: MemoryStore, clock: StoppedClock) -> Flask:
    return small_app(store, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return client_of(app)
