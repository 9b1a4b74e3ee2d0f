"""The question before an act that others will feel: what is asked, what follows, what the button says."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from hub.models import SiteState
from protocol.match_states import WITH_HELPER, State


@dataclass(frozen=True)
class Question:
    """One act, under its name in the URL. `states` are those in which it is offered."""

    name: str
    states: frozenset[str]
    title: LazyString
    consequences: tuple[LazyString, ...]
    button: LazyString
    done: LazyString
    safe: bool = False
    """Whether it can be taken back: a red button is for what cannot."""
    undo: str = ""
    """Name of the act that takes it back at once."""


_BY_NAME = (
    Question(
        "refuse",
        frozenset({SiteState.PENDING, SiteState.ACTIVE, SiteState.SUSPENDED}),
        _l("Refuse these keys?"),
        (
            _l("Refuse when even one of the six words differs: somebody else may have used the code."),
            _l("The keys that were presented are never used. A fresh code starts the site again."),
        ),
        _l("Refuse these keys"),
        _l("The keys were refused."),
    ),
    Question(
        "suspend",
        frozenset({SiteState.ACTIVE}),
        _l("Suspend this site?"),
        (
            _l("Nothing more is sent to it and nothing is taken from it, until you resume it."),
            _l("A match that it was asked to help with goes to the next site."),
        ),
        _l("Suspend this site"),
        _l("The site is suspended."),
        safe=True,
        undo="resume",
    ),
    Question(
        "resume",
        frozenset({SiteState.SUSPENDED}),
        _l("Let this site take part again?"),
        (_l("What waited for it is sent, and it can be asked to help again."),),
        _l("Resume this site"),
        _l("The site takes part again."),
        safe=True,
    ),
    Question(
        "fresh-code",
        frozenset(SiteState),
        _l("Give this site a fresh code?"),
        (
            _l("Any code given before stops working."),
            _l("A site that takes part keeps its keys until you have compared six words for the new ones."),
        ),
        _l("Make a fresh code"),
        _l("A fresh code was made."),
        safe=True,
    ),
    Question(
        "withdraw",
        frozenset(SiteState) - {SiteState.WITHDRAWN},
        _l("Withdraw this site for good?"),
        (
            _l("Its keys are revoked and every match it helps goes on elsewhere. This cannot be undone."),
            _l("To hold a site back for a while, suspend it instead."),
        ),
        _l("Withdraw this site"),
        _l("The site is withdrawn."),
    ),
)
SITE_QUESTIONS = {question.name: question for question in _BY_NAME}

_HELD = frozenset({State.PROPOSED, State.RELEASED, *WITH_HELPER})
MATCH_QUESTIONS = {
    question.name: question
    for question in (
        Question(
            "take-back",
            _HELD,
            _l("Take this match back from the site?"),
            (
                _l("The site loses the card, the name and its access at once, and is not asked again."),
                _l("Another site is asked. The physician waits longer: phone the helping coordinator first."),
            ),
            _l("Take it back"),
            _l("The match was taken back. Another site is being looked for."),
        ),
        Question(
            "close",
            frozenset(WITH_HELPER),
            _l("Close this match?"),
            (
                _l(
                    "Close it when the helping site tells you that the support has ended but cannot say so itself."
                ),
            ),
            _l("Close this match"),
            _l("The match is closed."),
        ),
    )
}


def offered(questions: dict[str, Question], state: str) -> list[Question]:
    """The acts that make sense in this state."""
    return [question for question in questions.values() if state in question.states]
