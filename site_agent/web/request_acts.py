"""What a coordinator can press on a request of this site, when, and what is asked before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from site_agent.extensions import db
from site_agent.models import Match, Request
from site_agent.models.request import OPEN
from site_agent.services import local, physician_news, requests, stay
from site_agent.web.desk import staff_id
from site_agent.web.questions import Question


@dataclass(frozen=True)
class Act:
    """One press, always with a question before. `link` is the button that leads to the question, `fits` says when
    there is one."""

    name: str
    fits: Callable[[Request, Match | None, str | None], bool]
    link: LazyString
    question: Question
    do: Callable[[Request, datetime], object]
    said: LazyString
    undo: bool = False
    """Whether it can be taken back for a few minutes."""
    mails: bool = False
    moves_on: bool = True
    """Not done if somebody was asked, or said yes, since the question was read."""


def _is_idle(row: Request, match: Match | None, step: str | None) -> bool:
    """Nobody is asked about it or helps."""
    here = row.state == "looking" and not row.elsewhere and (match is None or match.state != "asked")
    return row.state in ("new", "unmatched") or here


def _is_here(row: Request, match: Match | None, step: str | None) -> bool:
    """Somebody of this site was asked or helps."""
    return row.state in ("looking", "in-hand", "in-touch") and not row.elsewhere


def _may_look_elsewhere(row: Request, match: Match | None, step: str | None) -> bool:
    return row.state in ("new", "unmatched") or (row.state == "looking" and not row.elsewhere)


ACTS = (
    Act(
        "elsewhere",
        _may_look_elsewhere,
        _l("Look elsewhere"),
        Question(
            title=_l("Look for a supporter elsewhere?"),
            lines=(
                _l("Ask the physician first."),
                _l("The hub is told the career stage and how they would like to talk, and asks other sites."),
                _l(
                    "Reason, wishes and name go in three sealed letters. Only the site that is asked gets its own."
                ),
                _l(
                    "Any other site may be asked, except places that they ruled out when they asked. To rule out "
                    "places now, withdraw this request and record a new one for somebody from elsewhere."
                ),
                _l("You will hear that it is in hand and that they are in touch, never where."),
            ),
            warning=_l(
                "Afterwards nobody of this site can be asked about it, unless nobody elsewhere is found and the "
                "physician agrees to that too."
            ),
            said_so=_l("The physician told me so"),
            button=_l("Look elsewhere"),
            safe=True,
        ),
        lambda row, now: requests.look_elsewhere(db.session, row, now, staff_id()),
        _l("The hub looks elsewhere for request %(ref)s."),
    ),
    Act(
        "waive-stage",
        lambda row, match, step: step == "waive-stage",
        _l("The physician agrees to an earlier stage"),
        Question(
            title=_l("Does the physician agree to a supporter of an earlier career stage?"),
            lines=(
                _l(
                    "Ask them first, without naming anybody. They may say no and ask for somebody from elsewhere."
                ),
                _l("That they agreed is kept with your name and the time. No reason is asked."),
                _l("Whoever assesses their work is still never asked."),
            ),
            button=_l("Yes, they agree"),
            safe=True,
        ),
        lambda row, now: local.waive_stage(db.session, row, now, staff_id()),
        _l("It is kept that they agree. The list shows who can be asked now."),
    ),
    Act(
        "stay-here",
        lambda row, match, step: stay.may_stay(row) and not stay.objected(db.session, row),
        _l("Ask somebody here"),
        Question(
            title=_l("Does the physician agree to be helped from this site?"),
            lines=(
                _l("They asked for somebody from elsewhere. Ask them first: this changes who could know."),
                _l(
                    "It opens the name. From then on name, reason and contact details are read at this desk, and "
                    "supporters of this site can be asked."
                ),
                _l(
                    "They can choose it themselves by the link that they kept. Then nobody has to take "
                    "anybody’s word for it."
                ),
            ),
            warning=_l(
                "It is kept that you noted this, and when. The physician sees it on their page, hears of it by email "
                "if they want news, and can object, which closes the name again."
            ),
            said_so=_l("The physician told me so by phone"),
            button=_l("Open the name and ask here"),
        ),
        lambda row, now: stay.stay_here(db.session, row, now, staff_id()),
        _l("Request %(ref)s is helped from this site. The list shows who can be asked."),
    ),
    Act(
        "give-up",
        _is_here,
        _l("Nobody here can help"),
        Question(
            title=_l("Can nobody of this site help?"),
            lines=(
                _l("Whoever is asked or helps is told that there is nothing more to do, without a cause."),
                _l(
                    "The request stays open. The next step is to look elsewhere, or the program’s phone line."
                ),
            ),
            warning=_l("The physician waits again. Choose another supporter first, if one can help."),
            button=_l("Nobody here can"),
        ),
        lambda row, now: local.give_up_here(db.session, row, now, staff_id()),
        _l("Nobody of this site is asked any more about request %(ref)s."),
    ),
    Act(
        "mail-link",
        lambda row, match, step: physician_news.may_mail_link(row),
        _l("Email the physician a link"),
        Question(
            title=_l("Email the physician a link to their request?"),
            lines=(
                _l("Do this when they have lost theirs, or asked for it by phone. They agreed to email."),
                _l(
                    "The email says only “you have a message”, with a link of their own. Nobody here sees it."
                ),
                _l("The link that they have still works."),
            ),
            button=_l("Email the link"),
            safe=True,
        ),
        lambda row, now: physician_news.mail_link(db.session, row, now),
        _l("A link to request %(ref)s is on its way to the physician."),
        mails=True,
        moves_on=False,
    ),
    Act(
        "withdraw",
        lambda row, match, step: row.state in OPEN,
        _l("Withdraw"),
        Question(
            title=_l("Withdraw this request?"),
            lines=(
                _l("Do this when the physician asks you to. No reason is needed, and none is kept."),
                _l("Nobody is asked any more, and whoever helps is told that there is nothing more to do."),
            ),
            warning=_l("This cannot be undone. The physician may ask again at any time."),
            button=_l("Withdraw it"),
        ),
        lambda row, now: requests.withdraw(db.session, row, now, staff_id()),
        _l("Request %(ref)s is withdrawn."),
        moves_on=False,
    ),
    Act(
        "close",
        _is_idle,
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
        undo=True,
    ),
)


def act_named(name: str) -> Act | None:
    """The act of that name."""
    return next((act for act in ACTS if act.name == name), None)


def offered(row: Request, match: Match | None, step: str | None) -> list[Act]:
    """The acts that make sense as it stands. `step`: what `local.next_step` says."""
    return [act for act in ACTS if act.fits(row, match, step)]
