"""Applies mutants one by one: `python -m tests.rules.breaking` prints `mutant <n> <exit code of its test>` for each.

Each mutant has a process forked from one that has imported everything before, and nothing on the disk is touched. A
mutant inside functions or a template is put in place there; one that changes a class or a constant needs a process in
which nothing of ours is imported yet, and is read as broken from the start.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from inspect import CO_NEWLOCALS
from pathlib import Path
from types import CodeType
from typing import Any

import argon2
import flask_babel
import flask_sqlalchemy
import flask_wtf
import html5lib
import marshmallow
import phonenumbers
import pytest
import sqlalchemy.dialects.sqlite
from alembic import command
from jinja2 import FileSystemBytecodeCache
from jinja2.loaders import FileSystemLoader
from joserfc import jwe, jws
from playwright import sync_api

from tests.rules.mutants import MUTANTS, Mutant
from tests.support import templates

HEAVY = (
    argon2, command, flask_babel, flask_sqlalchemy, flask_wtf, html5lib, jwe, jws, marshmallow, phonenumbers, sync_api,
    sqlalchemy,
)  # fmt: skip
QUIET = ("-q", "-x", "--tb=line", "--no-header", "-p", "pytest_timeout", "-p", "no:cacheprovider")
OURS = ("hub", "site_agent", "protocol", "ui")


def broken(mutant: Mutant) -> tuple[str, str]:
    """The file as it is and as the mutant has it."""
    text = Path(mutant.file).read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file} has {text.count(mutant.old)} times: {mutant.old}")
    return text, text.replace(mutant.old, mutant.new)


def own(code: CodeType) -> tuple[object, ...]:
    """What a piece of code does itself, whatever the pieces in it do."""
    plain = tuple(each for each in code.co_consts if not isinstance(each, CodeType))
    return code.co_code, plain, code.co_names, code.co_varnames, code.co_freevars


def whole(code: CodeType) -> tuple[object, ...]:
    """The same with the pieces in it."""
    return own(code), *(whole(each) for each in code.co_consts if isinstance(each, CodeType))


def parts(code: CodeType) -> Iterator[tuple[str, CodeType | None, object]]:
    """The functions and methods in a compiled file, and what is done when it is imported."""
    yield code.co_qualname, None, own(code)
    for each in code.co_consts:
        if isinstance(each, CodeType):
            if each.co_flags & CO_NEWLOCALS and "<" not in each.co_qualname:
                yield each.co_qualname, each, whole(each)
            else:
                yield from parts(each)


def changed(mutant: Mutant) -> list[CodeType] | None:
    """The functions that are to be put in place; None if more than functions has changed."""
    before, after = (list(parts(compile(text, mutant.file, "exec"))) for text in broken(mutant))
    if [name for name, _, _ in before] != [name for name, _, _ in after]:
        return None
    differs = [new for old, new in zip(before, after, strict=True) if old[2] != new[2]]
    return None if any(code is None for _, code, _ in differs) else [code for _, code, _ in differs if code]


def put_in_place(mutant: Mutant, new: list[CodeType]) -> None:
    """The functions of a module that is imported already do from now on what the mutant says."""
    module = importlib.import_module(mutant.file.removesuffix(".py").replace("/", "."))
    for code in new:
        found: Any = module
        for name in code.co_qualname.split("."):
            found = getattr(found, name)
        while hasattr(found, "__wrapped__"):
            found = found.__wrapped__
        found.__code__ = code


def read_as(mutant: Mutant) -> None:
    """From now on this process reads the mutant's file as broken."""
    wanted, text = str(Path(mutant.file).resolve()), broken(mutant)[1]
    data, stats, source = SourceFileLoader.get_data, SourceFileLoader.path_stats, FileSystemLoader.get_source
    read = Path.read_text

    def get_data(self: SourceFileLoader, path: str) -> bytes:
        return text.encode() if os.path.realpath(path) == wanted else data(self, path)

    def path_stats(self: SourceFileLoader, path: str) -> object:
        if os.path.realpath(path) == wanted:
            raise OSError("no compiled copy counts")
        return stats(self, path)

    def get_source(self: FileSystemLoader, environment: object, template: str) -> object:
        found = source(self, environment, template)  # type: ignore[arg-type]
        return (text, *found[1:]) if os.path.realpath(found[1] or "") == wanted else found

    def read_text(self: Path, *args: Any, **given: Any) -> str:
        return text if os.path.realpath(self) == wanted else read(self, *args, **given)

    SourceFileLoader.get_data = get_data  # type: ignore[assignment]
    SourceFileLoader.path_stats = path_stats  # type: ignore[assignment,method-assign]
    FileSystemLoader.get_source = get_source  # type: ignore[assignment,method-assign]
    Path.read_text = read_text  # type: ignore[method-assign]


def forked(does: Callable[[], int]) -> int:
    """What it returns, done in a process of its own."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 70
    try:
        code = does()
    finally:
        sys.stdout.flush()
        os._exit(code)


def judge(mutant: Mutant, database: Path, new: list[CodeType] | None) -> int:
    """The exit code of its test: 1 is red, 0 is a rule that nothing keeps."""
    if new:
        put_in_place(mutant, new)
    else:
        read_as(mutant)
    from tests.support import agent

    agent.empty_database = lambda: database  # type: ignore[assignment]
    return int(pytest.main([*QUIET, mutant.test]))


def in_place(mutants: list[tuple[int, Mutant, list[CodeType]]], database: Path) -> int:
    """Those that need no fresh import, from a process that has imported everything and drawn each page once."""
    from tests.support import access_scene, agent, rule_site

    assert access_scene.PIN == rule_site.PIN, "with them everything of ours is imported"
    shutil.copy(agent.empty_database(), database)
    named = sorted({mutant.test for mutant in MUTANTS})
    print("control", forked(lambda: int(pytest.main([*QUIET, *named]))), flush=True)
    for n, mutant, new in mutants:
        print("mutant", n, forked(lambda each=mutant, code=new: judge(each, database, code)), flush=True)  # type: ignore[misc]
    return 0


def main(wanted: list[int]) -> None:
    """All of these."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    assert [name for name in sys.modules if name.partition(".")[0] in OURS] == []
    folder = Path(tempfile.mkdtemp(prefix="alongside-mutants-"))
    database = folder / "empty.sqlite"
    templates.share(FileSystemBytecodeCache(str(folder)))
    sorted_out = [
        (n, MUTANTS[n], changed(MUTANTS[n]) if MUTANTS[n].file.endswith(".py") else []) for n in wanted
    ]
    forked(lambda: in_place([(n, each, new) for n, each, new in sorted_out if new is not None], database))
    for n, mutant, new in sorted_out:
        if new is None:
            print("mutant", n, forked(lambda each=mutant: judge(each, database, None)), flush=True)  # type: ignore[misc]
    shutil.rmtree(folder)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or list(range(len(MUTANTS))))
