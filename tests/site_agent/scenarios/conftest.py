"""The site at which a worked scenario plays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk import make_desk
from tests.support.story import Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A site in Vancouver's zone with nobody on its roster. It is not enrolled: nothing here needs a hub."""
    for desk in make_desk(tmp_path / "agent"):
        yield Story(desk, tmp_path / "agent")
