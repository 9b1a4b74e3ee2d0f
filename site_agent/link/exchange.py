"""The one way in which sender and receiver call the hub: a clock that differs is mended and tried once more."""

from collections.abc import Callable
from typing import Any

from protocol.errors import ClockSkewError
from site_agent.link.wire import Wire

Call = Callable[[Wire], dict[str, Any]]
_MOST_SECONDS = 30 * 365 * 24 * 3600
"""Ours: no two clocks differ by more than thirty years; a hint beyond helps nobody, and sums with it overflow."""


def with_hub_time(wire: Wire, call: Call) -> tuple[Wire, dict[str, Any]]:
    """What the call answered, and the wire it went over.

    A refusal about time carries the difference. It is not signed, so it serves as a hint for one more attempt and
    is not kept: offsets are learnt from what the hub signs.
    """
    try:
        return wire, call(wire)
    except ClockSkewError as error:
        difference = error.members.get("difference")
        if type(difference) is not int or abs(difference) > _MOST_SECONDS:
            raise
        corrected = wire.with_offset(wire.offset_seconds - difference)
        return corrected, call(corrected)


def strings(answer: dict[str, Any], name: str) -> list[str] | None:
    """The list of tokens in an answer, or None if there stands anything else."""
    value = answer.get(name)
    if isinstance(value, list) and all(isinstance(each, str) and each.isascii() for each in value):
        return value
    return None
