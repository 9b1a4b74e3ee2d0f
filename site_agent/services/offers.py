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
from site_agent.models import AnySession, Incoming, Offer, Supporter
from site_agent.models.conditional import move
from site_agent.models.incoming import HELPING, TAKEN
from site_agent.services import cases, disclosure, links, matching, pins, policy, post
from site_agent.services.errors import NoLongerOpenError, NotEligibleError
from site_agent.services.hub_time import hub_now
from site_agent.services.incoming import pass_on, present_offer

_HELPING_LINK = timedelta(days=14)


def candidates(session: AnySession, incoming: Incoming, now: datetime) -> matching.Found:
    """Who may be asked about this one, best first, and how many others there are."""
    card = disclosure.card(session, incoming)
    if card is None:
        return matching.Found((), 0)
    asked = asked_before(session, incoming)
    return matching.look(session, card, incoming.stage, incoming.modality, now, asked)


def asked_before(session: AnySession, incoming: Incoming) -> set[str]:
    """Ids of the supporters who were asked about this one: found by token, since no row names them."""
    if incoming.case_id is None:
        return set()
    tokens = set(session.scalars(select(Offer.asked_token).where(Offer.thid == incoming.thid)))
    everybody = session.scalars(select(Supporter.supporter_id))
    return {who for who in everybody if cases.token(session, incoming.case_id, who) in tokens}


def ask(session: AnySession, incoming: Incoming, supporter: Supporter, now: datetime) -> Offer:
    """Put the card to a supporter, by mail with a link.

    Raises NotEligibleError if no rule allows it or the place went meanwhile, NoLongerOpenError if somebody else
    is asked already or the time to answer is over.
    """
    _require_candidate(session, incoming, supporter, now)
    today = hub_now(session, now)
    open_ = (Incoming.state == "proposed", Incoming.answer_by > today)
    _take_place(
        session, incoming, supporter, *open_, state="asked", state_at=now, supporter_id=supporter.supporter_id
    )
    expires_at = min(incoming.answer_by, today + timedelta(hours=policy.number(session, "offer_hours")))
    return _offer(session, incoming, supporter, expires_at, now)


def reassign(session: AnySession, incoming: Incoming, supporter: Supporter, now: datetime) -> Offer:
    """Ask another supporter of this site to take over. The first one's access ends in this commit.

    Raises as `ask`.
    """
    _require_candidate(session, incoming, supporter, now)
    before = present_offer(session, incoming)
    _take_place(
        session, incoming, supporter, Incoming.state.in_(HELPING),
        resume_state=Incoming.state, state="asked", state_at=now, supporter_id=supporter.supporter_id,
    )  # fmt: skip
    if before is not None:
        _not_taken(session, before, "confirmed")
    expires_at = hub_now(session, now) + timedelta(hours=policy.number(session, "offer_hours"))
    return _offer(session, incoming, supporter, expires_at, now)


def accept(session: AnySession, offer: Offer, now: datetime) -> None:
    """Yes. It goes to the hub, which answers with the name. Pressing twice is one yes.

    Raises NoLongerOpenError if the offer lapsed or was withdrawn.
    """
    if offer.state in ("accepted", "confirmed"):
        return
    today = hub_now(session, now)
    incoming = session.get_one(Incoming, offer.thid)
    if not move(session, offer, Offer.state == "open", Offer.expires_at > today, state="accepted"):
        raise NoLongerOpenError()
    if incoming.resume_state is None:
        _step(session, incoming, offer, "asked", state="accepted", state_at=now)
        outbox.queue(session, Accept(), now=now, thid=incoming.thid, re=incoming.proposal_jti)
        return
    confirm_by = today + timedelta(hours=policy.number(session, "name_hours"))
    _step(session, incoming, offer, "asked", state="released", state_at=now, confirm_by=confirm_by)


def decline(session: AnySession, offer: Offer, now: datetime) -> None:
    """Not this time; no reason is asked for or kept. The next one is asked, or the site passes.

    Raises NoLongerOpenError if the offer was accepted and confirmed before.
    """
    if offer.state == "not-taken":
        return
    incoming = session.get_one(Incoming, offer.thid)
    said_yes = offer.state == "accepted"
    if not _not_taken(session, offer, "open", "accepted"):
        raise NoLongerOpenError()
    _look_further(session, incoming, now, said_yes=said_yes)


