"""What a coordinator can press on a request of this site, in which states, and what is asked before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from site_agent.extensions import db
from site_agent.models import Request
from site_agent.models.request import OPEN
from site_agent.services import requests
from site_agent.web.desk import staff_id
from site_agent.web.questions import Question


@dataclass(frozen=True)
class Act:
    """One press, always with a question before. `link` is the button that leads to the question."""

    name: str
    states: tuple[str, ...]
    link: LazyString
    question: Question
    do: Callable[[Request, datetime], object]
    said: LazyString


ACTS = (
    Act(
        "elsewhere",
        ("new", "unmatched"),
        _l("Look elsewhere"),
        Question(
            title=_l("Look for a supporter elsewhere?"),
            lines=(
                _l("Ask the physician first."),
                _l("The hub is told the career stage and how they would like to talk, and asks other sites."),
                _l(
                    "Reason, wishes and name go in three sealed letters. Only the site that is asked gets its own."
                ),
                _l("You will hear that it is in hand and that they are in touch, never where."),
            ),
            button=_l("Look elsewhere"),
            safe=True,
        ),
        lambda row, now: requests.look_elsewhere(db.session, row, now, staff_id()),
        _l("The hub looks elsewhere for request %(ref)s."),
    ),
    Act(
        "withdraw",
        OPEN,
        _l("Withdraw"),
        Question(
            title=_l("Withdraw this request?"),
            lines=(
                _l("Do this when the physician asks you to. No reason is needed, and none is kept."),
                _l("Nobody is asked any more, and whoever helps is told that there is nothing more to do."),
            ),
            warning=_l("This cannot be taken back. The physician may ask again at any time."),
            button=_l("Withdraw it"),
        ),
        lambda row, now: requests.withdraw(db.session, row, now, staff_id()),
        _l("Request %(ref)s is withdrawn."),
    ),
    Act(
        "close",
        ("new", "unmatched"),
        _l("Close"),
        Question(
            title=_l("Close this request?"),
            lines=(
                _l("Do this when the physician has found help, or needs no supporter any more."),
                _l("How it ended is not asked. The physician may ask again at any time, and starts clean."),
            ),
            button=_l("Close it"),
        ),
        lambda row, now: requests.close(db.session, row, now, staff_id()),
        _l("Request %(ref)s is closed."),
    ),
)


def act_named(name: str) -> Act | None:
    """The act of that name."""
    return next((act for act in ACTS if act.name == name), None)


def offered(row: Request) -> list[Act]:
    """The acts that make sense as it stands."""
    return [act for act in ACTS if row.state in act.states]
