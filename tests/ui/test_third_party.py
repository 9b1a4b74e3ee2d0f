"""THIRD-PARTY.md names everything that is shipped or installed."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ui.frontend import build

NOTICE = Path("THIRD-PARTY.md").read_text()


def test_every_locked_package_is_named_with_its_licence():
    locked = set(re.findall(r"^([a-z0-9._-]+)==", Path("requirements/run.txt").read_text(), re.MULTILINE))
    named = dict(re.findall(r"^\| ([a-z0-9._-]+) \| ([^|]+) \|$", NOTICE, re.MULTILINE))
    assert set(named) - {"package"} == locked


def test_every_shipped_package_is_named():
    words = {"govuk-frontend": "GOV.UK Frontend", "@bcgov/bc-sans": "BC Sans"}
    assert set(json.loads(build.MANIFEST.read_text())["packages"]) == set(words)
    assert all(name in NOTICE for name in words.values())
