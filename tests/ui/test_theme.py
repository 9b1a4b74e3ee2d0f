"""The colours: every pair of text and ground is at least 4.5 : 1, of line and ground 3 : 1 (WCAG 2.2 1.4.3, 1.4.11)."""

from __future__ import annotations

import re

import pytest

from ui.frontend import build

CSS = (build.OUT / "css" / "app.css").read_text()


def expand(colour: str) -> str:
    return "#" + "".join(digit * 2 for digit in colour[1:]) if len(colour) == 4 else colour


COLOURS = {
    name: expand(value)
    for name, value in reversed(re.findall(r"--(?:govuk|app)-([a-z0-9-]+)-colour:\s*(#[0-9a-f]+)", CSS))
}

TEXT = [
    ("text", "body-background"),
    ("secondary-text", "body-background"),
    ("secondary-text", "surface-background"),
    ("secondary-text", "quiet-background"),
    ("surface-text", "surface-background"),
    ("link", "body-background"),
    ("link", "surface-background"),
    ("link-hover", "body-background"),
    ("link-visited", "body-background"),
    ("error", "body-background"),
    ("error", "alert-background"),
    ("text", "alert-background"),
    ("focus-text", "focus"),
    ("on-brand", "brand"),
    ("on-brand", "button"),
    ("on-brand", "button-hover"),
    ("body-background", "success"),
]
LINES = [
    ("input-border", "body-background"),
    ("focus-text", "body-background"),
    ("strong", "body-background"),
    ("accent", "brand"),
    ("chart-1", "body-background"),
    ("chart-2", "body-background"),
]


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(COLOURS[one]), luminance(COLOURS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(text, ground):
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(("line", "ground"), LINES)
def test_lines_can_be_seen(line, ground):
    assert contrast(line, ground) >= 3


@pytest.mark.parametrize(("text", "tile"), [("#1d2b2a", 0), ("#1d2b2a", 1), ("#1d2b2a", 2), ("#ffffff", 3)])
def test_numbers_on_the_map_can_be_read(text, tile):
    ground = expand(re.search(rf"\.app-chart__tile--{tile}{{fill:(#[0-9a-f]+|\w+)", CSS)[1])
    light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
