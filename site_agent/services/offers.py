"""One supporter is asked: yes, not this time, or silence; then the name and one question.

Each answer is a conditional update, so that of two coordinators, two presses or a press and the clock exactly one
counts. On a ServiceError the caller rolls back. Times of limits are the hub's.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from protocol.envelope import new_id
from protocol.messages.matches import Accept, Confirmed, Reassigned
from site_agent import outbox
from site_agent.models import AnySession, Match, Offer, Supporter
from site_agent.models.conditional import move
from site_agent.models.match import HELPING, TAKEN
from site_agent.services import cases, disclosure, links, matching, pins, policy, post
from site_agent.services.errors import NoLongerOpenError, NotEligibleError
from site_agent.services.hub_time import hub_now
from site_agent.services.match_end import pass_on, present_offer

_HELPING_LINK = timedelta(days=14)


def candidates(session: AnySession, match: Match, now: datetime) -> matching.Found:
    """Who may be asked about this one, best first, and how many others there are."""
    card = disclosure.card(session, match)
    if card is None:
        return matching.Found((), 0)
    asked = asked_before(session, match)
    return matching.look(session, card, match.stage, match.modality, now, asked)


def asked_before(session: AnySession, match: Match) -> set[str]:
    """Ids of the supporters who were asked about this one: found by token, since no row names them."""
    if match.case_id is None:
        return set()
    tokens = set(session.scalars(select(Offer.asked_token).where(Offer.thid == match.thid)))
    everybody = session.scalars(select(Supporter.supporter_id))
    return {who for who in everybody if cases.token(session, match.case_id, who) in tokens}


def ask(session: AnySession, match: Match, supporter: Supporter, now: datetime) -> Offer:
    """Put the card to a supporter, by mail with a link.

    Raises NotEligibleError if no rule allows it or the place went meanwhile, NoLongerOpenError if somebody else
    is asked already or the time to answer is over.
    """
    _require_candidate(session, match, supporter, now)
    today = hub_now(session, now)
    open_ = (Match.state == "proposed", Match.answer_by > today)
    _take_place(
        session, match, supporter, *open_, state="asked", state_at=now, supporter_id=supporter.supporter_id
    )
    expires_at = min(match.answer_by, today + timedelta(hours=policy.number(session, "offer_hours")))
    return _offer(session, match, supporter, expires_at, now)


def reassign(session: AnySession, match: Match, supporter: Supporter, now: datetime) -> Offer:
    """Ask another supporter of this site to take over. The first one's access ends in this commit.

    Raises as `ask`.
    """
    _require_candidate(session, match, supporter, now)
    before = present_offer(session, match)
    _take_place(
        session, match, supporter, Match.state.in_(HELPING),
        resume_state=Match.state, state="asked", state_at=now, supporter_id=supporter.supporter_id,
    )  # fmt: skip
    if before is not None:
        _not_taken(session, before, "confirmed")
    expires_at = hub_now(session, now) + timedelta(hours=policy.number(session, "offer_hours"))
    return _offer(session, match, supporter, expires_at, now)


def accept(session: AnySession, offer: Offer, now: datetime) -> None:
    """Yes. It goes to the hub, which answers with the name. Pressing twice is one yes.

    Raises NoLongerOpenError if the offer lapsed or was withdrawn.
    """
    if offer.state in ("accepted", "confirmed"):
        return
    today = hub_now(session, now)
    match = session.get_one(Match, offer.thid)
    if not move(session, offer, Offer.state == "open", Offer.expires_at > today, state="accepted"):
        raise NoLongerOpenError()
    if match.resume_state is None:
        _step(session, match, offer, "asked", state="accepted", state_at=now)
        outbox.queue(session, Accept(), now=now, thid=match.thid, re=match.proposal_jti)
        return
    confirm_by = today + timedelta(hours=policy.number(session, "name_hours"))
    _step(session, match, offer, "asked", state="released", state_at=now, confirm_by=confirm_by)


def decline(session: AnySession, offer: Offer, now: datetime) -> None:
    """Not this time; no reason is asked for or kept. The next one is asked, or the site passes.

    Raises NoLongerOpenError if the offer was accepted and confirmed before.
    """
    if offer.state == "not-taken":
        return
    match = session.get_one(Match, offer.thid)
    said_yes = offer.state == "accepted"
    if not _not_taken(session, offer, "open", "accepted"):
        raise NoLongerOpenError()
    _look_further(session, match, now, said_yes=said_yes)


def answer_name(session: AnySession, offer: Offer, close: bool, now: datetime) -> None:
    """The answer to the one question about the name. Close: stored and sent exactly as a pass.

    Raises NoLongerOpenError if the question is no longer open.
    """
    match = session.get_one(Match, offer.thid)
    if offer.state == "confirmed" and not close:
        return
    open_ = match.state == "released" and match.supporter_id == offer.supporter_id
    if not open_ or match.confirm_by is None or match.confirm_by <= hub_now(session, now):
        raise NoLongerOpenError()
    if close:
        if not _not_taken(session, offer, "accepted"):
            raise NoLongerOpenError()
        _look_further(session, match, now, said_yes=True)
        return
    if not move(session, offer, Offer.state == "accepted", state="confirmed"):
        raise NoLongerOpenError()
    _step(session, match, offer, "released", state="confirming", state_at=now)
    if match.resume_state is None:
        outbox.queue(session, Confirmed(), now=now, thid=match.thid, re=match.release_jti)
    else:
        outbox.queue(session, Reassigned(), now=now, thid=match.thid)


def lapse(session: AnySession, offer: Offer, now: datetime) -> bool:
    """Silence, to the card or to the name: the same as "not this time". False if the limit has not passed or
    somebody was faster."""
    match = session.get_one(Match, offer.thid)
    today = hub_now(session, now)
    if offer.state == "open":
        if not _not_taken(session, offer, "open", expired_at=today):
            return False
        _look_further(session, match, now, said_yes=False)
        return True
    silent = match.state == "released" and match.confirm_by is not None and match.confirm_by <= today
    if not silent or not _not_taken(session, offer, "accepted"):
        return False
    _look_further(session, match, now, said_yes=True)
    return True


def fresh_link(session: AnySession, offer: Offer, now: datetime, kind: str = "fresh-link") -> str | None:
    """Mail a new link to the supporter's own address. None if the offer is nobody's any more."""
    if offer.supporter_id is None:
        return None
    supporter = session.get_one(Supporter, offer.supporter_id)
    expires_at = offer.expires_at if offer.state == "open" else now + _HELPING_LINK
    if expires_at <= now:
        return None
    pins.unlock_by_link(supporter)
    token = links.issue(session, "offer", offer.offer_id, expires_at, now)
    post.queue(session, kind, supporter.email, f"/o/{token}", now, expires_at=expires_at)
    return token


def ask_next(session: AnySession, match: Match, now: datetime) -> None:
    """Ask the best of those not asked yet; with nobody left, pass."""
    found = candidates(session, match, now).candidates
    if found:
        ask(session, match, found[0].supporter, now)
    else:
        pass_on(session, match, now)


def _look_further(session: AnySession, match: Match, now: datetime, *, said_yes: bool) -> None:
    if match.resume_state is not None:
        # The match stays with this site: the coordinator chooses again, extends or gives it back.
        resumed = Match.resume_state
        _free(
            session,
            match,
            ("asked", "released"),
            state=resumed,
            resume_state=None,
            state_at=now,
            supporter_id=None,
        )
        post.to_coordinators(session, now)
    elif said_yes:
        pass_on(session, match, now, tell=False)
    else:
        _free(session, match, ("asked",), state="proposed", state_at=now, supporter_id=None)
        if not candidates(session, match, now).candidates or match.answer_by <= hub_now(session, now):
            pass_on(session, match, now)
        elif policy.number(session, "ask_itself_hours"):
            ask_next(session, match, now)
        else:
            post.to_coordinators(session, now)


def _free(session: AnySession, match: Match, states: tuple[str, ...], **values: object) -> None:
    if not move(session, match, Match.state.in_(states), **values):
        raise NoLongerOpenError()


def _step(session: AnySession, match: Match, offer: Offer, before: str, **values: object) -> None:
    ours = Match.supporter_id == offer.supporter_id
    if not move(session, match, Match.state == before, ours, **values):
        raise NoLongerOpenError()


def _not_taken(session: AnySession, offer: Offer, *states: str, expired_at: datetime | None = None) -> bool:
    expired = [] if expired_at is None else [Offer.expires_at <= expired_at]
    return move(session, offer, Offer.state.in_(states), *expired, state="not-taken", supporter_id=None)


def _require_candidate(session: AnySession, match: Match, supporter: Supporter, now: datetime) -> None:
    who = supporter.supporter_id
    if who not in {each.supporter.supporter_id for each in candidates(session, match, now).candidates}:
        raise NotEligibleError()


def _take_place(
    session: AnySession,
    match: Match,
    supporter: Supporter,
    *conditions: ColumnElement[bool],
    **values: object,
) -> None:
    other = aliased(Match)
    taken = (
        select(func.count())
        .where(other.supporter_id == supporter.supporter_id, other.state.in_(TAKEN))
        .scalar_subquery()
    )
    if not move(session, match, *conditions, taken < supporter.max_open, **values):
        raise NoLongerOpenError()


def _offer(
    session: AnySession, match: Match, supporter: Supporter, expires_at: datetime, now: datetime
) -> Offer:
    assert match.case_id is not None
    offer = Offer(
        offer_id=new_id(),
        thid=match.thid,
        supporter_id=supporter.supporter_id,
        asked_token=cases.token(session, match.case_id, supporter.supporter_id),
        state="open",
        asked_at=now,
        expires_at=expires_at,
    )
    session.add(offer)
    session.flush()
    fresh_link(session, offer, now, kind="offer")
    return offer
