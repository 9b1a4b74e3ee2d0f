"""kill -9 at every marked point of an exchange, on agent and hub: outbox = hub's log = effects, in order, once.

In each round both sides die, the hub at one of its points and an agent at one of its own.
"""

from __future__ import annotations

import random
from itertools import cycle

import pytest

import hub.steps
import site_agent.link.steps
from tests.faults.compared import check
from tests.faults.crossing import HELPER, HOME, Crossing, play

TIMES = 20
MOST_REQUESTS = 2
MANY = 55
"""More than one POST or poll holds."""
WITH_MANY = {"receive.committed"}
"""Where one round has so many: the point of this name at the hub, and the one at an agent."""
HUB_POINTS = {
    "receive.before-commit": 3,
    "receive.committed": 3,
    "poll.answered": 6,
    "poll.acknowledged-before-commit": 2,
    "poll.acknowledged": 2,
    "release.before-commit": 2,
    "release.committed": 2,
}
"""Each point of the hub, and how often one round reaches it at least."""
AGENT_POINTS = {
    "submit.before-post": {HOME: 2, HELPER: 2},
    "submit.posted": {HOME: 2, HELPER: 2},
    "submit.committed": {HOME: 2, HELPER: 2},
    "poll.posted": {HOME: 2, HELPER: 6},
    "receive.before-commit": {HOME: 0, HELPER: 0},
    "receive.committed": {HOME: 0, HELPER: 0},
    "release.committed": {HELPER: 2},
    "acknowledge.before-post": {HOME: 1, HELPER: 2},
}
"""The same for each point of an agent and each site; 0: once a message, as many as there are."""
PAIRS = list(zip(cycle(HUB_POINTS), AGENT_POINTS, strict=False))
"""Who dies at which point in the same round."""


def test_every_marked_point_is_covered() -> None:
    assert set(HUB_POINTS) == set(hub.steps.ALL)
    assert set(AGENT_POINTS) == set(site_agent.link.steps.POINTS)
    assert {each for each, _ in PAIRS} == set(HUB_POINTS)
    assert {each for _, each in PAIRS} == set(AGENT_POINTS)


@pytest.mark.processes
@pytest.mark.parametrize(("hub_point", "agent_point"), PAIRS, ids=[" and ".join(pair) for pair in PAIRS])
def test_hub_and_agent_are_killed(crossing: Crossing, hub_point: str, agent_point: str) -> None:
    dice = random.Random(f"{hub_point} {agent_point}")
    for n in sizes(dice, hub_point, agent_point):
        name = dice.choice(sorted(AGENT_POINTS[agent_point]))
        most = AGENT_POINTS[agent_point][name] or n
        crossing.arm("hub", hub_point, dice.randint(1, min(HUB_POINTS[hub_point], reached(hub_point, n))))
        crossing.arm(name, agent_point, dice.randint(1, min(most, reached(agent_point, n))))
        play(crossing, dice, n, with_names=name == HELPER or hub_point.startswith("release."))
        check(crossing)


def sizes(dice: random.Random, *points: str) -> list[int]:
    """How many requests each round has."""
    found = [dice.randint(1, MOST_REQUESTS) for _ in range(TIMES)]
    if not WITH_MANY.isdisjoint(points):
        found[dice.randrange(TIMES)] = MANY
    return found


def reached(point: str, n: int) -> int:
    """A lone request is released once, whatever else."""
    return 1 if point.startswith("release.") and n == 1 else MANY
