"""The twelve questions on which the programme documents disagree, with what holds at this site and why.

From the table at the end of the requirements. A question with a setting can be answered otherwise; the others are
fixed by a rule, which the page says.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Disputed:
    """One question: what the documents say, what holds here; `setting` can be changed, a `rule` cannot."""

    question: LazyString
    positions: LazyString
    holds: LazyString
    setting: str | None = None
    rule: LazyString | None = None


DISPUTED: tuple[Disputed, ...] = (
    Disputed(
        _l("Who calls first?"),
        _l(
            "PSI: the supporter, within 72 hours of the match. AMA: the supporter leaves word, the physician calls."
        ),
        _l(
            "The supporter. A genuine attempt meets the limit, a message left included; reached is recorded apart."
        ),
        setting="contact_hours",
        rule=_l("The limit can be changed; that the supporter makes the attempt cannot."),
    ),
    Disputed(
        _l("What is seen before the yes?"),
        _l("PSI: name and rationale. AMA: name, contact and a sentence at once."),
        _l(
            "Between sites: the card, yes, the name, “not close to me”, contact details. No sentence on the event."
        ),
        setting="name_before_yes",
        rule=_l(  # J01
            "The order between sites, and that no sentence is written, are rules of confidentiality."
        ),
    ),
    Disputed(
        _l("Is consent needed to reach out?"),
        _l("PSI: with consent. AMA, Brigham: everybody involved, as routine."),
        _l("The consent is recorded as a code, with who attests it."),
        setting="routine_outreach",
    ),
    Disputed(
        _l("How many talks?"),
        _l("PSI: one to three. AMA: one or two. Brigham: one, and an open door."),
        _l("A reminder to close or to pass on; never a block."),
        setting="talks",
    ),
    Disputed(
        _l("What is evaluated?"),
        _l(
            "PSI: locally and provincially, with the supporter’s impression. Brigham: nothing from those supported."
        ),
        _l("Counts of the process, and how the supporter found it. Whoever was supported is asked nothing."),
        rule=_l("No survey of those supported: asking makes them relive the event."),  # J06
    ),
    Disputed(
        _l("Does seniority bind?"),
        _l(
            "PSI: to be considered for mid and late career. AMA: same or higher. Brigham: never junior for senior."
        ),
        _l("The physician may agree to an earlier stage; that is coded and logged."),
        setting="seniority",
        rule=_l("Whoever assesses a physician’s work is never put to them, whatever is chosen here."),  # J10
    ),
    Disputed(
        _l("Does the specialty count?"),
        _l("AMA: try to match it. Brigham: case by case. PSI: availability first."),
        _l("Availability comes first in any case."),
        setting="specialty",
    ),
    Disputed(
        _l("How does one become a supporter?"),
        _l("AMA, Brigham: by nomination. PSI: by nomination or recruitment."),
        _l("Both. The coordinator enters every supporter; nobody enters themselves."),
        rule=_l("Who nominated whom is not kept."),  # C01
    ),
    Disputed(
        _l("Who assigns?"),
        _l("AMA, Brigham: the director. PSI: the administrator."),
        _l("Whoever is chosen here presses “Ask”; everything else of the desk is open to both."),
        setting="who_assigns",
    ),
    Disputed(
        _l("Who asks for help from another region?"),
        _l("PSI’s matching advice has the supporter ask, which reads like a slip."),
        _l("The physician. A supporter can ask the coordinator for a swap at any time."),
        rule=_l("Only the physician’s own choice sends a request to another site."),
    ),
    Disputed(
        _l("What is recorded?"),
        _l("PSI: records of interactions. Brigham: nothing is written of the talk."),
        _l("That a talk happened, in codes, with nothing of what was said."),
        rule=_l("There is no field for notes anywhere."),  # J01
    ),
    Disputed(
        _l("Whom does a group serve?"),
        _l("Brigham: groups and individuals. PSI: individuals only."),
        _l("Individuals. There is no group module in this version."),
        rule=_l("Off."),
    ),
)
"""In the order of the table."""
