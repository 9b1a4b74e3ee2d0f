"""Every setting of the policy in words: what it is called, what it does, and how its value reads."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _l

from site_agent.services import policy


@dataclass(frozen=True)
class Named:
    """What a setting is called, and what follows from it."""

    label: LazyString
    effect: LazyString
    unit: str = ""
    """"hours", "days", "minutes" or nothing."""


GROUPS: dict[str, tuple[LazyString, tuple[str, ...]]] = {
    "finding": (
        _l("Finding a supporter"),
        (
            "find_hours",
            "desk_mail_hours",
            "offer_hours",
            "ask_itself_hours",
            "next_by_itself",
            "who_assigns",
            "seniority",
            "specialty",
            "name_before_yes",
            "name_hours",
            "letters_days",
        ),
    ),
    "contact": (
        _l("First contact, and talks"),
        ("contact_hours", "nudge_first_hours", "nudge_second_hours", "talks", "tracker_hours"),
    ),
    "reaching-out": (_l("Reaching out"), ("routine_outreach", "outreach_days")),
    "keeping": (
        _l("Keeping and forgetting"),
        ("quiet_days", "identity_days", "coded_days", "safety_days", "floor_days", "key_backup_days"),
    ),
    "supporters": (
        _l("Supporters"),
        (
            "year_matches",
            "agreement_version",
            "agreement_days",
            "pin_minutes",
            "capacity_told",
            "advertise_days",
            "capacity_days",
        ),
    ),
    "lines": (_l("Lines to call"), ("programme_phone", "crisis_phone", "keeper_phone")),
    "pages": (_l("Pages for physicians and supporters"), ("leave_to",)),
}
"""The settings in the order of the page."""

NAMED: dict[str, Named] = {
    "find_hours": Named(
        _l("From the request to the first question to a supporter"),
        _l("After this time Today shows the request as late."), "hours",
    ),
    "desk_mail_hours": Named(
        _l("Between two emails that something new waits"),
        _l(
            "The next one goes sooner if somebody has opened Today since. A limit that passes, and the safety route, "
            "are emailed at once in any case. 0 sends an email every time."
        ),
        "hours",
    ),
    "offer_hours": Named(
        _l("From the question to a supporter to the answer"),
        _l("After this time the question lapses, which is the same as “not this time”."), "hours",
    ),
    "ask_itself_hours": Named(
        _l("Until a supporter is asked about a request from elsewhere without you"),
        _l("The first supporter on the list is then asked by itself. 0 never asks by itself."), "hours",
    ),
    "next_by_itself": Named(
        _l("After “not this time” or silence"),
        _l("Whether the next supporter on the list is asked by itself, or by the coordinator."),
    ),
    "who_assigns": Named(_l("Who chooses the supporter"), _l("Whose press asks a supporter.")),
    "seniority": Named(
        _l("Career stage binds"),
        _l(
            "A mid- or late-career physician gets a supporter of the same or a later stage, unless the physician "
            "agrees to another one. That nobody is put to whoever assesses their work holds either way."
        ),
    ),
    "specialty": Named(
        _l("Wish for the same or another specialty"),
        _l(
            "Whether whoever assigns weighs it, once somebody is free. The roster holds no specialty, so the software "
            "cannot look for one. It looks for a woman, a man and, for a request elsewhere, another hospital; every "
            "other wish is for whoever assigns to weigh."
        ),
    ),
    "name_before_yes": Named(
        _l("Name and reason before the yes"),
        _l("For requests of this site. Contact details come after the yes in any case."),
    ),
    "name_hours": Named(
        _l("To answer “are you close to them?”"),
        _l("For requests from elsewhere. After this time the question lapses."), "hours",
    ),
    "letters_days": Named(
        _l("A sealed letter to another site lives"), _l("After this time nobody can open it any more."), "days"
    ),
    "contact_hours": Named(
        _l("From the match to a first attempt at contact"),
        _l(
            "A match begins with the supporter’s yes; with another site, when the hub confirms it. Elapsed hours: "
            "nights, weekends and changes of the clock do not move the limit. A message left counts."
        ),
        "hours",
    ),
    "nudge_first_hours": Named(
        _l("First reminder of the contact"), _l("Hours after the match. One email to the supporter."), "hours"
    ),
    "nudge_second_hours": Named(
        _l("Second reminder of the contact"), _l("Hours after the match. One more email, and then no other."), "hours"
    ),
    "talks": Named(
        _l("Talks before closing or passing on"),
        _l("A kind reminder to the supporter to close or to pass on; it never blocks anything."),
    ),
    "tracker_hours": Named(
        _l("Until a reminder of a missing entry"), _l("One quiet reminder to the supporter, and no other."), "hours"
    ),
    "routine_outreach": Named(
        _l("Reaching out as routine"),
        _l(
            "Without: only with the consent of the person. With: to everybody involved in an event, with a first "
            "message that asks for consent and bears no detail."
        ),
    ),
    "outreach_days": Named(
        _l("Until silence after reaching out counts as an answer"),
        _l("There is one follow-up at most. Silence is “support offered”, never a failure."), "days",
    ),
    "quiet_days": Named(
        _l("Until a request of which nothing is noted is closed by itself"),
        _l(
            "A talk, a call or another supporter starts the time anew. Today shows it all along, and a legal hold "
            "keeps it open."
        ),
        "days",
    ),
    "identity_days": Named(
        _l("A name is kept after closing"),
        _l("Then its key is destroyed, and nobody can find out who it was."), "days",
    ),
    "coded_days": Named(
        _l("A coded row is kept after closing"), _l("Then only the totals are left."), "days"
    ),
    "safety_days": Named(
        _l("A report of the safety route is kept"),
        _l(
            "Its time and its way, for the two keepers. Then only its count is left. No report says whose it was, so "
            "none goes while anything is under a legal hold."
        ),
        "days",
    ),
    "key_backup_days": Named(
        _l("A backup of the keys opens cases"),
        _l(
            "For so long somebody with that file and an older copy of the database could open what was erased "
            "meanwhile. Never longer than a name is kept."
        ),
        "days",
    ),
    "floor_days": Named(
        _l("Nothing is erased earlier than"),
        _l("A floor that the law may set. Ask counsel; 0 if there is none."), "days",
    ),
    "year_matches": Named(
        _l("Matches a supporter and year, as told to recruits"),
        _l("Shown beside each supporter’s own load. It balances, and never blocks."),
    ),
    "agreement_version": Named(
        _l("Version of the confidentiality agreement"),
        _l("A new version asks every supporter to sign again; nobody is asked about a physician before they have."),
    ),
    "agreement_days": Named(_l("How long a link to the agreement works"), _l("Then a fresh one is sent."), "days"),
    "pin_minutes": Named(
        _l("How long a PIN counts"), _l("Then names and contact details ask for it again."), "minutes"
    ),
    "advertise_days": Named(
        _l("How often the hub is told what could be taken on"), _l("In bands only, never a supporter."), "days"
    ),
    "capacity_told": Named(
        _l("When the hub is told that the last place is taken, or one is free again"),
        _l(
            "Once a day hides from the hub at which hour a match here began or ended. Until then a request from "
            "elsewhere that nobody can take is passed on by itself."
        ),
    ),
    "capacity_days": Named(
        _l("How long what the hub was told holds"),
        _l("Then the hub asks this site nothing until it hears again."),
        "days",
    ),
    "programme_phone": Named(
        _l("The program’s phone line"),
        _l("Given to a physician whenever nobody can be found in time, and to supporters. Answered at any hour."),
    ),
    "crisis_phone": Named(
        _l("Suicide crisis line"), _l("At the foot of every page, and before a physician sends a request.")
    ),
    "leave_to": Named(
        _l("Where “Leave this page” leads"),
        _l("A page that anybody might have open, such as the weather. It is told nothing of where somebody came from."),
    ),
    "keeper_phone": Named(
        _l("Phone of the safety keepers"),
        _l("On the page “Is somebody in danger?”. Empty: the phone of the coordinator stands there."),
    ),
}  # fmt: skip

OPTION: dict[tuple[str, str], LazyString] = {
    ("next_by_itself", "no"): _l("The coordinator asks the next one"),
    ("next_by_itself", "yes"): _l("The next one is asked by itself"),
    ("routine_outreach", "no"): _l("Only with consent"),
    ("routine_outreach", "yes"): _l("As routine, the first message asking for consent"),
    ("seniority", "on"): _l("Yes, for mid and late career"),
    ("seniority", "off"): _l("No"),
    ("name_before_yes", "yes"): _l("Yes: name and reason, then the yes, then contact details"),
    ("name_before_yes", "no"): _l("No: the reason only, then the yes, then name and contact details"),
    ("specialty", "wish"): _l("Whoever assigns weighs the wish, if somebody is free"),
    ("specialty", "ignore"): _l("Availability alone"),
    ("who_assigns", "coordinator"): _l("Coordinator or physician lead"),
    ("who_assigns", "lead"): _l("Physician lead only"),
    ("capacity_told", "daily"): _l("Once a day, at six in the morning"),
    ("capacity_told", "at-once"): _l("At once"),
    ("group_module", "no"): _l("Off"),
}

FIXED = ("group_module",)
"""Choices with one option: shown among the questions on which the documents disagree, and not to be changed."""


def value_words(name: str, value: str) -> str:
    """A value as it is read: "72 hours", "Only with consent"."""
    if name in policy.CHOICES:
        return str(OPTION[name, value])
    if name in policy.TEXTS:
        return value or str(_l("Empty"))
    number = int(value)
    unit = NAMED[name].unit
    if unit == "hours":
        return str(ngettext("%(num)d hour", "%(num)d hours", number))
    if unit == "days":
        return _days(number)
    if unit == "minutes":
        return str(ngettext("%(num)d minute", "%(num)d minutes", number))
    return value


def _days(n_days: int) -> str:
    """Days as they are typed, and whole years beside them: "2555 days (7 years)"."""
    text = str(ngettext("%(num)d day", "%(num)d days", n_days))
    n_years, left = divmod(n_days, 365)
    if left or not n_years:
        return text
    years = str(ngettext("%(num)d year", "%(num)d years", n_years))
    return f"{text} ({years})"


def label(name: str) -> str:
    """What a setting is called; the code of one that a newer program knows."""
    return str(NAMED[name].label) if name in NAMED else name
