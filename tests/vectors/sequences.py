"""State vectors: what is said about one match, in order, and how the hub answers and stands after each.

A step is `{"who": "home" | "first" | "second" | "nobody", "says": type, "after_hours": n, "expect", "state"}`.
`first` and `second` are the sites that home's letters name, in their order. `nobody` lets a limit pass. A letter
step names how many sites it goes to. `made_hours_ago` times an attempt before it is sent.
"""

from typing import Any

Step = dict[str, Any]


def _step(who: str, says: str, state: str, expect: str = "ok", after_hours: int = 0, **more: int) -> Step:
    return {"who": who, "says": says, "after_hours": after_hours, **more, "expect": expect, "state": state}


def _asked(letters: int = 2) -> list[Step]:
    return [
        _step("home", "match.request", "choosing"),
        _step("home", "match.letters", "proposed", letters=letters),
    ]


def _helped(who: str = "first") -> list[Step]:
    return [_step(who, "match.accept", "released"), _step(who, "match.confirmed", "in-hand")]


SEQUENCES: dict[str, list[Step]] = {
    "from asking to closing": [
        *_asked(), *_helped(),
        _step("first", "match.attempted", "in-touch", after_hours=20),
        _step("first", "match.reached", "in-touch", after_hours=10),
        _step("first", "match.closed", "closed", after_hours=100),
    ],
    "a pass brings the next site": [
        *_asked(), _step("first", "match.pass", "proposed"), *_helped("second"),
    ],
    "an answer that comes twice counts once": [
        *_asked(), _step("first", "match.accept", "released"),
        _step("first", "match.accept", "released", "stale-state"),
    ],
    "a yes after a pass is too late": [
        *_asked(), _step("first", "match.pass", "proposed"),
        _step("first", "match.accept", "proposed", "stale-state"),
    ],
    "closeness is a pass": [
        *_asked(), _step("first", "match.accept", "released"), _step("first", "match.pass", "proposed"),
        *_helped("second"),
    ],
    "silence is a pass": [*_asked(), _step("nobody", "limit", "proposed", after_hours=25), *_helped("second")],
    "a yes in the hour after the limit is too late": [
        *_asked(), _step("nobody", "limit", "proposed", after_hours=25),
        _step("first", "match.accept", "proposed", "stale-state"),
    ],
    "silence after the name is a pass": [
        *_asked(), _step("first", "match.accept", "released"), _step("nobody", "limit", "proposed", after_hours=13),
    ],
    "withdrawal meets a confirmation": [
        *_asked(), _step("first", "match.accept", "released"), _step("home", "match.withdraw", "withdrawn"),
        _step("first", "match.confirmed", "withdrawn", "stale-state"),
    ],
    "nothing follows a closing": [
        *_asked(), *_helped(), _step("first", "match.closed", "closed"),
        _step("first", "match.attempted", "closed", "stale-state"),
        _step("home", "match.rematch", "closed", "stale-state"),
    ],
    "the limit extended once": [
        *_asked(), *_helped(), _step("nobody", "limit", "overdue", after_hours=73),
        _step("first", "match.extended", "in-hand"),
        _step("first", "match.extended", "in-hand", "stale-state"),
        _step("first", "match.attempted", "in-touch", after_hours=2),
    ],
    "an attempt inside the limit that is told late": [
        *_asked(), *_helped(), _step("nobody", "limit", "overdue", after_hours=73),
        _step("first", "match.attempted", "in-touch", made_hours_ago=30),
    ],
    "nobody reaches out": [
        *_asked(), *_helped(), _step("nobody", "limit", "overdue", after_hours=73),
        _step("nobody", "limit", "escalated", after_hours=25),
        _step("first", "match.reassigned", "in-hand"),
    ],
    "another person": [*_asked(), *_helped(), _step("home", "match.rematch", "choosing")],
}  # fmt: skip


def build() -> list[dict[str, Any]]:
    """The cases of `state.json`."""
    return [
        {"name": name, "layer": "state", "sequence": steps, "expect": steps[-1]["expect"], "claims": None}
        for name, steps in SEQUENCES.items()
    ]
