"""People's words for the hub's codes: states, kinds of host, reasons of decisions. Codes never reach a page."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from protocol.match_states import State


@dataclass(frozen=True)
class Words:
    """How a code is shown: the tag's text and colour, and a sentence that says what it means."""

    tag: LazyString
    colour: str
    meaning: LazyString


MATCH: dict[str, Words] = {
    State.LOOKING: Words(
        _l("Looking"),
        "blue",
        _l("No site with room could be asked yet. The hub tries again when offers change."),
    ),
    State.CHOOSING: Words(
        _l("Waiting for letters"), "blue", _l("The home site has the shortlist and has not answered yet.")
    ),
    State.PROPOSED: Words(_l("Asked"), "yellow", _l("One site holds the card and has not answered yet.")),
    State.RELEASED: Words(
        _l("Accepted"), "purple", _l("A supporter said yes and is checking that the two are not close.")
    ),
    State.IN_HAND: Words(
        _l("In hand"), "green", _l("Confirmed. The clock to the first attempt at contact is running.")
    ),
    State.OVERDUE: Words(
        _l("Overdue"), "red", _l("The limit passed without an attempt. It is the helping coordinator’s turn.")
    ),
    State.ESCALATED: Words(
        _l("Needs the team"), "red", _l("Still no attempt. Phone the helping site, or take the match back.")
    ),
    State.IN_TOUCH: Words(_l("In touch"), "teal", _l("A genuine attempt at contact was made.")),
    State.CLOSED: Words(_l("Closed"), "grey", _l("The support has ended.")),
    State.WITHDRAWN: Words(_l("Withdrawn"), "grey", _l("The physician withdrew the request.")),
    State.UNMATCHED: Words(
        _l("Nobody found"), "orange", _l("Nobody was found in time. The home site may ask again.")
    ),
}
"""What staff see. It names no person and no reason: the hub has neither."""

SITE: dict[str, Words] = {
    "invited": Words(_l("Invited"), "blue", _l("The site has a one-time code and has not used it yet.")),
    "pending": Words(
        _l("Compare words"), "yellow", _l("The site used its code. Compare the six words by phone.")
    ),
    "active": Words(_l("Active"), "green", _l("The site takes part.")),
    "suspended": Words(
        _l("Suspended"), "orange", _l("Nothing is sent to this site and nothing is taken from it.")
    ),
    "refused": Words(_l("Refused"), "red", _l("The six words did not agree. A fresh code starts again.")),
    "withdrawn": Words(_l("Withdrawn"), "grey", _l("The site left. Its keys are revoked.")),
}

PHYSICIAN: dict[str, Words] = {
    "looking": Words(
        _l("Looking"), "blue", _l("Somebody to talk to is being looked for. Nobody has your name yet.")
    ),
    "in-hand": Words(_l("In hand"), "green", _l("Somebody has said yes and will be in touch with you.")),
    "in-touch": Words(_l("In touch"), "teal", _l("Somebody has tried to reach you.")),
    "closed": Words(_l("Closed"), "grey", _l("This request has ended.")),
    "withdrawn": Words(_l("Withdrawn"), "grey", _l("This request was withdrawn. Nothing more will be sent.")),
    "unmatched": Words(_l("Nobody found"), "orange", _l("Nobody could be found in time.")),
}
"""What the physician sees: the home site's words (protocol.match_states.HOME_WORD), never how a site answered."""

KIND: dict[str, LazyString] = {
    "division": _l("Division of Family Practice"),
    "msa": _l("Medical staff association"),
    "section": _l("Section"),
    "other": _l("Another organization"),
}
"""Types of host (A05 of the programme's overview: Divisions, MSAs, Sections and others)."""

STAGE: dict[str, LazyString] = {
    "learner": _l("Learner"),
    "early": _l("Early career"),
    "mid": _l("Mid-career"),
    "late": _l("Late career"),
    "unknown": _l("Not said"),
}

MODALITY: dict[str, LazyString] = {
    "any": _l("Any way"),
    "in-person": _l("In person"),
    "phone": _l("By phone"),
    "video": _l("By video"),
}

ROLE: dict[str, LazyString] = {
    "staff": _l("Provincial team"),
    "viewer": _l("Advisory group"),
}

ZONE: dict[str, LazyString] = {
    "America/Vancouver": _l("Most of British Columbia"),
    "America/Edmonton": _l("East Kootenay, on Alberta’s time"),
    "America/Dawson_Creek": _l("Peace River country"),
    "America/Fort_Nelson": _l("Fort Nelson"),
    "America/Creston": _l("Creston"),
}
"""Zones of British Columbia's communities, most people first (IANA time zone database)."""
