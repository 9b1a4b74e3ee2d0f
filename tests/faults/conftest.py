"""Fixtures of the fault tests: the zygote, and a province to copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.crossing import Crossing, enrolled_province
from tests.faults.launcher import Zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """Both products, imported once."""
    zygote = Zygote()
    yield zygote
    zygote.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for processes that are killed."""
    where = Path(tempfile.mkdtemp(prefix="alongside-"))
    yield where
    shutil.rmtree(where)


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An enrolled province, to be copied."""
    return enrolled_province(tmp_path_factory.mktemp("province"))


@pytest.fixture
def crossing(zygote: Zygote, province: Path, folder: Path) -> Iterator[Crossing]:
    """Hub, home and helping site, running."""
    crossing = Crossing.copy(zygote, province, folder)
    try:
        crossing.start()
        yield crossing
    finally:
        crossing.stop()
