"""The check every page goes through finds what it is there to find."""

from __future__ import annotations

import pytest
from werkzeug.wrappers import Response

from tests.support.browser import PHONE, check_page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("ui browser")]

SOUND = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title>'
    '<link rel="icon" href="data:,"></head><body><header>Head</header><main><h1>Heading</h1>{}</main>'
    "<footer>Foot</footer></body></html>"
)


@pytest.fixture
def show(new_page, serve_app):
    def shown(inside, status=200):
        page = new_page(viewport=PHONE)
        page.goto(serve_app(Response(SOUND.format(inside), status, mimetype="text/html")))
        return page

    return shown


@pytest.mark.parametrize("status", [200, 404, 422])
def test_a_sound_page_passes_whatever_its_status(show, status):
    check_page(show("<p>Words.</p>", status))


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">', "image-alt"),
        ('<p style="color:#aaa">Too pale to read.</p>', "color-contrast"),
        ("<script>console.error('lost')</script>", "lost"),
        ("<script>missing()</script>", "missing is not defined"),
        ('<p style="width:500px">Wide.</p>', "sideways scroll"),
        (
            '<p style="width:60px;overflow:hidden;white-space:nowrap">Words that do not fit</p>',
            "text cut off",
        ),
        (
            '<div style="width:60px"><p style="white-space:nowrap">Words that do not fit</p></div>',
            "text cut off",
        ),
        ("<p>Never closed <b>bold</p>", "HTML"),
        ('<p id="one">One</p><p id="one" id="two">Two</p>', "duplicate-attribute"),
    ],
)
def test_what_is_wrong_is_named(show, inside, found):
    with pytest.raises(AssertionError, match=found):
        check_page(show(inside))


@pytest.mark.parametrize(
    "style",
    ["overflow:auto", "position:absolute;height:1px;overflow:hidden;clip-path:inset(50%)"],
)
def test_what_scrolls_or_is_hidden_on_purpose_is_not_cut_off(show, style):
    check_page(
        show(
            f'<div style="width:60px;{style}" tabindex="0"><p style="white-space:nowrap">Many words</p></div>'
        )
    )
