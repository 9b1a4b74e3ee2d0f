"""Where a request stands, in words for the physician who asked: never which site helps, never who was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from site_agent.extensions import db
from site_agent.models import Request
from site_agent.models.request import FINAL
from site_agent.services import requests, timeline


@dataclass(frozen=True)
class Words:
    """A heading, a tag with its colour, and what it means."""

    tag: LazyString
    colour: str
    meaning: LazyString


WORDS: dict[str, Words] = {
    "new": Words(_l("Received"), "blue", _l("Your request has arrived. Nobody has been asked yet.")),
    "looking": Words(
        _l("Looking for somebody"),
        "blue",
        _l("Other places are asked, one at a time. They do not see your name when they are asked."),
    ),
    "in-hand": Words(_l("In hand"), "teal", _l("A supporter has said yes and will contact you.")),
    "in-touch": Words(
        _l("In touch"), "green", _l("Your supporter has tried to reach you, or you have talked.")
    ),
    "closed": Words(_l("Closed"), "grey", _l("This has ended. You can ask again whenever you like.")),
    "withdrawn": Words(
        _l("Withdrawn"), "grey", _l("You took your request back. Nobody will be asked any more.")
    ),
    "unmatched": Words(
        _l("Nobody found yet"),
        "red",
        _l("Nobody could help in time. Please call the line below, or your coordinator, who can look again."),
    ),
}
RESTATE = Words(
    _l("Waiting for you"),
    "yellow",
    _l(
        "The supporter could not go on. Your wishes were erased by then: say them again, so that others can be asked."
    ),
)
EVENTS: dict[str, LazyString] = {
    "recorded": _l("Your request was recorded"),
    "name-opened": _l("Your coordinator opened your name"),
    "looking": _l("Other places are asked"),
    "waiting": _l("No place can help just now; it is tried again"),
    "restated": _l("You said your wishes again"),
    "in-hand": _l("A supporter said yes"),
    "in-touch": _l("Your supporter reached out"),
    "another-person": _l("You asked for another person"),
    "unmatched": _l("Nobody could help in time"),
    "withdrawn": _l("Your request was withdrawn"),
    "closed": _l("Closed"),
}


@dataclass(frozen=True)
class Standing:
    """Everything that the page shows."""

    words: Words
    hidden: bool
    """The coordinator does not see the name unless they open it."""
    opened_at: tuple[datetime, ...]
    """When they did."""
    history: tuple[dict[str, object], ...]
    may_withdraw: bool
    may_swap: bool
    must_restate: bool
    waits: bool
    """Nobody has said yes yet, so the programme's line matters most."""


def standing(request: Request) -> Standing:
    """Where this request stands now."""
    events = timeline.of(db.session, request.request_id)
    return Standing(
        words=RESTATE if request.restate else WORDS[request.state],
        hidden=requests.is_hidden(request),
        opened_at=tuple(event.at for event in events if event.code == "name-opened"),
        history=tuple(
            {"text": EVENTS[event.code], "at": event.at, "by": ""}
            for event in reversed(events)
            if event.code in EVENTS
        ),
        may_withdraw=request.state not in FINAL,
        may_swap=request.state in ("in-hand", "in-touch"),
        must_restate=request.restate,
        waits=request.state in ("new", "looking", "unmatched"),
    )
