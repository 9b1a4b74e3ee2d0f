"""Where the demo puts its data, and how its programs are set up."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from hub.demo import command
from hub.demo.processes import ProcessError, Program


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(click.ClickException, match="holds something else"):
        command._fresh(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_what_an_earlier_demo_left_is_replaced(tmp_path: Path) -> None:
    folder = command._fresh(tmp_path / "demo")
    (folder / "old").touch()
    assert [path.name for path in command._fresh(folder).iterdir()] == [".alongside-demo"]


def test_command_lines_run_in_order_and_a_failing_one_is_told(tmp_path: Path) -> None:
    program = Program("hub.cli", tmp_path / "hub", {"ALONGSIDE_HUB_DATA_DIR": str(tmp_path / "hub" / "data")})
    with pytest.raises(ProcessError, match="init"):
        program.commands(("init",), ("init",))
    assert (tmp_path / "hub" / "data" / "hub.sqlite").exists()
