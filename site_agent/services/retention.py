"""What is erased by itself: who a request was some time after closing, its coded row later, and spent traces.

Two lifetimes (confidentiality page): the identity link is short, the coded row longer, the totals stay. No statutory
floor is passed and nothing under a legal hold is touched.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, union, update

from site_agent.models import (
    Activity,
    AnySession,
    ContactClock,
    Event,
    Interaction,
    Mail,
    Match,
    Offer,
    OutboxRow,
    Outreach,
    Reminder,
    Request,
    SafetyReport,
    Seen,
)
from site_agent.models.match import FINAL as MATCH_FINAL
from site_agent.models.request import FINAL
from site_agent.services import (
    activity,
    cases,
    disclosure,
    drafts,
    evaluators,
    holds,
    links,
    match_end,
    outreach,
    policy,
    totals,
)
from site_agent.services.hub_time import hub_now

SENT_TOKENS_KEPT = timedelta(days=35)
"""Protocol page: so that a hub restored from a backup can be told again."""
SEEN_KEPT = timedelta(days=35)
"""Protocol page: longer than any message lives."""
MAIL_KEPT = timedelta(days=7)
"""Ours: long enough to see that mail goes out. Nothing in the row says to whom it went."""
SEALED = ("identity", "reason", "hint", "language", "posts", "wishes", "avoid", "shortlist")
"""Of a request: the columns under the case's own key."""
LETTERS_LIVE = timedelta(days=14)
"""Protocol page: a letter lives 14 days at most; what is not confirmed by then never will be."""
LINKS_TO_IT = ("request", "held", "held-try")
"""Kinds of links that lead the physician to their request."""
MAIL_TO_PHYSICIANS = ("request", "held")


def identity_kept(session: AnySession) -> timedelta:
    """How long after closing it is known who asked and why."""
    return timedelta(days=max(policy.number(session, "identity_days"), policy.number(session, "floor_days")))


def row_kept(session: AnySession) -> timedelta:
    """How long after closing the row of codes and times stays; never shorter than the identity."""
    coded = timedelta(days=policy.number(session, "coded_days"))
    return max(coded, identity_kept(session))


def report_kept(session: AnySession) -> timedelta:
    """How long the time and the way of a safety report stay."""
    return timedelta(days=max(policy.number(session, "safety_days"), policy.number(session, "floor_days")))


def run(session: AnySession, now: datetime) -> None:
    """Erase everything that is due. Never commits."""
    for request in _requests_over(session, now - identity_kept(session), Request.case_id.is_not(None)):
        erase(session, request)
    for match in session.scalars(select(Match).where(Match.state.in_(("accepted", "confirming")))):
        if match.resume_state is None and hub_now(session, now) >= match.answer_by + LETTERS_LIVE:
            match_end.end(session, match, now)
    _lifted(session)
    _end_rows(session, now - row_kept(session))
    _end_reports(session, now - report_kept(session))
    settled = OutboxRow.state != "waiting", OutboxRow.state != "rejected"
    session.execute(delete(OutboxRow).where(*settled, OutboxRow.settled_at <= now - SENT_TOKENS_KEPT))
    session.execute(delete(Seen).where(Seen.seen_at <= now - SEEN_KEPT))
    session.execute(delete(Mail).where(Mail.state != "waiting", Mail.next_try_at <= now - MAIL_KEPT))
    links.sweep(session, now)
    drafts.sweep(session, now)
    evaluators.sweep(session, now)


def erase(session: AnySession, request: Request) -> None:
    """Destroy what tells who, why and what was wished; codes and times stay. The physician's link ends with it, and
    the log of who opened what no longer says that it was this one."""
    _drop_mail(session, request)
    cases.destroy(session, request.case_id)
    for kind in LINKS_TO_IT:
        links.revoke(session, kind, request.request_id)
    for column in ("case_id", *SEALED):
        setattr(request, column, None)
    session.flush()
    match = match_end.match_of(session, request)
    subjects = [request.request_id, *([match.thid] if match else [])]
    activity.forget_subject(session, *subjects)
    session.execute(delete(Reminder).where(Reminder.subject.in_(subjects)))


