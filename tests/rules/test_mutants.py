"""Each rule is broken on purpose, and the test that is named for it has to go red."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.rules.mutants import MUTANTS

RULES = {f"j{n:02}" for n in range(1, 18)}
"""J18, small cells, comes with evaluation."""


def test_every_rule_has_a_mutant_and_every_mutant_a_test() -> None:
    assert {mutant.rule for mutant in MUTANTS} == RULES
    for mutant in MUTANTS:
        path, _, name = mutant.test.partition("::")
        assert f"def {name}(" in Path(path).read_text(encoding="utf-8"), mutant.test


def test_every_mutant_fits_the_source_exactly_once() -> None:
    grown_old = [
        (mutant.file, mutant.old)
        for mutant in MUTANTS
        if Path(mutant.file).read_text(encoding="utf-8").count(mutant.old) != 1
    ]
    assert grown_old == []


def test_every_broken_rule_turns_its_test_red() -> None:
    """Exit code 1 of pytest: it ran and failed. Any other: it could not run, or nothing keeps the rule."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.rules.breaking"],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    codes = {int(n): int(code) for n, code in re.findall(r"^mutant (\d+) (\d+)$", done.stdout, re.MULTILINE)}
    assert len(codes) == len(MUTANTS), done.stdout + done.stderr
    survived = [(MUTANTS[n].test, MUTANTS[n].old, code) for n, code in codes.items() if code != 1]
    assert survived == []
    assert (
        re.findall(r"^.*(?:Name|Import|Syntax|Attribute|Key|Type)Error.*$", done.stdout, re.MULTILINE) == []
    )
    assert "control 0" in done.stdout, "without a mutant they are green there, too"
