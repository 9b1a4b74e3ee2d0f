"""Help from within the site: a request of this site and the supporters of this site.

The request's own timeline (subject `request_id`) says what the physician may read: asked-here, in-hand, in-touch,
another-person, unmatched, closed. What only staff read hangs on the match (subject `thid`): attempted, reached,
overdue, extended, reassigned, stage-waived. No event says who was asked, or that somebody did not take it (J08).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from protocol.envelope import new_id
from site_agent import outbox
from site_agent.models import AnySession, Match, Offer, Request, Supporter
from site_agent.models.conditional import move
from site_agent.models.match import HELPING
from site_agent.models.request import OPEN
from site_agent.services import (
    clocks,
    match_end,
    matching,
    offers,
    own_candidates,
    policy,
    request_state,
    requests,
    timeline,
)
from site_agent.services.errors import NoLongerOpenError
from site_agent.services.match_end import match_of

__all__ = [
    "STEPS",
    "Step",
    "another",
    "ask",
    "candidates",
    "give_up_here",
    "match_of",
    "next_step",
    "next_steps",
    "steps_of",
    "waits_since",
    "waive_stage",
]


@dataclass(frozen=True)
class Step:
    """One of STEPS, and for "ask" the first on the list."""

    code: str
    first: matching.Candidate | None = None


STEPS = ("ask", "waive-stage", "elsewhere", "programme-line")
"""What `next_step` may say, in the order in which they are tried (F14)."""


def candidates(session: AnySession, request: Request, now: datetime) -> matching.Found:
    """Who of this site may be asked, best first, and how many others there are. Changes nothing."""
    return own_candidates.candidates(session, request, match_of(session, request), now)


def ask(
    session: AnySession, request: Request, supporter: Supporter, now: datetime, by: str | None = None
) -> Offer:
    """Ask a supporter of this site, by mail with a link.

    Raises NotEligibleError if no rule allows it or the place went meanwhile, NoLongerOpenError if somebody is asked
    or helps already, or the request is over or on its way elsewhere.
    """
    return offers.ask(session, _match(session, request, now), supporter, now, by)


def waive_stage(session: AnySession, request: Request, now: datetime, by: str) -> None:
    """The physician agrees to a supporter of an earlier career stage; `by` recorded it (F02). Twice is once.

    It never opens the evaluator rule. Raises NoLongerOpenError if nobody is looked for.
    """
    match = _match(session, request, now)
    if match.stage_waived_by is not None:
        return
    looking = Match.state.in_(("proposed", "ended")), Match.stage_waived_by.is_(None)
    if not move(session, match, *looking, stage_waived_by=by):
        raise NoLongerOpenError()
    timeline.note(session, match.thid, "stage-waived", now, by)


def another(
    session: AnySession,
    request: Request,
    new_wishes: requests.Wishes,
    now: datetime,
    by: str | None = None,
) -> None:
    """The physician asks for another person and says the wishes anew: the first one's access ends in this commit.

    Nobody asks why. Raises NoLongerOpenError if nobody here helps, InvalidRequestError.
    """
    requests.check_wishes(request, new_wishes)
    match = match_of(session, request)
    if match is None:
        raise NoLongerOpenError()
    before = match_end.present_offer(session, match)
    offers.free_here(session, match, now, *HELPING)
    clocks.ended(session, match, now)
    request_state.looking_again(session, match, now)
    if before is not None:
        match_end.let_go(session, before, now, tell=True)
    requests.keep_wishes(session, request, new_wishes)
    timeline.note(session, request.request_id, "another-person", now, by)
    offers.look_further_here(session, match, now)


def give_up_here(session: AnySession, request: Request, now: datetime, by: str | None = None) -> None:
    """Nobody of this site can help: the match ends, and whoever was asked or helped has nothing more to do.

    The request stays open as `unmatched`, with another way as its next step (`requests.look_elsewhere` can also be
    called at once). Raises NoLongerOpenError if it is not looked for or helped here.
    """
    states = Request.state.in_(("looking", "in-hand", "in-touch")), Request.elsewhere.is_(False)
    if not move(session, request, *states, state="unmatched", state_at=now):
        raise NoLongerOpenError()
    match = match_of(session, request)
    if match is not None:
        match_end.end(session, match, now)
    timeline.note(session, request.request_id, "unmatched", now, by)


def next_step(session: AnySession, request: Request, now: datetime) -> str | None:
    """What a coordinator does next, one of STEPS: a request that waits is never without one (F14).

    None while somebody is asked or helps, the hub looks, or it is over.
    """
    step = next_steps(session, [request], now).get(request.request_id)
    return None if step is None else step.code


def next_steps(
    session: AnySession, requests_: Sequence[Request], now: datetime, pool: matching.Pool | None = None
) -> dict[str, Step]:
    """`next_step` of each that waits, by request id, in a number of queries that does not grow with the list."""
    ids = [each.request_id for each in requests_]
    rows = session.scalars(select(Match).where(Match.request_id.in_(ids)))
    return steps_of(session, requests_, {row.request_id: row for row in rows if row.request_id}, now, pool)


def steps_of(
    session: AnySession,
    requests_: Sequence[Request],
    matches: Mapping[str, Match],
    now: datetime,
    pool: matching.Pool | None = None,
) -> dict[str, Step]:
    """`next_steps` where their matches, by request id, were just read."""
    pairs = [(each, matches.get(each.request_id)) for each in requests_]
    waiting = [pair for pair in pairs if pair[0].state in OPEN and not _is_taken_care_of(*pair)]
    if not waiting:
        return {}
    enrolled = _is_enrolled(session)
    outlooks = own_candidates.outlooks(session, waiting, now, pool)
    return {
        request.request_id: _step(request, outlook, enrolled=enrolled)
        for (request, _), outlook in zip(waiting, outlooks, strict=True)
    }


def _step(request: Request, outlook: own_candidates.Outlook, *, enrolled: bool) -> Step:
    if outlook.first is not None:
        return Step("ask", outlook.first)
    if outlook.if_waived:
        return Step("waive-stage")
    tried = request.elsewhere and request.thid is not None
    return Step("programme-line" if tried or not enrolled else "elsewhere")


def waits_since(request: Request, match: Match | None) -> datetime | None:
    """Since when nobody is asked although somebody should be; None while somebody is, or it is not ours to ask."""
    if request.state == "new" or (request.state == "unmatched" and not request.elsewhere):
        return request.received_at if request.state == "new" else request.state_at
    if (
        request.state == "looking"
        and not request.elsewhere
        and match is not None
        and match.state == "proposed"
    ):
        return match.state_at
    return None


def _match(session: AnySession, request: Request, now: datetime) -> Match:
    """The match of the request, begun if there is none. Raises NoLongerOpenError for a request that is over or
    on its way elsewhere."""
    if request.elsewhere or request.state not in ("new", "looking", "unmatched") or request.case_id is None:
        raise NoLongerOpenError()
    match = match_of(session, request)
    if match is not None:
        return match
    answer_by = request.received_at + timedelta(hours=policy.number(session, "find_hours"))
    session.flush()
    begun = insert(Match).values(
        thid=new_id(), request_id=request.request_id, state="proposed", state_at=now, stage=request.stage,
        modality=request.modality, proposed_at=now, answer_by=answer_by, case_id=request.case_id, held=False,
    )  # fmt: skip
    session.execute(begun.on_conflict_do_nothing(index_elements=["request_id"]))
    return session.scalars(select(Match).where(Match.request_id == request.request_id)).one()


def _is_taken_care_of(request: Request, match: Match | None) -> bool:
    if request.elsewhere:
        return request.state in ("looking", "in-hand", "in-touch")
    return match is not None and match.state in ("asked", *HELPING)


def _is_enrolled(session: AnySession) -> bool:
    try:
        outbox.site_id(session)
    except outbox.NotEnrolledError:
        return False
    return True
