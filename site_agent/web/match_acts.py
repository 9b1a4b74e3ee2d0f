"""What a coordinator can press on a match, of this site or from elsewhere, in which states, and what is asked
before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from site_agent.clock import reminding
from site_agent.extensions import db
from site_agent.models import Match, Offer, Supporter
from site_agent.models.match import HELPING
from site_agent.roles import LEAD
from site_agent.services import interactions, local, match_end, offers, policy, safety
from site_agent.services.errors import NoLongerOpenError, NotEligibleError, ServiceError
from site_agent.web.desk import staff_id
from site_agent.web.match_about import About
from site_agent.web.questions import Question
from ui.access import current_person

Typed = Mapping[str, str]
_BEFORE = ("proposed", "asked", "accepted", "released")
_AWAITED = ("in-hand", "overdue", "escalated")


@dataclass(frozen=True)
class Press:
    """One button. `do` raises a ServiceError when it is too late; `said` may name the supporter as %(name)s."""

    states: tuple[str, ...]
    do: Callable[[About, Typed, datetime], object]
    said: LazyString
    question: Question | None = None
    mails: bool = False
    """Whether `said` tells of a mail, which may have to wait for a mail server."""
    kinds: tuple[str, ...] = ("own", "elsewhere")


class LeadAssignsError(ServiceError):
    """The site's policy `who_assigns` leaves the choice of a supporter to the physician lead."""

    mend = _l("At this site the physician lead chooses who is asked. Tell the lead that this one waits.")


def may_ask() -> bool:
    """Whether whoever is at the desk may choose a supporter."""
    person = current_person()
    leads = person is not None and LEAD in person.roles
    return leads or policy.choice(db.session, "who_assigns") == "coordinator"


def _match(about: About) -> Match:
    if about.match is None:
        raise NoLongerOpenError()
    return about.match


def _ask(about: About, typed: Typed, now: datetime) -> object:
    if not may_ask():
        raise LeadAssignsError()
    supporter = db.session.get(Supporter, typed.get("supporter", ""))
    if supporter is None:
        raise NotEligibleError()
    if typed.get("takes_over"):
        # Only from the page that says what it ends: a list that was left open must not take over by itself.
        return offers.reassign(db.session, _match(about), supporter, now)
    if about.request is not None:
        return local.ask(db.session, about.request, supporter, now, staff_id())
    return offers.ask(db.session, _match(about), supporter, now, staff_id())


def _offer(about: About, typed: Typed) -> Offer:
    """The offer that the coordinator saw; another one may stand by now, of somebody else."""
    offer = match_end.present_offer(db.session, _match(about))
    if offer is None or offer.offer_id != typed.get("offer"):
        raise NoLongerOpenError()
    return offer


def _fresh_link(about: About, typed: Typed, now: datetime, kind: str = "fresh-link") -> object:
    if offers.fresh_link(db.session, _offer(about, typed), now, kind=kind) is None:
        raise NoLongerOpenError()
    return None


def _remind(about: About, typed: Typed, now: datetime) -> object:
    if _match(about).paused_at is not None:
        raise NoLongerOpenError()
    return _fresh_link(about, typed, now, kind="nudge")


def _resume(about: About, typed: Typed, now: datetime) -> object:
    if not safety.resume(db.session, _match(about), now, staff_id()):
        raise NoLongerOpenError()
    return None


def _remind_of_entry(about: About, typed: Typed, now: datetime) -> object:
    if not reminding.remind_of_entry(db.session, _match(about).thid, now):
        raise NoLongerOpenError()
    return None


_PASS = Question(
    title=_l("Nobody here can help?"),
    lines=(
        _l("The hub asks another site. Nobody learns who was asked here, or why it was passed on."),
        _l("The card is destroyed here, and the name too if it came."),
    ),
    warning=_l("This cannot be undone."),
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
_ELSEWHERE = ("elsewhere",)

PRESSES: dict[str, Press] = {
    "ask": Press(("proposed", "ended", *HELPING), _ask, _l("%(name)s was asked by email."), mails=True),
    "fresh-link": Press(
        ("asked", "released", *HELPING),
        _fresh_link,
        _l("A fresh link is on its way to %(name)s."),
        mails=True,
    ),
    "remind": Press(
        _AWAITED,
        _remind,
        _l("A reminder is on its way to %(name)s."),
        mails=True,
    ),
    "remind-entry": Press(
        ("in-touch",),
        _remind_of_entry,
        _l("A reminder is on its way to %(name)s."),
        mails=True,
    ),
    "yes": Press(
        ("asked",),
        lambda about, typed, now: offers.record_answer(
            db.session, _offer(about, typed), True, now, staff_id()
        ),
        _l("The yes of %(name)s is recorded, given by phone."),
    ),
    "no": Press(
        ("asked",),
        lambda about, typed, now: offers.record_answer(
            db.session, _offer(about, typed), False, now, staff_id()
        ),
        _l("The answer is recorded. It is kept without a name."),
    ),
    "not-close": Press(
        ("released",),
        lambda about, typed, now: offers.answer_name(
            db.session, _offer(about, typed), False, now, staff_id()
        ),
        _l("The answer is recorded. The hub is confirming the match."),
        kinds=_ELSEWHERE,
    ),
    "close-to-them": Press(
        ("released",),
        lambda about, typed, now: offers.answer_name(db.session, _offer(about, typed), True, now),
        _l("The answer is recorded. It is kept without a name."),
        kinds=_ELSEWHERE,
    ),
    "extend": Press(
        ("in-hand", "overdue"),
        lambda about, typed, now: interactions.extend(db.session, _match(about), now, staff_id()),
        _l("The limit is extended. This can be done once."),
    ),
    "resume": Press(
        HELPING,
        _resume,
        _l("Reminders go on."),
    ),
    "pass": Press(
        _BEFORE,
        lambda about, typed, now: match_end.pass_on(db.session, _match(about), now),
        _l("Passed on. There is nothing more to do."),
        _PASS,
        kinds=_ELSEWHERE,
    ),
    "give-back": Press(
        HELPING,
        lambda about, typed, now: match_end.pass_on(db.session, _match(about), now),
        _l("Given back. There is nothing more to do."),
        _GIVE_BACK,
        kinds=_ELSEWHERE,
    ),
}


def press_named(name: str, about: About) -> Press | None:
    """The press of that name, if it is one of this kind of request."""
    press = PRESSES.get(name)
    kind = "elsewhere" if about.request is None else "own"
    return press if press is not None and kind in press.kinds else None


def do(press: Press, about: About, typed: Typed, now: datetime) -> None:
    """Press it. Raises NoLongerOpenError where the match stands elsewhere than the page that was read, and what the
    services raise."""
    about.require_seen(typed)
    if about.match is not None and about.match.state not in press.states:
        raise NoLongerOpenError()
    if "offer" in typed:
        _offer(about, typed)
    press.do(about, typed, now)


def offered(about: About) -> set[str]:
    """The presses that make sense as it stands."""
    match = about.match
    if match is None:
        return set()
    names = {name for name in PRESSES if (each := press_named(name, about)) and match.state in each.states}
    if match.extended_at is not None:
        names.discard("extend")
    if match.supporter_id is None:
        names -= {"fresh-link", "remind"}
    names -= {"resume"} if match.paused_at is None else {"remind", "remind-entry"}
    return names
