"""What is reminded of, once each: a first contact that is awaited (G08), a tracker entry (I07), a request (G09).

Each reminder is looked for by what is due now, and written down in the commit that queues its mail: after days
without power the supporter gets one nudge and not three. Everything falls silent while a match is paused, and with
the attempt, the entry or the end.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from site_agent.models import AnySession, ContactClock, Interaction, Match, Offer, Reminder, Request
from site_agent.services import offers, policy, post, reminders
from site_agent.services.hub_time import hub_now, match_now
from site_agent.services.match_end import present_offer

_FIRST, _SECOND, _ENTRY, _REQUEST = "nudge-first", "nudge-second", "tracker", "request-waits"


def to_nudge(session: AnySession, now: datetime) -> Iterable[str]:
    """Runs of the clock of which a nudge is due."""
    latest = max(now, hub_now(session, now))  # by whichever clock; the deed itself judges by the match's own
    first, second = (latest - each for each in _nudges(session))
    awaited = ContactClock.outcome == "running", Match.state == "in-hand", Match.paused_at.is_(None)
    due = or_(
        and_(ContactClock.started_at <= second, ~_reminded(ContactClock.clock_id, _SECOND)),
        and_(
            ContactClock.started_at <= first,
            ~_reminded(ContactClock.clock_id, _FIRST),
            ~_reminded(ContactClock.clock_id, _SECOND),
        ),
    )
    runs = select(ContactClock.clock_id).join(Match, Match.thid == ContactClock.thid)
    return session.scalars(runs.where(*awaited, due))


def nudge(session: AnySession, clock_id: str, now: datetime) -> bool:
    """A quiet mail to the supporter who said yes. After the limit it is the coordinator who hears."""
    clock = session.get_one(ContactClock, clock_id)
    match = session.get_one(Match, clock.thid)
    today = match_now(session, match, now)
    first, second = (clock.started_at + each for each in _nudges(session))
    awaited = clock.outcome == "running" and match.state == "in-hand" and match.paused_at is None
    if not awaited or today < min(first, second) or today >= clock.due_at:
        return False
    code = _SECOND if today >= second else _FIRST
    return reminders.once(session, clock_id, code, now) and _write(session, match, "nudge", now)


def entries_missing(session: AnySession, now: datetime) -> Iterable[str]:
    """Matches in which the two have spoken a while ago, and no talk is noted since the supporter said yes."""
    before = now - timedelta(hours=policy.number(session, "tracker_hours"))
    noted = exists().where(Interaction.thid == Match.thid, Interaction.at >= Match.confirmed_at)
    missing = Match.state == "in-touch", Match.paused_at.is_(None), Match.reached_at <= before, ~noted
    return session.scalars(select(Match.thid).where(*missing, ~_reminded(Match.thid, _ENTRY)))


def remind_of_entry(session: AnySession, thid: str, now: datetime) -> bool:
    """One quiet mail; nobody else hears of it."""
    match = session.get_one(Match, thid)
    if match.state != "in-touch" or match.paused_at is not None:
        return False
    return reminders.once(session, thid, _ENTRY, now) and _write(session, match, "tracker", now)


def waiting_requests(session: AnySession, now: datetime) -> Iterable[str]:
    """Requests about which nobody was asked in the time that the site sets for it."""
    hours = timedelta(hours=policy.number(session, "find_hours"))
    new = and_(Request.state == "new", Request.received_at <= now - hours)
    again = and_(Request.state == "looking", Match.state == "proposed", Match.answer_by <= now)
    found = select(Request.request_id).outerjoin(Match, Match.request_id == Request.request_id)
    return session.scalars(found.where(or_(new, again), ~_reminded(Request.request_id, _REQUEST)))


def remind_of_request(session: AnySession, request_id: str, now: datetime) -> bool:
    """The coordinators hear that something waits on Today."""
    if not reminders.once(session, request_id, _REQUEST, now):
        return False
    post.to_coordinators(session, now)
    return True


def _nudges(session: AnySession) -> tuple[timedelta, timedelta]:
    first = timedelta(hours=policy.number(session, "nudge_first_hours"))
    return first, timedelta(hours=policy.number(session, "nudge_second_hours"))


def _reminded(subject: InstrumentedAttribute[str], code: str) -> ColumnElement[bool]:
    return exists().where(Reminder.subject == subject, Reminder.code == code)


def _write(session: AnySession, match: Match, kind: str, now: datetime) -> bool:
    offer: Offer | None = present_offer(session, match)
    return offer is not None and offers.fresh_link(session, offer, now, kind=kind) is not None
