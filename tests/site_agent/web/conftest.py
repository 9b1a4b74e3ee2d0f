"""A site with people at its desk."""

import pytest
from flask.testing import FlaskClient

from tests.support.desk import Desk, desk

__all__ = ["coordinator", "desk"]


@pytest.fixture
def coordinator(desk: Desk) -> FlaskClient:
    """A coordinator's browser, signed in."""
    return desk.client()
