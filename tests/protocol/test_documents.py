"""What the documents say about the protocol is what the code does."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from protocol.messages import REGISTRY
from tools.protocol_docs import documents, json_schema


def test_generated_documents_are_up_to_date() -> None:
    stale = [str(path) for path, text in documents().items() if not path.exists() or path.read_text() != text]
    assert stale == [], "run `make schemas`"


def test_every_message_has_a_schema_and_no_schema_is_left_over() -> None:
    names = {path.stem for path in Path("docs/schemas").glob("*.json")}
    assert names == set(REGISTRY)


def test_every_message_has_its_heading() -> None:
    page = Path("docs/protocol.md").read_text(encoding="utf-8")
    assert [name for name in REGISTRY if f"#### `{name}`" not in page] == []


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_a_published_schema_is_valid_and_refuses_what_it_does_not_know(name: str) -> None:
    schema = json_schema(REGISTRY[name])
    Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert not Draft202012Validator(schema).is_valid({"note": "free text has no place"})


def test_schemas_and_loader_agree_on_a_body() -> None:
    body = {"stage": "mid", "modality": "any", "withdrawal_hash": "a" * 43}
    schema = json.loads(Path("docs/schemas/match.request.json").read_text())
    assert Draft202012Validator(schema).is_valid(body)
    assert REGISTRY["match.request"].load(body).dump() == body
    assert not Draft202012Validator(schema).is_valid({**body, "stage": "retired"})
