"""Every part and field in a real browser: accessible, well formed, and nothing cut off on a phone or at a desk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.browser import DESK, PHONE, check_page
from tests.support.styleguide import PAGES, create_styleguide

pytestmark = pytest.mark.browser

WIDTHS = pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["320px", "1200px"])


@pytest.fixture
def url(serve_app):
    return serve_app(create_styleguide(), "guide.localhost")


def shoot(page, name, viewport):
    folder = os.environ.get("SHOTS")
    if folder:
        page.screenshot(
            path=Path(folder) / f"{name.strip('/').replace('/', '-') or 'home'}-{viewport['width']}.png",
            full_page=True,
        )


@WIDTHS
@pytest.mark.parametrize("path", [*PAGES, "/?said"])
def test_every_layout_is_sound(new_page, url, path, viewport):
    page = new_page(viewport=viewport)
    page.goto(url + path)
    check_page(page)
    shoot(page, path, viewport)


@WIDTHS
def test_a_form_with_every_error_is_sound(new_page, url, viewport):
    page = new_page(viewport=viewport)
    page.goto(url + "/requests/new")
    page.get_by_role("button", name="Continue").click()
    check_page(page)
    shoot(page, "errors", viewport)
