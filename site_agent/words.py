"""What people read for every code: the vocabularies of `protocol.codes`, and the states and events of this site.

Each table is keyed by the code and translated when a page is drawn. A code without words is a test failure, not
a code shown to a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from protocol.codes import LANGUAGES

Words = dict[str, LazyString]

STAGE: Words = {
    "learner": _l("Student or resident"),
    "early": _l("Early career"),
    "mid": _l("Mid-career"),
    "late": _l("Late career"),
    "unknown": _l("Not known"),
}

MODALITY: Words = {
    "any": _l("Any way, they will agree on it"),
    "in-person": _l("In person"),
    "phone": _l("By phone"),
    "video": _l("By video call"),
}

REASON: Words = {
    "adverse-event": _l("An adverse event"),
    "complaint": _l("A complaint"),
    "conflict": _l("A conflict at work"),
    "life-stressor": _l("Something hard in their own life"),
    "burnout": _l("Burnout or moral injury"),
    "change-at-work": _l("A change at work"),
    "discrimination": _l("Discrimination or being made an outsider"),
    "being-sued": _l("Being sued"),
    "loss": _l("The loss of a colleague or a patient"),
    "not-said": _l("Rather not say"),
}

ORIGIN: Words = {
    "self": _l("Their own idea"),
    "colleague": _l("A colleague"),
    "division": _l("Their Division of Family Practice"),
    "msa": _l("Their Medical Staff Association"),
    "doctors-of-bc": _l("Doctors of BC"),
    "php": _l("The Physician Health Program"),
    "cmpa": _l("The CMPA"),
}

WISH: Words = {
    "woman": _l("A woman"),
    "man": _l("A man"),
    "same-specialty": _l("Somebody of the same specialty"),
    "other-specialty": _l("Somebody of another specialty"),
    "same-background": _l("Somebody of the same background"),
    "similar-experience": _l("Somebody who has been through something similar"),
    "other-hospital": _l("Somebody from another hospital"),
}

POST: Words = {
    "supervisor": _l("Direct supervisor"),
    "department-head": _l("Department or division head"),
    "quality-officer": _l("Quality or patient safety officer"),
    "chief-of-staff": _l("Chief of staff"),
    "chief-medical-officer": _l("Chief medical officer"),
    "medical-director": _l("Medical director"),
    "programme-director": _l("Director of a training program"),
    "college-assessor": _l("Assessor for the College"),
}

CONTACT_WAY: Words = {
    "call": _l("Phone call"),
    "text": _l("Text message"),
    "voicemail": _l("Voicemail, with a message left"),
    "email": _l("Email"),
}

CONTACT_TIME: Words = {
    "morning": _l("Mornings"),
    "midday": _l("Around noon"),
    "afternoon": _l("Afternoons"),
    "evening": _l("Evenings"),
    "weekend": _l("Weekends"),
    "any-time": _l("Any time"),
}

DOOR: Words = {
    "form": _l("The web form"),
    "phone": _l("A phone call"),
    "inbox": _l("The program’s mailbox"),
    "paper": _l("The paper sheet"),
    "outreach": _l("The program reached out"),
}

DOOR_BY: Words = {
    "form": _l("by the web form"),
    "phone": _l("by phone"),
    "inbox": _l("by email"),
    "paper": _l("on paper"),
    "outreach": _l("after the program reached out"),
}
"""How a request came, in the middle of a sentence."""

FEW: Words = {
    "send": _l("Send it all the same"),
    "wait": _l("Wait until more places can help"),
}


@dataclass(frozen=True)
class Status:
    """A status tag: its words, and the colour that only repeats them."""

    text: LazyString
    colour: str


REQUEST_STATUS: dict[str, Status] = {
    "new": Status(_l("Needs a supporter"), "red"),
    "looking": Status(_l("Looking elsewhere"), "blue"),
    "in-hand": Status(_l("In hand"), "teal"),
    "in-touch": Status(_l("In touch"), "green"),
    "closed": Status(_l("Closed"), "grey"),
    "withdrawn": Status(_l("Withdrawn"), "grey"),
    "unmatched": Status(_l("Nobody found"), "red"),
}

REQUEST_MEANING: Words = {
    "new": _l("Recorded here. Nobody has been asked yet."),
    "looking": _l("The provincial hub is asking other sites, one at a time. It never learns who asks."),
    "in-hand": _l("A supporter has said yes and makes contact within the limit."),
    "in-touch": _l("The supporter has reached out to the physician."),
    "closed": _l("The support has ended. A new request always starts clean."),
    "withdrawn": _l("The physician withdrew the request. Nobody is asked any more."),
    "unmatched": _l("No site could help in time. Give the physician the program’s phone line, or ask again."),
}

OWN_STATUS: dict[str, Status] = {
    "proposed": Status(_l("Choose a supporter"), "red"),
    "asked": Status(_l("Supporter asked"), "blue"),
    "in-hand": Status(_l("To be reached"), "yellow"),
    "overdue": Status(_l("Past the limit"), "red"),
    "in-touch": Status(_l("In touch"), "green"),
}
"""Where a request stands that a supporter of this site helps with, by the state of the match."""

OWN_MEANING: Words = {
    "proposed": _l("Nobody is asked at the moment. Whoever was asked about this one is not on the list."),
    "asked": _l("One supporter of this site was asked and has not answered yet."),
    "in-hand": _l("A supporter of this site said yes and has the contact details."),
    "overdue": _l(
        "No attempt was recorded inside the limit. Extend once, choose another supporter, or close."
    ),
    "in-touch": _l("The supporter has reached out. Close it when the support has ended."),
}

MATCH_STATUS: dict[str, Status] = {
    "proposed": Status(_l("Ask a supporter"), "red"),
    "asked": Status(_l("Supporter asked"), "blue"),
    "accepted": Status(_l("Supporter said yes"), "blue"),
    "released": Status(_l("Name question open"), "blue"),
    "confirming": Status(_l("Being confirmed"), "blue"),
    "in-hand": Status(_l("To be reached"), "yellow"),
    "overdue": Status(_l("Past the limit"), "red"),
    "escalated": Status(_l("With the provincial team"), "red"),
    "in-touch": Status(_l("In touch"), "green"),
    "closed": Status(_l("Closed"), "grey"),
    "ended": Status(_l("Taken care of"), "grey"),
}

PAUSED = Status(_l("Paused"), "red")
"""A match whose supporter took the safety route, until somebody has spoken with them."""

MATCH_MEANING: Words = {
    "proposed": _l(
        "Another site asks whether a supporter here could help. You see the card, never the name."
    ),
    "asked": _l("One supporter was asked and has not answered yet."),
    "accepted": _l("A supporter said yes to the card. The hub now sends the name to that supporter."),
    "released": _l("The supporter sees the name and answers whether they are close to the physician."),
    "confirming": _l("The supporter is not close to the physician. The hub is confirming the match."),
    "in-hand": _l("The match is confirmed. The supporter has the contact details."),
    "overdue": _l(
        "No attempt was recorded inside the limit. Extend once, choose another supporter or give it back."
    ),
    "escalated": _l("The provincial team follows this up now. You can still record an attempt or reassign."),
    "in-touch": _l("The supporter has reached out. Close it when the support has ended."),
    "closed": _l("The support has ended. There is nothing more to do."),
    "ended": _l("This is taken care of. There is nothing more to do here."),
}

SUPPORTER_STATUS: dict[str, Status] = {
    "ready": Status(_l("Taking requests"), "green"),
    "full": Status(_l("No open place"), "yellow"),
    "paused": Status(_l("Paused"), "grey"),
    "untrained": Status(_l("Training to finish"), "blue"),
    "unsigned": Status(_l("Agreement to sign"), "blue"),
    "leaving": Status(_l("Leaving"), "grey"),
}

SUPPORTER_MEANING: Words = {
    "ready": _l("Can be asked."),
    "full": _l(
        "Helps as many physicians as they have places for. They are asked again when one match closes."
    ),
    "paused": _l("Is not asked until the pause ends."),
    "untrained": _l("Is never asked before both parts of the training are recorded."),
    "unsigned": _l("Is never asked before they have signed the confidentiality agreement."),
    "leaving": _l(
        "Has given notice: nobody new is put to them. A match that is open is finished or handed over."
    ),
}

SUPPORTER_STAGE: Words = {code: STAGE[code] for code in ("early", "mid", "late")}

GENDER: Words = {
    "woman": _l("Woman"),
    "man": _l("Man"),
    "other": _l("Another"),
    "not-said": _l("Not said"),
}

EVENT: Words = {
    "recorded": _l("Request recorded"),
    "name-opened": _l("The name was opened"),
    "looking": _l("Other sites are asked, one at a time"),
    "waiting": _l("Waiting until more places can help"),
    "restated": _l("The physician said wishes and places to avoid again"),
    "in-hand": _l("In hand: the match is confirmed"),
    "in-touch": _l("In touch: the supporter reached out"),
    "another-person": _l("The physician asked for another person"),
    "unmatched": _l("Nobody was found"),
    "withdrawn": _l("Withdrawn"),
    "closed": _l("Closed"),
    "proposed": _l("The hub asked this site"),
    "attempted": _l("The supporter tried to reach the physician"),
    "reached": _l("The two have spoken"),
    "overdue": _l("The limit passed without an attempt"),
    "escalated": _l("The provincial team follows this up"),
    "extended": _l("The limit was extended, once"),
    "reassigned": _l("Another supporter took over"),
    "stage-waived": _l("The physician agrees to an earlier career stage"),
    "asked-here": _l("Supporters of this site are asked, one at a time"),
    "stays-by-link": _l("Stays at this site: the physician chose it by their own link"),
    "stays-by-phone": _l("Stays at this site: the physician said so by phone"),
    "stay-objected": _l("The physician objected: they had not agreed to stay at this site"),
    "paused": _l("Paused"),
    "resumed": _l("Goes on after a pause"),
    "talked": _l("They talked"),
    "reopened": _l("Opened again"),
    "hold-set": _l("Legal hold set"),
    "hold-lifted": _l("Legal hold lifted"),
    "yes-by-phone": _l("The supporter said yes, by phone"),
    "name-by-phone": _l("The supporter is not close to the physician, as said by phone"),
}
"""What a timeline says. It never says who was asked and did not take it (J08)."""

MESSAGE: Words = {
    "match.request": _l("A request that looks elsewhere"),
    "match.letters": _l("Sealed letters to other sites"),
    "match.accept": _l("A yes to the card"),
    "match.pass": _l("A request from elsewhere, passed on"),
    "match.confirmed": _l("A match, confirmed"),
    "match.attempted": _l("A first attempt at contact"),
    "match.reached": _l("The two have spoken"),
    "match.extended": _l("A limit, extended"),
    "match.reassigned": _l("Another supporter takes over"),
    "match.closed": _l("A match, closed"),
    "match.withdraw": _l("A withdrawal"),
    "match.rematch": _l("Another person, asked for"),
    "offers.capacity": _l("What this site could take on"),
    "transport.nack": _l("Word that a message could not be read"),
    "transport.void": _l("A message taken back before it was sent"),
}
"""What this site says to the hub, as the page of the link lists it."""

MATCH_REASON: Words = {
    "place-open": _l("has an open place"),
    "stage-fits": _l("career stage fits"),
    "speaks-language": _l("speaks the language"),
    "offers-modality": _l("can talk that way"),
    "holds-no-post": _l("holds none of the posts"),
    "none-open": _l("helps nobody at the moment"),
    "none-this-year": _l("has helped nobody this year"),
    "question-open": _l("has an open question from you"),
    "wish-woman": _l("wish met: a woman"),
    "wish-man": _l("wish met: a man"),
    "wish-other-hospital": _l("wish met: another hospital"),
}
"""Why a supporter may be asked, and why this one before others."""

ZONE: Words = {
    "America/Vancouver": _l("Most of British Columbia"),
    "America/Edmonton": _l("East Kootenay, on Alberta’s time"),
    "America/Dawson_Creek": _l("Peace River country"),
    "America/Fort_Nelson": _l("Fort Nelson"),
    "America/Creston": _l("Creston"),
}
"""Zones of British Columbia's communities, most people first (IANA time zone database)."""

