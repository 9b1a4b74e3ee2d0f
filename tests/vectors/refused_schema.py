"""Vectors whose envelope holds and whose body does not fit the schema of its type."""

from dataclasses import MISSING, fields
from typing import Any

from protocol.messages import REGISTRY
from tests.support.forge import forge, header_of
from tests.vectors.cases import HOME, HUB_KEY, SITE_KEY, Case, case
from tests.vectors.valid import build as build_valid

_SITE = {"site_id": "a" * 22, "name": "a", "community": "c", "state": "active"}
WRONG: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "match.request": [
        ("a word outside the vocabulary", {"stage": "retired"}),
        ("a hash of another length", {"withdrawal_hash": "a" * 42}),
        ("a hash with a line feed", {"withdrawal_hash": "a" * 43 + "\n"}),
    ],
    "match.attempted": [
        ("a time as text", {"at": "now"}),
        ("a time before 1970", {"at": -1}),
        ("a time past 2100", {"at": 4_102_444_801}),
    ],
    "match.letters": [
        ("four letters", {"letters": [{}] * 4}),
        ("a letter without its id", {"letters": [{"site_id": "a" * 22, "card": "a.b", "identity": "a.b"}]}),
    ],
    "offers.capacity": [
        ("a word twice", {"languages": ["en", "en"]}),
        ("an exact number", {"bands": [{"stage": "mid", "open": 2}]}),
        ("no modality", {"modalities": []}),
    ],
    "transport.submit": [
        ("51 tokens", {"tokens": [{"n": n, "hash": "h" * 43} for n in range(1, 52)]}),
        ("number 0", {"tokens": [{"n": 0, "hash": "h" * 43}]}),
    ],
    "directory.sites": [
        ("a name on two lines", {"sites": [{**_SITE, "name": "a\nb"}]}),
        ("a state that there is not", {"sites": [{**_SITE, "state": "gone"}]}),
    ],
    "enrolment.begin": [
        ("a private key", {"signing_key": {"kty": "OKP", "crv": "Ed25519", "x": "x" * 43, "d": "d" * 43}}),
    ],
}  # fmt: skip


def build() -> list[Case]:
    """For every type that travels unsealed: an unknown member, each member missing, each of a wrong kind, and the
    hand-picked ones."""
    cases = []
    for name, vectors in build_valid().items():
        good = vectors[0]
        if "recipient_key" not in good:
            cases += [
                _case(name, what, good, body) for what, body in _wrong_bodies(name, good["claims"]["body"])
            ]
    return cases


def _wrong_bodies(name: str, body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    required = [each.name for each in fields(REGISTRY[name]) if each.default is MISSING]
    wrong = [("an unknown member", {**body, "note": "free text"})]
    wrong += [(f"without {member}", {k: v for k, v in body.items() if k != member}) for member in required]
    wrong += [(f"{member} of a wrong kind", {**body, member: {"x": 1}}) for member in body]
    return wrong + [(what, {**body, **change}) for what, change in WRONG.get(name, [])]


def _case(name: str, what: str, good: Case, body: dict[str, Any]) -> Case:
    from_hub = REGISTRY[name].FROM == "hub"
    key = HUB_KEY if from_hub else SITE_KEY
    claims = {**good["claims"], "body": body, "iss": "hub" if from_hub else HOME}
    token = forge(header_of(key), claims, key)
    return case(
        f"{name}: {what}",
        "schema",
        token,
        "schema-invalid",
        keys=[key.public().jwk()],
        audience=good["audience"],
    )
