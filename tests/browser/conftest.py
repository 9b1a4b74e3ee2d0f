"""Fixtures of the browser tests: a province grown once, copied and served for each test, and people's browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.support.browser import PHONE
from tests.support.province import Province

HELPERS = {
    "Selkirk Ridge": ("Dr. Wen Li", "Dr. Paul Dufresne"),
    "Cedar Inlet": ("Dr. Ines Albrecht", "Dr. Tomas Reyes"),
}
POCKET = {"width": 390, "height": 844}
"""A supporter's phone."""


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """Kettle Basin, which asks, and two sites that could help: enrolled once."""
    province = Province(tmp_path_factory.mktemp("grown"))
    province.site("Kettle Basin")
    for name, supporters in HELPERS.items():
        province.site(name, *supporters)
    province.settle()
    province.close_down()
    return province


@pytest.fixture
def province(grown: Province, tmp_path: Path, serve_app: Callable[..., str]) -> Iterator[Province]:
    """The province on ports of its own."""
    province = Province.copy(grown, tmp_path)
    assert isinstance(province, Province)
    province.serve(serve_app)
    yield province
    province.close_down()


@pytest.fixture
def desk(new_page: Callable[..., Page]) -> BrowserContext:
    """One browser at a desk, in which somebody may be signed in to the hub and to several sites at once."""
    return new_page().context


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A supporter's own phone."""
    return new_page(viewport=POCKET)


@pytest.fixture
def scriptless(new_page: Callable[..., Page]) -> Page:
    """A physician's small phone, with scripts off."""
    return new_page(viewport=PHONE, java_script_enabled=False)
