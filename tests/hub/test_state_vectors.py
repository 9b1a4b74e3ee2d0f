"""The hub answers every state vector as it says: each step's outcome, and where the match stands after it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from protocol.errors import StaleStateError
from protocol.match_states import State
from protocol.messages import REGISTRY, matches
from tests.support.fake_site import FakeRequest, FakeSite, HeldRequest
from tests.support.hub import HubUnderTest

CASES = json.loads(Path("tests/vectors/state.json").read_text(encoding="ascii"))


class Play:
    """One vector, said by real sites to the hub's door."""

    def __init__(self, hub: HubUnderTest, home: FakeSite) -> None:
        self.hub, self.home = hub, home
        self.spare = [hub.helper() for _ in range(3)]
        self.request: FakeRequest | None = None
        self.sites: list[FakeSite] = []
        self.held: dict[str, HeldRequest] = {}

    def step(self, step: dict[str, Any]) -> str:
        """Let the step happen; `ok` or the problem code."""
        self.hub.clock.advance(hours=step["after_hours"])
        if step["who"] == "nobody":
            self.hub.run_limits()
            return "ok"
        if step["says"] == "match.request":
            self.request = self.home.ask()
            return "ok"
        receipt = self._home(step) if step["who"] == "home" else self._helper(step)
        return receipt.code or "ok"

    def _home(self, step: dict[str, Any]) -> Any:
        assert self.request is not None
        if step["says"] != "match.letters":
            return self.request.says(REGISTRY[step["says"]]())
        names = self.request.listed()
        by_id = {site.site_id: site for site in self.spare}
        self.sites = [by_id[name] for name in names[: step["letters"]]]
        receipt = self.request.write(*self.sites)
        self._held("first")
        return receipt

    def _helper(self, step: dict[str, Any]) -> Any:
        held = self._held(step["who"])
        for message in held.site.news():
            if isinstance(message.body, matches.Proposal | matches.Release):
                held.awaits = message.jti
        kind = REGISTRY[step["says"]]
        if kind in (matches.Attempted, matches.Reached):
            return held.says(kind(self.hub.now - timedelta(hours=step.get("made_hours_ago", 0))))
        return held.says(
            kind(), re=held.awaits if kind in (matches.Accept, matches.Pass, matches.Confirmed) else None
        )

    def _held(self, who: str) -> HeldRequest:
        assert self.request is not None
        if who not in self.held:
            self.held[who] = self.request.at(self.sites[("first", "second").index(who)])
        return self.held[who]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_the_hub_answers_a_state_vector_as_it_says(case: dict[str, Any], hub: HubUnderTest) -> None:
    play = Play(hub, hub.site())
    for number, step in enumerate(case["sequence"], 1):
        said = play.step(step)
        assert (number, said, hub.match().state) == (number, step["expect"], step["state"])


def test_the_vectors_reach_every_state_but_the_ones_that_only_time_brings() -> None:
    reached = {step["state"] for case in CASES for step in case["sequence"]}
    assert {State.LOOKING, State.UNMATCHED} == set(State) - reached
    assert any(step["expect"] == StaleStateError.code for case in CASES for step in case["sequence"])
