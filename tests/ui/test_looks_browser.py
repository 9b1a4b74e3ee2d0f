"""Every part and field in a real browser: accessible, well formed, and nothing cut off on a phone or at a desk."""

from __future__ import annotations

import pytest

from tests.support.browser import check_at_both_widths, serving
from tests.support.press import press
from tests.support.styleguide import PAGES, create_styleguide

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("ui browser")]


@pytest.fixture(scope="module")
def url():
    with serving(create_styleguide(), "guide.localhost") as url:
        yield url


@pytest.mark.parametrize("path", [*PAGES, "/?said"])
def test_every_layout_is_sound(page, url, path):
    page.goto(url + path)
    check_at_both_widths(page)


def test_a_form_with_every_error_is_sound(page, url):
    page.goto(url + "/requests/new")
    press(page, "Continue")
    check_at_both_widths(page)
