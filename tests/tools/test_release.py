"""What is handed out: a wheel with code, templates, assets, migrations, words; documents whose links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PACKAGES = ("protocol", "hub", "site_agent", "ui")
LEFT_OUT = ("ui/frontend/",)
"""What builds the assets is not needed to run them."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def tracked() -> set[str]:
    listed = subprocess.run(["git", "ls-files", "--", *PACKAGES], capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.splitlines() if not name.startswith(LEFT_OUT)}


def test_the_wheel_holds_every_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    assert tracked() - set(wheel.namelist()) == set()


def test_the_wheel_holds_nothing_else_but_its_own_description(wheel: zipfile.ZipFile) -> None:
    known = ("alongside-", *(f"{package}/" for package in PACKAGES))
    assert [name for name in wheel.namelist() if not name.startswith(known)] == []


def test_the_wheel_brings_its_licences_and_its_two_commands(wheel: zipfile.ZipFile) -> None:
    info = next(name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name)
    names = set(wheel.namelist())
    assert {f"{info}/licenses/LICENSE", f"{info}/licenses/THIRD-PARTY.md"} <= names
    commands = wheel.read(f"{info}/entry_points.txt").decode()
    assert "alongside-hub = hub.cli:main" in commands
    assert "alongside-agent = site_agent.cli:main" in commands


def test_links_inside_the_documents_lead_somewhere() -> None:
    broken = []
    for page in [Path("README.md"), Path("CONTRIBUTING.md"), Path("SECURITY.md"), *Path("docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page}: {target}")
    assert broken == []