def _drop_mail(session: AnySession, request: Request) -> None:
    """News that still wait for a mail server have an address in them."""
    try:
        who = disclosure.own_identity(session, request)
    except cases.SealedValueError:
        return  # a damaged value must not keep the rest from being erased
    if who is not None and who.email:
        theirs = Mail.kind.in_(MAIL_TO_PHYSICIANS), func.lower(Mail.to) == who.email.lower()
        session.execute(update(Mail).where(*theirs).values(state="failed", kind=None, to=None, link=None))


def _requests_over(session: AnySession, before: datetime, *but: object) -> Sequence[Request]:
    over = Request.state.in_(FINAL), Request.closed_at <= before, Request.held.is_(False)
    return session.scalars(select(Request).where(*over, *but)).all()  # type: ignore[arg-type]


def _lifted(session: AnySession) -> None:
    """Matches from elsewhere that ended under a hold which was lifted since: name and card go now."""
    left = Match.state.in_(MATCH_FINAL), Match.request_id.is_(None), Match.case_id.is_not(None)
    for match in session.scalars(select(Match).where(*left, Match.held.is_(False))):
        match_end.forget(session, match)


def _end_rows(session: AnySession, before: datetime) -> None:
    for request in _requests_over(session, before):
        _end_request(session, request)
    elsewhere = Match.request_id.is_(None), Match.held.is_(False), Match.state.in_(MATCH_FINAL)
    for match in session.scalars(select(Match).where(*elsewhere, Match.state_at <= before)).all():
        _end_match(session, match)
    told = Outreach.closed_at <= before, Outreach.held.is_(False)
    for row in session.scalars(select(Outreach).where(*told)).all():
        if row.case_id is not None:
            outreach.forget(session, row.outreach_id, before)
        totals.keep(session, row)
        session.delete(row)
    _end_log(session, before)
    session.flush()


def _end_log(session: AnySession, before: datetime) -> None:
    held = union(
        select(Request.request_id).where(Request.held.is_(True)),
        select(Match.thid).where(Match.held.is_(True)),
        select(Match.thid)
        .join(Request, Request.request_id == Match.request_id)
        .where(Request.held.is_(True)),
        select(Outreach.outreach_id).where(Outreach.held.is_(True)),
    )
    of_none_held = or_(Activity.subject.is_(None), Activity.subject.not_in(held))
    session.execute(delete(Activity).where(Activity.at <= before, of_none_held))


def _end_reports(session: AnySession, before: datetime) -> None:
    # No report says which match it was about, so a hold on any of them keeps them all.
    if holds.any_held(session):
        return
    for row in session.scalars(select(SafetyReport).where(SafetyReport.at <= before)).all():
        totals.keep(session, row)
        session.delete(row)
    session.flush()


def _end_request(session: AnySession, request: Request) -> None:
    if request.case_id is not None:
        erase(session, request)
    match = match_end.match_of(session, request)
    if match is not None:
        _end_match(session, match)
    totals.keep(session, request)
    session.execute(delete(Event).where(Event.subject == request.request_id))
    session.delete(request)
    session.flush()


def _end_match(session: AnySession, match: Match) -> None:
    talks = session.scalars(select(Interaction).where(Interaction.thid == match.thid)).all()
    runs = session.scalars(select(ContactClock).where(ContactClock.thid == match.thid)).all()
    totals.keep(session, match, *talks, *runs)
    activity.forget_subject(session, match.thid)
    ids = [match.thid, *(run.clock_id for run in runs)]
    session.execute(delete(Reminder).where(Reminder.subject.in_(ids)))
    session.execute(delete(Event).where(Event.subject == match.thid))
    session.execute(delete(Offer).where(Offer.thid == match.thid))
    for row in (*talks, *runs):
        session.delete(row)
    session.flush()
    session.delete(match)
    session.flush()