ENROLMENT_STATUS: dict[str, Status] = {
    "none": Status(_l("Not enrolled"), "grey"),
    "begun": Status(_l("Begun"), "blue"),
    "pending": Status(_l("Waiting for approval"), "yellow"),
    "approved": Status(_l("Enrolled"), "green"),
    "refused": Status(_l("Refused"), "red"),
}


def language(code: str) -> str:
    """A language as people here write it: "Punjabi", "Pendjabi" on a French page."""
    locale = get_locale() or Locale("en", "CA")
    # The name database knows Mandarin only as Chinese; a physician asks for one spoken language.
    name = str(_l("Mandarin")) if code == "cmn" else locale.languages.get(code, code)
    return name[:1].upper() + name[1:]


def language_choices() -> list[tuple[str, str]]:
    """Every language with its name: English and French first, then by name."""
    names = [(code, language(code)) for code in LANGUAGES]
    return names[:2] + sorted(names[2:], key=lambda each: each[1])


def listed(table: Words, codes: list[str] | tuple[str, ...]) -> str:
    """Several codes in words, as one line: "Phone call, text message". Empty for none."""
    texts = [str(table[code]) for code in codes]
    return ", ".join(texts[:1] + [text[:1].lower() + text[1:] for text in texts[1:]])


def never_asked(posts: list[str] | tuple[str, ...]) -> str:
    """Who is left out for the post they hold, as the value beside "Never asked"."""
    return listed(POST, posts) or str(_l("Nobody is left out because of a post"))
