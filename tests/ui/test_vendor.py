"""The assets that are shipped are the ones that were built, and may be shipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.frontend import build

CSS = (build.OUT / "css" / "app.css").read_text()


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of what is shipped, to spoil."""
    for name in [*build.shipped(), "VENDOR.json"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((build.OUT / name).read_bytes())
    monkeypatch.setattr(build, "OUT", tmp_path)
    monkeypatch.setattr(build, "MANIFEST", tmp_path / "VENDOR.json")
    return tmp_path


def test_every_shipped_file_is_the_one_that_was_built():
    assert build.check() == len(build.shipped()) >= 6


@pytest.mark.parametrize("name", build.shipped())
def test_a_changed_file_is_found(copied, name):
    (copied / name).write_bytes((copied / name).read_bytes() + b" ")
    with pytest.raises(build.VendorError, match=Path(name).name):
        build.check()


def test_a_file_too_many_and_a_file_too_few_are_found(copied):
    (copied / "js" / "more.js").write_text("")
    (copied / "js" / "govuk.js").unlink()
    with pytest.raises(build.VendorError, match=r"missing: \['js/govuk.js'\], extra: \['js/more.js'\]"):
        build.check()


def test_the_style_sheet_loads_nothing_from_outside_and_nothing_of_the_crown():
    build.refuse_what_may_not_ship(CSS)
    assert "@import" not in CSS


@pytest.mark.parametrize(
    "css",
    [
        'a{font-family:"GDS Transport"}',
        "a{background:url(/assets/govuk-crest.svg)}",
        'a{src:url("https://example.ca/a")}',
    ],
)
def test_what_may_not_ship_is_refused(css):
    with pytest.raises(build.VendorError):
        build.refuse_what_may_not_ship(css)


def test_every_licence_is_shipped_beside_what_it_covers():
    licences = {path.name: path.read_text() for path in (build.OUT / "licences").iterdir()}
    assert "MIT License" in licences["govuk-frontend.txt"]
    assert "SIL OPEN FONT LICENSE" in licences["bc-sans.txt"]


def test_the_lock_names_no_registry():
    assert "resolved" not in (build.HERE / "package-lock.json").read_text()


def test_the_lock_pins_what_is_asked_for():
    wanted = json.loads((build.HERE / "package.json").read_text())["devDependencies"]
    locked = json.loads((build.HERE / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
