"""All that is due: limits that passed, supporters asked by themselves, reminders, letters that waited, capacity,
retention. What was done is written down with the deed, so a restart neither repeats nor forgets it."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from site_agent.clock import reminding
from site_agent.models import AnySession, Event, Match, Offer, Request
from site_agent.services import (
    capacity,
    form_tries,
    inter_site_helper,
    inter_site_home,
    interactions,
    outreach,
    physician_news,
    post,
    quiet,
    requests,
    retention,
)
from site_agent.services.errors import ServiceError
from site_agent.services.hub_time import hub_now

logger = logging.getLogger(__name__)

Find = Callable[[AnySession, datetime], Iterable[str]]
Do = Callable[[AnySession, str, datetime], bool]
"""Returns whether anything was done."""


def run_due(session_factory: Callable[[], AnySession], now: datetime) -> int:
    """Do all that is due, each deed in a commit of its own; returns how many were done.

    A deed that a person did a moment before, or that fails, leaves the others alone.
    """
    session = session_factory()
    done = 0
    for find, do in DUE:
        keys = list(find(session, now))
        session.rollback()  # finding only looks; each deed begins afresh
        done += sum(_do(session, do, key, now) for key in keys)
    return done


def _do(session: AnySession, do: Do, key: str, now: datetime) -> bool:
    try:
        did = do(session, key, now)
        session.commit()
        return did
    except ServiceError:
        session.rollback()
        return False
    except Exception as error:
        session.rollback()
        # Only the kind of error: its text may hold what a case holds.
        logger.error("%s failed: %s", do.__name__.strip("_"), type(error).__name__)
        return False


def _passed(
    session: AnySession,
    limit: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    now: datetime,
) -> ColumnElement[bool]:
    """Limits of a request from elsewhere run by the hub's clock, those of an own one by this machine's."""
    own = Match.request_id.is_not(None)
    return or_(and_(own, limit <= now), and_(~own, limit <= hub_now(session, now)))


def _open_offers(session: AnySession, now: datetime) -> Iterable[str]:
    silent = Offer.state == "open", _passed(session, Offer.expires_at, now)
    return session.scalars(select(Offer.offer_id).join(Match, Match.thid == Offer.thid).where(*silent))


def _open_names(session: AnySession, now: datetime) -> Iterable[str]:
    today = hub_now(session, now)
    silent = Offer.state == "accepted", Match.state == "released", Match.confirm_by <= today
    return session.scalars(select(Offer.offer_id).join(Match, Match.thid == Offer.thid).where(*silent))


def _lapse(session: AnySession, offer_id: str, now: datetime) -> bool:
    offer = session.get(Offer, offer_id)
    return offer is not None and inter_site_helper.lapse(session, offer, now)


def _nobody_asked(session: AnySession, now: datetime) -> Iterable[str]:
    due = (Match.ask_itself_at <= now) | (Match.answer_by <= hub_now(session, now))
    return session.scalars(
        select(Match.thid).where(Match.state == "proposed", Match.request_id.is_(None), due)
    )


def _ask_next(session: AnySession, thid: str, now: datetime) -> bool:
    match = session.get_one(Match, thid)
    if match.state != "proposed" or match.is_local:
        return False
    over = match.answer_by <= hub_now(session, now)
    (inter_site_helper.pass_on if over else inter_site_helper.ask_next)(session, match, now)
    return True


def _late_contacts(session: AnySession, now: datetime) -> Iterable[str]:
    # While the safety route is being followed, nothing reminds anybody.
    late = Match.state == "in-hand", Match.paused_at.is_(None), _passed(session, Match.due_at, now)
    return session.scalars(select(Match.thid).where(*late))


def _overdue(session: AnySession, thid: str, now: datetime) -> bool:
    match = session.get_one(Match, thid)
    if match.due_at is None:
        return False
    if not match.is_local:
        inter_site_helper.overdue(session, thid, match.due_at, match.escalates_at, now)
        return True
    late = interactions.overdue(session, match, now)
    if late:
        post.to_coordinators(session, now)
    return late


def _waiting_shortlists(session: AnySession, now: datetime) -> Iterable[str]:
    return [request.request_id for request in inter_site_home.waiting_shortlists(session)]


def _answer_shortlist(session: AnySession, request_id: str, now: datetime) -> bool:
    return inter_site_home.answer_shortlist(session, session.get_one(Request, request_id), now)


def _never_set_out(session: AnySession, now: datetime) -> Iterable[str]:
    # Recorded before this site was enrolled. One that a person held back has set out before, and stays.
    set_out = exists().where(Event.subject == Request.request_id, Event.code == "looking")
    waiting = Request.state == "new", Request.elsewhere.is_(True), ~set_out
    return session.scalars(select(Request.request_id).where(*waiting))


def _set_out(session: AnySession, request_id: str, now: datetime) -> bool:
    return requests.try_elsewhere(session, session.get_one(Request, request_id), now)


def _closed_for_good(session: AnySession, now: datetime) -> Iterable[str]:
    over = Request.state == "closed", Request.wishes.is_not(None), Request.closed_at <= now - requests.UNDO
    return session.scalars(select(Request.request_id).where(*over))


def _forget_closed(session: AnySession, request_id: str, now: datetime) -> bool:
    return requests.forget_closed(session, session.get_one(Request, request_id))


def _once(session: AnySession, now: datetime) -> Iterable[str]:
    return ("",)


def _advertise(session: AnySession, _key: str, now: datetime) -> bool:
    return capacity.advertise_if_due(session, now)


def _forget_forms(session: AnySession, _key: str, now: datetime) -> bool:
    form_tries.forget(session, now)
    return False


def _retain(session: AnySession, _key: str, now: datetime) -> bool:
    retention.run(session, now)
    return False


DUE: tuple[tuple[Find, Do], ...] = (
    (_open_offers, _lapse),
    (_open_names, _lapse),
    (_nobody_asked, _ask_next),
    (_late_contacts, _overdue),
    (reminding.to_nudge, reminding.nudge),
    (reminding.entries_missing, reminding.remind_of_entry),
    (reminding.waiting_requests, reminding.remind_of_request),
    (_waiting_shortlists, _answer_shortlist),
    (_never_set_out, _set_out),
    (_closed_for_good, _forget_closed),
    (physician_news.to_tell, physician_news.tell),
    (outreach.silent, outreach.end_in_silence),
    (outreach.forgettable, outreach.forget),
    (quiet.quiet_requests, quiet.close_request),
    (quiet.quiet_matches, quiet.close_match),
    (_once, _advertise),
    (_once, _forget_forms),
    (_once, _retain),
)