def answer_name(session: AnySession, offer: Offer, close: bool, now: datetime) -> None:
    """The answer to the one question about the name. Close: stored and sent exactly as a pass.

    Raises NoLongerOpenError if the question is no longer open.
    """
    incoming = session.get_one(Incoming, offer.thid)
    if offer.state == "confirmed" and not close:
        return
    open_ = incoming.state == "released" and incoming.supporter_id == offer.supporter_id
    if not open_ or incoming.confirm_by is None or incoming.confirm_by <= hub_now(session, now):
        raise NoLongerOpenError()
    if close:
        if not _not_taken(session, offer, "accepted"):
            raise NoLongerOpenError()
        _look_further(session, incoming, now, said_yes=True)
        return
    if not move(session, offer, Offer.state == "accepted", state="confirmed"):
        raise NoLongerOpenError()
    _step(session, incoming, offer, "released", state="confirming", state_at=now)
    if incoming.resume_state is None:
        outbox.queue(session, Confirmed(), now=now, thid=incoming.thid, re=incoming.release_jti)
    else:
        outbox.queue(session, Reassigned(), now=now, thid=incoming.thid)


def lapse(session: AnySession, offer: Offer, now: datetime) -> bool:
    """Silence, to the card or to the name: the same as "not this time". False if the limit has not passed or
    somebody was faster."""
    incoming = session.get_one(Incoming, offer.thid)
    today = hub_now(session, now)
    if offer.state == "open":
        if not _not_taken(session, offer, "open", expired_at=today):
            return False
        _look_further(session, incoming, now, said_yes=False)
        return True
    silent = incoming.state == "released" and incoming.confirm_by is not None and incoming.confirm_by <= today
    if not silent or not _not_taken(session, offer, "accepted"):
        return False
    _look_further(session, incoming, now, said_yes=True)
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


def ask_next(session: AnySession, incoming: Incoming, now: datetime) -> None:
    """Ask the best of those not asked yet; with nobody left, pass."""
    found = candidates(session, incoming, now).candidates
    if found:
        ask(session, incoming, found[0].supporter, now)
    else:
        pass_on(session, incoming, now)


def _look_further(session: AnySession, incoming: Incoming, now: datetime, *, said_yes: bool) -> None:
    if incoming.resume_state is not None:
        # The match stays with this site: the coordinator chooses again, extends or gives it back.
        resumed = Incoming.resume_state
        _free(
            session,
            incoming,
            ("asked", "released"),
            state=resumed,
            resume_state=None,
            state_at=now,
            supporter_id=None,
        )
        post.to_coordinators(session, now)
    elif said_yes:
        pass_on(session, incoming, now, tell=False)
    else:
        _free(session, incoming, ("asked",), state="proposed", state_at=now, supporter_id=None)
        if not candidates(session, incoming, now).candidates or incoming.answer_by <= hub_now(session, now):
            pass_on(session, incoming, now)
        elif policy.number(session, "ask_itself_hours"):
            ask_next(session, incoming, now)
        else:
            post.to_coordinators(session, now)


def _free(session: AnySession, incoming: Incoming, states: tuple[str, ...], **values: object) -> None:
    if not move(session, incoming, Incoming.state.in_(states), **values):
        raise NoLongerOpenError()


def _step(session: AnySession, incoming: Incoming, offer: Offer, before: str, **values: object) -> None:
    ours = Incoming.supporter_id == offer.supporter_id
    if not move(session, incoming, Incoming.state == before, ours, **values):
        raise NoLongerOpenError()


def _not_taken(session: AnySession, offer: Offer, *states: str, expired_at: datetime | None = None) -> bool:
    expired = [] if expired_at is None else [Offer.expires_at <= expired_at]
    return move(session, offer, Offer.state.in_(states), *expired, state="not-taken", supporter_id=None)


def _require_candidate(session: AnySession, incoming: Incoming, supporter: Supporter, now: datetime) -> None:
    who = supporter.supporter_id
    if who not in {each.supporter.supporter_id for each in candidates(session, incoming, now).candidates}:
        raise NotEligibleError()


def _take_place(
    session: AnySession,
    incoming: Incoming,
    supporter: Supporter,
    *conditions: ColumnElement[bool],
    **values: object,
) -> None:
    other = aliased(Incoming)
    taken = (
        select(func.count())
        .where(other.supporter_id == supporter.supporter_id, other.state.in_(TAKEN))
        .scalar_subquery()
    )
    if not move(session, incoming, *conditions, taken < supporter.max_open, **values):
        raise NoLongerOpenError()


def _offer(
    session: AnySession, incoming: Incoming, supporter: Supporter, expires_at: datetime, now: datetime
) -> Offer:
    assert incoming.case_id is not None
    offer = Offer(
        offer_id=new_id(),
        thid=incoming.thid,
        supporter_id=supporter.supporter_id,
        asked_token=cases.token(session, incoming.case_id, supporter.supporter_id),
        state="open",
        asked_at=now,
        expires_at=expires_at,
    )
    session.add(offer)
    session.flush()
    fresh_link(session, offer, now, kind="offer")
    return offer
