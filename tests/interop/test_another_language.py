"""A client in another language, on Node with panva's `jose`: it knows the protocol page and the vectors only.

It must give `ok` for every valid vector and the exact code for every refused one, and what it writes must open
here. The last tests see it go red, since a checker that cannot fail says nothing.
"""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from protocol.envelope import HUB, open_envelope
from protocol.keys import DictKeyring
from protocol.limits import CARD_BYTES, IDENTITY_BYTES
from protocol.sealing import unseal_letter
from tests.support.forge import NOW
from tests.vectors.cases import HELPER, HELPER_SEAL, SITE_KEY
from tests.vectors.generate import FOLDER as VECTORS
from tests.vectors.letters import THID, letter_claims
from tests.vectors.refused_jose import CLAIMS
from tests.vectors.samples import CARD, IDENTITY

HERE = Path(__file__).parent


def run(script: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = ["node", "--no-warnings", str(HERE / script), *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a script of this folder, its packages installed once even if several workers come at a time."""
    with (tmp_path_factory.getbasetemp().parent / "interop.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (HERE / "node_modules" / "jose").is_dir():
            subprocess.run(
                ["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=HERE, check=True, timeout=250
            )
    return run


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "vectors"
    shutil.copytree(
        VECTORS, folder, ignore=lambda _, names: [name for name in names if not name.endswith(".json")]
    )
    return folder


def cases(folder: Path, stem: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((folder / f"{stem}.json").read_text("ascii"))
    return loaded


def plant(folder: Path, stem: str, case: dict[str, Any]) -> None:
    (folder / f"{stem}.json").write_text(json.dumps([*cases(folder, stem), {**case, "name": "planted"}]))


def wrong_lines(result: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in result.stdout.splitlines() if line.startswith("WRONG")]


def test_every_vector_is_answered_exactly(node):
    result = node("check_vectors.mjs", str(VECTORS))
    asked = [
        (path.stem, case["name"], case["expect"])
        for path in VECTORS.glob("*.json")
        for case in cases(VECTORS, path.stem)
        if case["layer"] in ("jose", "envelope")
    ]
    answered = [tuple(line.split("\t")[1:]) for line in result.stdout.splitlines() if "\t" in line]
    assert sorted(answered) == sorted(asked)
    assert wrong_lines(result) == []
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("expect", ["ok", "bad-token"])
def test_a_valid_vector_planted_among_the_refused_turns_it_red(expect, node, copy):
    for stem in ("envelope", "jose", "sealed"):
        plant(copy, stem, {**cases(VECTORS, "match.accept")[0], "expect": expect})
    result = node("check_vectors.mjs", str(copy))
    assert wrong_lines(result) == [f"WRONG\t{stem}\tplanted\tok" for stem in ("envelope", "jose", "sealed")]
    assert result.returncode == 1


def test_a_refused_vector_planted_among_the_valid_turns_it_red(node, copy):
    plant(copy, "match.accept", cases(VECTORS, "jose")[0])
    result = node("check_vectors.mjs", str(copy))
    assert wrong_lines(result) == ["WRONG\tmatch.accept\tplanted\tbad-token"]
    assert result.returncode == 1


def test_another_code_or_other_claims_turn_it_red(node, copy):
    valid = cases(VECTORS, "match.accept")[0]
    plant(copy, "match.accept", {**valid, "claims": {**valid["claims"], "jti": "another"}})
    plant(copy, "envelope", {**cases(VECTORS, "jose")[0], "expect": "expired"})
    result = node("check_vectors.mjs", str(copy))
    assert [line.split("\t")[1] for line in wrong_lines(result)] == ["envelope", "match.accept"]
    assert result.returncode == 1


def test_no_vectors_at_all_turn_it_red(node, tmp_path):
    assert node("check_vectors.mjs", str(tmp_path)).returncode == 1


@pytest.mark.parametrize(("body", "size"), [(CARD, CARD_BYTES), (IDENTITY, IDENTITY_BYTES)])
def test_what_it_writes_opens_here(body, size, node):
    letter = letter_claims(body, "from another language").dump()
    given = {"signing": SITE_KEY.jwk(), "sealing": HELPER_SEAL.public().jwk(), "claims": CLAIMS.dump()}
    result = node("write_messages.mjs", given=json.dumps({**given, "letter": letter, "size": size}))
    written = json.loads(result.stdout)
    ring = DictKeyring([SITE_KEY.public()])
    assert open_envelope(written["message"], ring, NOW, audience=HUB).jti == CLAIMS.jti
    opened = unseal_letter(
        written["letter"], HELPER_SEAL, ring, NOW, audience=HELPER, thid=THID, expect=body.TYPE
    )
    assert opened.body == body
