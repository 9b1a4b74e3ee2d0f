"""What a coordinator can press on a request from elsewhere, in which states, and what is asked before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from site_agent.extensions import db
from site_agent.models import Match, Offer, Supporter
from site_agent.models.match import HELPING
from site_agent.services import inter_site_helper as helper
from site_agent.services.errors import NoLongerOpenError, NotEligibleError
from site_agent.web.desk import staff_id
from site_agent.web.questions import Question

Typed = Mapping[str, str]
_BEFORE = ("proposed", "asked", "accepted", "released")


@dataclass(frozen=True)
class Press:
    """One button. `do` raises a ServiceError when it is too late; `said` may name the supporter as %(name)s."""

    states: tuple[str, ...]
    do: Callable[[Match, Typed, datetime], object]
    said: LazyString
    question: Question | None = None
    mails: bool = False
    """Whether `said` tells of a mail, which may have to wait for a mail server."""


def _ask(row: Match, typed: Typed, now: datetime) -> object:
    supporter = db.session.get(Supporter, typed.get("supporter", ""))
    if supporter is None:
        raise NotEligibleError()
    act = helper.ask if row.confirmed_at is None else helper.reassign
    return act(db.session, row, supporter, now)


def _offer(row: Match, typed: Typed) -> Offer:
    """The offer that the coordinator saw; another one may stand by now, of somebody else."""
    offer = helper.present_offer(db.session, row)
    if offer is None or offer.offer_id != typed.get("offer"):
        raise NoLongerOpenError()
    return offer


def _fresh_link(row: Match, typed: Typed, now: datetime) -> object:
    if helper.fresh_link(db.session, _offer(row, typed), now) is None:
        raise NoLongerOpenError()
    return None


_PASS = Question(
    title=_l("Nobody here can help?"),
    lines=(
        _l("The hub asks another site. Nobody learns who was asked here, or why it was passed on."),
        _l("The card is destroyed here, and the name too if it came."),
    ),
    warning=_l("This cannot be taken back."),
    button=_l("Pass it on"),
)
_GIVE_BACK = Question(
    title=_l("Give this request back?"),
    lines=(
        _l("The hub looks for another site. The supporter is told that there is nothing more to do."),
        _l("Card, name and contact details are destroyed here."),
    ),
    warning=_l("The physician waits again. Choose another supporter first, if one can help."),
    button=_l("Give it back"),
)
_CLOSE = Question(
    title=_l("Has the support ended?"),
    lines=(
        _l("Card, name and contact details are destroyed here. How it ended is not asked."),
        _l("The physician may ask again at any time, and starts clean."),
        _l("Ask the supporter to destroy any jotting on paper."),
    ),
    button=_l("Close it"),
    safe=True,
)

PRESSES: dict[str, Press] = {
    "ask": Press(("proposed", *HELPING), _ask, _l("%(name)s was asked by mail."), mails=True),
    "fresh-link": Press(
        ("asked", "released", *HELPING),
        _fresh_link,
        _l("A fresh link is on its way to %(name)s."),
        mails=True,
    ),
    "yes": Press(
        ("asked",),
        lambda row, typed, now: helper.accept(db.session, _offer(row, typed), now),
        _l("The yes of %(name)s is recorded, given by phone."),
    ),
    "no": Press(
        ("asked",),
        lambda row, typed, now: helper.decline(db.session, _offer(row, typed), now),
        _l("The answer is recorded. It is kept without a name."),
    ),
    "not-close": Press(
        ("released",),
        lambda row, typed, now: helper.answer_name(db.session, _offer(row, typed), False, now),
        _l("The answer is recorded. The hub is confirming the match."),
    ),
    "close-to-them": Press(
        ("released",),
        lambda row, typed, now: helper.answer_name(db.session, _offer(row, typed), True, now),
        _l("The answer is recorded. It is kept without a name."),
    ),
    "extend": Press(
        ("in-hand", "overdue"),
        lambda row, typed, now: helper.extend(db.session, row, now, staff_id()),
        _l("The limit is extended. This can be done once."),
    ),
    "pass": Press(
        _BEFORE,
        lambda row, typed, now: helper.pass_on(db.session, row, now),
        _l("Passed on. There is nothing more to do."),
        _PASS,
    ),
    "give-back": Press(
        HELPING,
        lambda row, typed, now: helper.pass_on(db.session, row, now),
        _l("Given back. There is nothing more to do."),
        _GIVE_BACK,
    ),
    "close": Press(
        HELPING,
        lambda row, typed, now: helper.close(db.session, row, now, staff_id()),
        _l("Closed. Thank you."),
        _CLOSE,
    ),
}


def offered(row: Match) -> set[str]:
    """The presses that make sense as it stands."""
    names = {name for name, press in PRESSES.items() if row.state in press.states}
    if row.extended_at is not None:
        names.discard("extend")
    if row.supporter_id is None:
        names.discard("fresh-link")
    return names
