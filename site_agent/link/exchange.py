"""The one way in which sender and receiver call the hub: a clock that differs is mended and tried once more."""

from collections.abc import Callable
from typing import Any

from protocol.errors import ClockSkewError
from site_agent.link.wire import Wire

Call = Callable[[Wire], dict[str, Any]]


def with_hub_time(wire: Wire, call: Call) -> tuple[Wire, dict[str, Any]]:
    """What the call answered, and the wire it went over.

    A refusal about time carries the difference. It is not signed, so it serves as a hint for one more attempt and
    is not kept: offsets are learnt from what the hub signs.
    """
    try:
        return wire, call(wire)
    except ClockSkewError as error:
        difference = error.members.get("difference")
        if not isinstance(difference, int) or isinstance(difference, bool):
            raise
        corrected = wire.with_offset(wire.offset_seconds - difference)
        return corrected, call(corrected)


def strings(answer: dict[str, Any], name: str) -> list[str] | None:
    """The list of strings in an answer, or None if there stands anything else."""
    value = answer.get(name)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    return None
