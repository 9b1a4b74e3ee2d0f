"""kill -9 at every marked point of an exchange, on agent and hub: outbox = hub's log = effects, in order, once."""

from __future__ import annotations

import random

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
"""Where one round has so many: the point of this name at the hub, and the one at the agent."""
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


def test_every_marked_point_is_covered() -> None:
    assert set(HUB_POINTS) == set(hub.steps.ALL)
    assert set(AGENT_POINTS) == set(site_agent.link.steps.POINTS)


@pytest.mark.processes
@pytest.mark.parametrize("point", HUB_POINTS)
def test_the_hub_is_killed(crossing: Crossing, point: str) -> None:
    dice = random.Random(f"hub {point}")
    for n in sizes(dice, point):
        crossing.arm("hub", point, dice.randint(1, min(HUB_POINTS[point], reached(point, n))))
        play(crossing, dice, n, with_names=point.startswith("release."))
        check(crossing)


@pytest.mark.processes
@pytest.mark.parametrize("point", AGENT_POINTS)
def test_an_agent_is_killed(crossing: Crossing, point: str) -> None:
    dice = random.Random(f"agent {point}")
    for n in sizes(dice, point):
        name = dice.choice(sorted(AGENT_POINTS[point]))
        most = AGENT_POINTS[point][name] or n
        crossing.arm(name, point, dice.randint(1, min(most, reached(point, n))))
        play(crossing, dice, n, with_names=name == HELPER)
        check(crossing)


def sizes(dice: random.Random, point: str) -> list[int]:
    """How many requests each round has."""
    found = [dice.randint(1, MOST_REQUESTS) for _ in range(TIMES)]
    if point in WITH_MANY:
        found[dice.randrange(TIMES)] = MANY
    return found


def reached(point: str, n: int) -> int:
    """A lone request is released once, whatever else."""
    return 1 if point.startswith("release.") and n == 1 else MANY
