"""Every message of the registry has somebody who takes it, a vector and a heading; nothing else has."""

import json
from pathlib import Path

from hub.inbox import ELSEWHERE as HUB_ELSEWHERE
from hub.inbox import HANDLERS as HUB_HANDLERS
from protocol.messages import REGISTRY
from site_agent.link.inbox import HANDLERS as AGENT_HANDLERS

BESIDE_A_BATCH = {"enrolment.challenge", "enrolment.result", "transport.batch", "transport.receipt"}
"""The hub's direct answers: taken where the question was asked, not from the poll."""
CHAIN = {"keys.entry", "keys.head"}
"""Travel beside a batch and are checked by the key log."""


def types_from(*senders: str) -> set[str]:
    return {name for name, body in REGISTRY.items() if body.FROM in senders}


def test_the_hub_takes_everything_that_a_site_sends() -> None:
    assert set(HUB_HANDLERS) | HUB_ELSEWHERE == types_from("site", "both")
    assert not set(HUB_HANDLERS) & HUB_ELSEWHERE


def test_the_agent_takes_everything_that_the_hub_sends() -> None:
    assert set(AGENT_HANDLERS) == types_from("hub", "both") - BESIDE_A_BATCH - CHAIN


def test_every_message_has_a_vector() -> None:
    named = {
        case["claims"]["type"]
        for path in Path("tests/vectors").glob("*.json")
        for case in json.loads(path.read_text(encoding="utf-8"))
        if isinstance(case, dict) and case.get("claims") and case.get("expect") == "ok"
    }
    assert set(REGISTRY) - named == set()
