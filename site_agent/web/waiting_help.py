"""Today's lines about requests of this site and from elsewhere: one flow, so one set of lines.

All that is open is read in a few queries, however much it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from site_agent.models import AnySession, Match, Request
from site_agent.services import local, policy
from site_agent.web.addresses import address
from site_agent.web.match_about import About
from site_agent.web.open_help import OpenHelp, Talks
from site_agent.web.waiting_line import (
    ANSWER,
    FIND,
    LATE,
    WATCH,
    Call,
    Step,
    Waiting,
    hours_left,
    paused_for,
    phone_of,
    waited,
)
from site_agent.words import DOOR_BY
from ui.timewords import ago, when

SOON = timedelta(hours=24)
"""Ours: a clock with less than a day left is worth a look."""
QUIET = timedelta(days=28)
"""Ours: after four weeks without a talk the support has mostly ended, and nobody closed it."""


@dataclass(frozen=True)
class _Limits:
    """The site's own times."""

    find: timedelta
    entry: timedelta
    n_talks: int


def waiting_help(session: AnySession, open_help: OpenHelp, now: datetime) -> Iterator[Waiting]:
    """Every line, in no order."""
    limits = _Limits(
        timedelta(hours=policy.number(session, "find_hours")),
        timedelta(hours=policy.number(session, "tracker_hours")),
        policy.number(session, "talks"),
    )
    for row in open_help.requests:
        yield from _of_request(row, open_help.match_of(row), limits, now)
    for match in open_help.matches:
        about = open_help.about(match)
        if match.paused_at is not None:
            yield _paused(about, match, open_help, now)
        elif match.state in ("in-hand", "overdue", "escalated"):
            yield from _first_contact(about, match, open_help, now)
        elif match.state == "in-touch":
            yield from _in_touch(about, match, open_help, limits, now)
        elif match.state == "proposed" and not match.is_local:
            text = _("Ask a supporter for a request from elsewhere: %(ref)s", ref=about.ref)
            hint = _("The hub takes an answer until %(when)s.", when=when(match.answer_by))
            tag = hours_left(match.answer_by, now)
            yield Waiting(ANSWER, match.answer_by, text, hint, about.page, tag, "yellow", chooses=match.thid)


def _of_request(row: Request, match: Match | None, limits: _Limits, now: datetime) -> Iterator[Waiting]:
    href = address("web.request_page", "request_id", row.request_id)
    since = local.waits_since(row, match)
    if since is not None:
        late = now - since > limits.find
        yield Waiting(
            FIND, since, _find(row, match), _why(row, late), href, waited(since, now), "red",
            chooses="" if row.elsewhere else row.request_id,
        )  # fmt: skip
    elif row.state == "unmatched":
        text = _("Call the physician of request %(ref)s", ref=row.ref)
        hint = _("Nobody was found in time. Give the program’s phone line, or ask again.")
        yield Waiting(FIND, row.state_at, text, hint, href, waited(row.state_at, now), "red")
    elif row.restate:
        text = _("Ask for the wishes of request %(ref)s again", ref=row.ref)
        hint = _("They were erased. No letter goes before the physician has said them again.")
        yield Waiting(ANSWER, row.state_at, text, hint, href, waited(row.state_at, now), "yellow")


def _find(row: Request, match: Match | None) -> str:
    if match is not None and match.state == "proposed" and row.state == "looking":
        text = _("Ask the next supporter for request %(ref)s", ref=row.ref)
    elif row.state == "unmatched":
        text = _("Find another way for request %(ref)s", ref=row.ref)
    else:
        text = _("Find a supporter for request %(ref)s", ref=row.ref)
    return str(text)


def _why(row: Request, late: bool) -> str:
    """Never who was asked, how many were, or that somebody said no."""
    said = [_("Received %(ago)s %(door)s.", ago=ago(row.received_at), door=DOOR_BY[row.door or "form"])]
    if row.state == "looking":
        said = [_("Nobody is asked at the moment. Received %(ago)s.", ago=ago(row.received_at))]
    if late and not row.elsewhere:
        said.append(_("Phone them: they have waited long."))
    return " ".join(said)


