"""Marked points of an exchange, where a rehearsal may stop the agent. In the shipped program nobody listens."""

from blinker import Signal

step = Signal("A marked point of an exchange was reached; the sender is its name.")

POINTS = (
    "submit.before-post",
    "submit.posted",
    "submit.committed",
    "poll.posted",
    "receive.before-commit",
    "receive.committed",
    "release.committed",
    "acknowledge.before-post",
)
"""In the order in which one exchange meets them."""


def reached(point: str) -> None:
    """Tell whoever rehearses that this point was reached."""
    step.send(point)
