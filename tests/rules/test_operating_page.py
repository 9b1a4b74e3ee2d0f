"""docs/operating.md names every command and option of both programs, and none that there is not."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

import hub.cli
import site_agent.cli
from hub.demo.command import demo

PAGE = Path("docs/operating.md").read_text(encoding="utf-8")
PROGRAMS: dict[str, click.Command] = {"alongside-hub": hub.cli.main, "alongside-agent": site_agent.cli.main}
EVERYWHERE = {"--config", "--help"}


def commands(program: str) -> dict[str, set[str]]:
    """Each command with its options."""
    group = PROGRAMS[program]
    assert isinstance(group, click.Group)
    found = {**group.commands, **({"demo": demo} if "demo" in group.commands else {})}
    return {
        name: {option for each in command.params if isinstance(each, click.Option) for option in each.opts}
        for name, command in found.items()
    }


def told(program: str) -> dict[str, set[str]]:
    """The same as the page's table says it."""
    table = PAGE.split(f"| `{program}` | does |", 1)[1].split("\n\n", 1)[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", table, re.MULTILINE)
    return {name: set(re.findall(r"`(--[a-z-]+)", text)) for name, text in rows}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_table_of_commands_is_whole_and_true(program: str) -> None:
    assert told(program) == commands(program)


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_example_uses_what_there_is_not(program: str) -> None:
    known = commands(program)
    text = PAGE.replace("\\\n", " ").split("## Every command")[0]
    for line in re.findall(rf"{program} ([a-z][^`\n]*)", text):
        words = line.split("#")[0].split()
        assert words[0] in known, line
        options = {word for word in words if word.startswith("--")}
        assert options <= known[words[0]] | EVERYWHERE, line
