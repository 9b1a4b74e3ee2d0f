"""The frozen vectors: what stands in the files is what the code says, and what the generator writes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from protocol.envelope import open_self_signed, token_hash
from protocol.errors import PROBLEMS
from protocol.key_log import Log, open_head, open_seen
from protocol.messages import REGISTRY
from tests.vectors.cases import outcome
from tests.vectors.generate import FOLDER, TYPES_FILE, texts

REFUSED = {"jose", "envelope", "schema", "sealed", "state"}
FILES = {path.stem: json.loads(path.read_text("ascii")) for path in sorted(FOLDER.glob("*.json"))}
CASES = [
    pytest.param(case, id=f"{stem}: {case['name']}")
    for stem, cases in FILES.items()
    for case in cases
    if case["layer"] != "state"
]


@pytest.mark.parametrize("case", CASES)
def test_a_frozen_vector_is_answered_as_it_says(case):
    assert outcome(case) == (case["expect"], case["claims"])


def test_every_message_type_has_its_file_and_no_file_is_left_over():
    assert set(FILES) - REFUSED == set(REGISTRY)


@pytest.mark.parametrize(("path", "text"), texts().items(), ids=lambda each: getattr(each, "name", ""))
def test_the_generator_writes_the_same_bytes(path: Path, text: str):
    assert path.read_text("ascii") == text, "run `python -m tests.vectors.generate`"


def test_files_of_types_open_and_the_others_are_refused():
    for stem, cases in FILES.items():
        if stem != "state":
            assert {case["expect"] == "ok" for case in cases} == {stem not in REFUSED}, stem


def test_every_expected_code_is_a_problem_and_every_code_of_the_envelope_is_expected():
    codes = {case["expect"] for cases in FILES.values() for case in cases} - {"ok"}
    assert codes <= set(PROBLEMS)
    assert codes >= {
        "bad-token", "unknown-kid", "key-revoked", "weak-key", "too-large", "unsupported-version", "wrong-audience",
        "unsupported-type", "schema-invalid", "expired", "wrong-sender", "wrong-letter",
    }  # fmt: skip


def test_names_and_tokens_are_told_apart():
    for stem, cases in FILES.items():
        names = [case["name"] for case in cases]
        assert len(names) == len(set(names)), stem
    valid = [token_hash(case["token"]) for stem in REGISTRY for case in FILES[stem]]
    assert len(valid) == len(set(valid))


def test_the_vectors_of_entries_are_one_log_and_end_in_the_head():
    log = Log.load([case["token"] for case in FILES["keys.entry"]])
    assert log.live_sites() == ()
    assert [open_head(case["token"], log) for case in FILES["keys.head"]] == [log.head()]
    assert open_seen(FILES["keys.seen"][0]["token"], log.up_to(2))[1] == log.head()


@pytest.mark.parametrize("name", ["enrolment.begin", "enrolment.prove"])
def test_the_vectors_of_enrolment_open_with_the_key_they_bring(name):
    for case in FILES[name]:
        message = open_self_signed(case["token"], datetime.fromtimestamp(case["now"], UTC), case["audience"])
        assert message.iss == "new"


def test_the_table_of_senders_is_the_registrys():
    assert json.loads(TYPES_FILE.read_text("ascii")) == {name: body.FROM for name, body in REGISTRY.items()}