def _paused(about: About, match: Match, open_help: OpenHelp, now: datetime) -> Waiting:
    text = _("Speak with the supporter of %(ref)s: the match is paused", ref=about.ref)
    hint = _("The safety route was taken. Nothing reminds anybody until you have spoken.")
    at = match.paused_at or now
    return Waiting(LATE, at, text, hint, about.page, paused_for(at, now), "red", call=_call(match, open_help))


def _first_contact(about: About, match: Match, open_help: OpenHelp, now: datetime) -> Iterator[Waiting]:
    if match.due_at is None:
        return
    tag, call = hours_left(match.due_at, now), _call(match, open_help)
    if match.state == "in-hand":
        if match.due_at - now < SOON:
            text = _("See that first contact is made: %(ref)s", ref=about.ref)
            hint = _("Due %(when)s. No attempt is recorded yet.", when=when(match.due_at))
            offer = open_help.offers.get(match.thid)
            remind = offer and Step(
                _("Send a reminder"), about.url("match_act", act="remind"), True, "offer", offer.offer_id
            )
            yield Waiting(WATCH, match.due_at, text, hint, about.page, tag, "yellow", remind or None, call)
        return
    text = _("Decide about a first contact that is late: %(ref)s", ref=about.ref)
    hint = _("Extend once, choose another supporter, or close.")
    if match.state == "escalated":
        hint = _("The provincial team follows it up too. Record an attempt, or choose another supporter.")
    step = Step(_("Choose another supporter"), about.url("reassign"), press=False)
    if match.state == "overdue" and match.extended_at is None:
        helper = open_help.offers.get(match.thid)
        seen = ("offer", helper.offer_id) if helper else ()
        step = Step(_("Extend once"), about.url("match_act", act="extend"), True, *seen)
    yield Waiting(LATE, match.due_at, text, hint, about.page, tag, "red", step, call)


def _in_touch(
    about: About, match: Match, open_help: OpenHelp, limits: _Limits, now: datetime
) -> Iterator[Waiting]:
    """One line at most: what is asked of a supporter is one thing at a time."""
    call, talks = _call(match, open_help), open_help.talks.get(match.thid, Talks(0, None))
    attempted, reached = match.attempted_at or match.state_at, match.reached_at
    last = talks.last_at or reached or attempted
    reminded = open_help.reminded.get(match.thid)
    if match.check_in_on is not None and match.check_in_on > now.date():
        return
    if talks.n >= limits.n_talks or (talks.n and now - last > QUIET):
        text = _("Ask whether the support has ended: %(ref)s", ref=about.ref)
        hint = _("Usually it has by now, or goes on elsewhere. Nothing has to.")
        step = Step(_("Close"), about.url("close_match"), press=False)
        yield Waiting(WATCH, last, text, hint, about.page, _("To close"), "yellow", step, call)
    elif reached is None and now - attempted > limits.entry:
        text = _("Ask whether the two have spoken: %(ref)s", ref=about.ref)
        hint = _("A first attempt was made %(ago)s.", ago=ago(attempted))
        step = Step(_("Record an attempt"), about.url("record_attempt"), press=False)
        yield Waiting(WATCH, attempted, text, hint, about.page, waited(attempted, now), "yellow", step, call)
    elif reached is not None and not talks.n and now - reached > limits.entry:
        text = _("Ask for the missing tracker entry: %(ref)s", ref=about.ref)
        if reminded is None:
            hint = _("They have spoken, and no talk is noted. One quiet reminder is enough.")
            step = Step(_("Send a reminder"), about.url("match_act", act="remind-entry"))
            yield Waiting(WATCH, reached, text, hint, about.page, _("Entry missing"), "yellow", step, call)
        elif now - reminded > limits.entry:
            hint = _("A reminder went out %(ago)s. The taps can be recorded by phone.", ago=ago(reminded))
            step = Step(_("Record a talk"), about.url("record_talk"), press=False)
            yield Waiting(WATCH, reached, text, hint, about.page, _("Entry missing"), "yellow", step, call)


def _call(match: Match, open_help: OpenHelp) -> Call | None:
    who = open_help.supporters.get(match.supporter_id or "")
    return phone_of(who.name, who.phone) if who else None
