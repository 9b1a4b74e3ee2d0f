"""Where a request stands, in words for the physician who asked: never which site helps, never who was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from site_agent.extensions import db
from site_agent.models import Request
from site_agent.models.request import FINAL
from site_agent.services import held_for_physician, holds, local, requests, retention, stay, timeline
from site_agent.words_doors import OPENER
from ui.timewords import to_local


@dataclass(frozen=True)
class Words:
    """A heading, a tag with its colour, and what it means."""

    tag: LazyString
    colour: str
    meaning: LazyString


WORDS: dict[str, Words] = {
    "new": Words(_l("Received"), "blue", _l("Your request has arrived. Nobody has been asked yet.")),
    "looking-here": Words(
        _l("Looking for somebody"),
        "blue",
        _l("Supporters of your own site are asked, one at a time."),
    ),
    "looking": Words(
        _l("Looking for somebody"),
        "blue",
        _l("Other places are asked, one at a time. They do not see your name when they are asked."),
    ),
    "in-hand": Words(_l("In hand"), "teal", _l("A supporter has said yes and will contact you.")),
    "in-touch": Words(
        _l("In touch"), "green", _l("Your supporter has tried to reach you, or you have talked.")
    ),
    "tried": Words(_l("In touch"), "teal", _l("Your supporter has tried to reach you.")),
    "reached": Words(_l("In touch"), "green", _l("Your supporter has reached you.")),
    "closed": Words(_l("Closed"), "grey", _l("This has ended. You can ask again whenever you like.")),
    "withdrawn": Words(
        _l("Withdrawn"), "grey", _l("You took your request back. Nobody will be asked any more.")
    ),
    "unmatched-here": Words(
        _l("Nobody found yet"),
        "red",
        _l(
            "Nobody at your site can help at the moment. Please call the line below, or your coordinator, who can look "
            "elsewhere if you agree."
        ),
    ),
    "unmatched": Words(
        _l("Nobody found yet"),
        "red",
        _l("Nobody could help in time. Please call the line below, or your coordinator, who can look again."),
    ),
}
NEVER_ASKED = Words(
    _l("Closed"), "grey", _l("It was closed before anybody was asked. You can ask again whenever you like.")
)
STAYS = Words(_l("Received"), "blue", _l("Your own site has been told. Nobody there has been asked yet."))
RESTATE = Words(
    _l("Waiting for you"),
    "yellow",
    _l(
        "The supporter could not go on. Your wishes were erased by then: say them again, so that others can be asked."
    ),
)
EVENTS: dict[str, LazyString] = {
    "recorded": _l("Your request was recorded"),
    "asked-here": _l("Supporters of your own site are asked"),
    "looking": _l("Other places are asked"),
    "waiting": _l("No place can help just now; it is tried again"),
    "restated": _l("You said your wishes again"),
    "in-hand": _l("A supporter said yes"),
    "in-touch": _l("Your supporter reached out"),
    "stays-by-link": _l("You chose to be helped from your own site"),
    "stays-by-phone": _l("It was noted that you agreed by phone to be helped from your own site"),
    "stay-objected": _l("You said that you had not agreed, and your name was closed again"),
    "another-person": _l("You asked for another person"),
    "unmatched": _l("Nobody was found who could help"),
    "withdrawn": _l("Your request was withdrawn"),
    "closed": _l("Closed"),
    "reopened": _l("Opened again"),
    "hold-set": _l("It must be kept for now, by law"),
    "hold-lifted": _l("It need not be kept any longer"),
}
"""What the timeline says; openings of the name stand apart. It never says who was asked, nor how many (J08)."""
OPENED: dict[str, LazyString] = {
    "name-opened": _l("%(who)s opened your name"),
    "request-opened": _l("%(who)s opened your request"),
    "match-opened": _l("%(who)s opened the page of your match"),
    "held-printed": _l("%(who)s printed everything held"),
    "stays-here": _l(
        "%(who)s noted that you agreed by phone to be helped from your own site, which opens your name"
    ),
}


@dataclass(frozen=True)
class Standing:
    """Everything that the page shows."""

    words: Words
    hidden: bool
    """The coordinator does not see the name unless they open it."""
    openings: tuple[dict[str, object], ...]
    """Who opened the name or the request, by role, and when: the latest first."""
    name_opened: bool
    history: tuple[dict[str, object], ...]
    stays_by: str | None
    """It was to go elsewhere and is helped here: by whose word, as `services.stay` says."""
    may_stay: bool
    may_object: bool
    may_withdraw: bool
    may_swap: bool
    must_restate: bool
    erased_on: date | None
    """When the name goes, once it has ended; None while it has not, or while the law keeps it."""
    waits: bool
    """Nobody has said yes yet, so the programme's line matters most."""


def standing(request: Request) -> Standing:
    """Where this request stands now."""
    events = timeline.of(db.session, request.request_id)
    opened = held_for_physician.openings(db.session, request)
    return Standing(
        words=_words(request, events[-1].code if events else ""),
        hidden=requests.is_hidden(request),
        openings=tuple({"text": opened_by(each), "at": each.at, "by": ""} for each in reversed(opened)),
        name_opened=bool(opened),  # each of them shows it
        history=tuple(
            {"text": EVENTS[event.code], "at": event.at, "by": ""}
            for event in reversed(events)
            if event.code in EVENTS
        ),
        stays_by=stay.stays_by(db.session, request),
        may_stay=stay.may_stay(request),
        may_object=stay.may_object(db.session, request),
        may_withdraw=request.state not in FINAL,
        may_swap=request.state in ("in-hand", "in-touch"),
        must_restate=request.restate,
        erased_on=_erased_on(request),
        waits=request.state in ("new", "looking", "unmatched"),
    )


def opened_by(opening: held_for_physician.Opening) -> str:
    """ "The coordinator of your site opened your name": by role, since a name would tell no more."""
    who = next((text for role, text in OPENER.items() if role in opening.roles), _("Somebody of your site"))
    return str(OPENED[opening.code]) % {"who": who}


def _erased_on(request: Request) -> date | None:
    if request.closed_at is None or request.case_id is None or holds.is_held(db.session, request):
        return None
    return to_local(request.closed_at + retention.identity_kept(db.session)).date()


def _words(request: Request, last: str) -> Words:
    if request.restate:
        return RESTATE
    if last in (stay.BY_LINK, stay.BY_PHONE):
        return STAYS
    if request.state == "in-touch" and not request.elsewhere:
        match = local.match_of(db.session, request)
        if match is not None and match.state == "in-touch":  # of another site's talks nothing is known here
            return WORDS["tried" if match.reached_at is None else "reached"]
    if request.state == "closed" and not timeline.was_asked(db.session, request.request_id):
        return NEVER_ASKED
    here = request.state == "looking" and not request.elsewhere
    only_here = request.state == "unmatched" and requests.is_only_here(request)
    return WORDS[f"{request.state}-here" if here or only_here else request.state]
