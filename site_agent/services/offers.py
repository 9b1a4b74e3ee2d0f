"""One supporter is asked: yes, not this time, or silence; from elsewhere also the name and one question.

Each answer is a conditional update, so that of two coordinators, two presses or a press and the clock exactly one
counts. On a ServiceError the caller rolls back. Limits of a request from elsewhere run by the hub's clock, those of
an own one by this machine's.
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
from site_agent.services import (
    cases,
    clocks,
    disclosure,
    links,
    matching,
    own_candidates,
    pins,
    policy,
    post,
    reminders,
    request_state,
    timeline,
)
from site_agent.services.errors import NoLongerOpenError, NotEligibleError
from site_agent.services.hub_time import match_now, own_time
from site_agent.services.match_end import let_go, pass_on, present_offer

_HELPING_LINK = timedelta(days=14)
_YES_BY_PHONE, _NAME_BY_PHONE = "yes-by-phone", "name-by-phone"
_AFRESH: dict[str, object] = {
    "confirmed_at": None, "due_at": None, "escalates_at": None, "extended_at": None, "attempted_at": None,
    "reached_at": None, "check_in_on": None, "paused_at": None,
}  # fmt: skip
"""What the next supporter of an own request begins without."""


def candidates(
    session: AnySession, match: Match, now: datetime, pool: matching.Pool | None = None
) -> matching.Found:
    """Who may be asked about this one, best first, and how many others there are.

    `pool`: the roster as it stands at this moment, if it was looked up already.
    """
    if match.is_local:
        return own_candidates.candidates(session, request_state.of(session, match), match, now)
    card = disclosure.card(session, match)
    if card is None:
        return matching.Found((), 0)
    pool = pool or matching.Pool.now(session, now)
    return matching.look(pool, card, match.stage, match.modality, asked_before(session, match))


def asked_before(session: AnySession, match: Match) -> set[str]:
    """Ids of the supporters who were asked about this one: found by token, since no row names them."""
    if match.case_id is None:
        return set()
    tokens = set(session.scalars(select(Offer.asked_token).where(Offer.thid == match.thid)))
    if not tokens:
        return set()
    everybody = session.scalars(select(Supporter.supporter_id))
    return {who for who in everybody if cases.token(session, match.case_id, who) in tokens}


def ask(
    session: AnySession, match: Match, supporter: Supporter, now: datetime, by: str | None = None
) -> Offer:
    """Put the card to a supporter, by mail with a link.

    Raises NotEligibleError if no rule allows it or the place went meanwhile, NoLongerOpenError if somebody else
    is asked already or the time to answer is over.
    """
    own = match.is_local
    states = ("proposed", "ended") if own else ("proposed",)
    _require_candidate(session, match, supporter, now, states)
    today = match_now(session, match, now)
    open_ = [Match.state.in_(states)] if own else [Match.state.in_(states), Match.answer_by > today]
    asked = {"state": "asked", "state_at": now, "supporter_id": supporter.supporter_id}
    _take_place(session, match, supporter, *open_, **(_AFRESH if own else {}), **asked)
    expires_at = today + timedelta(hours=policy.number(session, "offer_hours"))
    if own:
        request_state.asked_here(session, match, now, by)
    else:
        expires_at = min(match.answer_by, expires_at)
    return _offer(session, match, supporter, expires_at, now)


def reassign(session: AnySession, match: Match, supporter: Supporter, now: datetime) -> Offer:
    """Ask another supporter of this site to take over. The first one's access ends in this commit.

    Raises as `ask`.
    """
    _require_candidate(session, match, supporter, now, HELPING)
    before = present_offer(session, match)
    who = supporter.supporter_id
    helping = Match.state.in_(HELPING)
    if match.is_local:
        _take_place(
            session, match, supporter, helping, state="asked", state_at=now, supporter_id=who, **_AFRESH
        )
        clocks.ended(session, match, now)
        request_state.looking_again(session, match, now)
    else:
        kept = {"resume_state": Match.state}
        _take_place(session, match, supporter, helping, **kept, state="asked", state_at=now, supporter_id=who)
    if before is not None:
        let_go(session, before, now, tell=True)
    expires_at = match_now(session, match, now) + timedelta(hours=policy.number(session, "offer_hours"))
    return _offer(session, match, supporter, expires_at, now)


def accept(session: AnySession, offer: Offer, now: datetime, by: str | None = None) -> None:
    """Yes. About a request from elsewhere it goes to the hub, which answers with the name; an own one is in hand
    with it. Pressing twice is one yes.

    Raises NoLongerOpenError if the offer lapsed or was withdrawn.
    """
    if offer.state in ("accepted", "confirmed"):
        return
    match = session.get_one(Match, offer.thid)
    today = match_now(session, match, now)
    state = "confirmed" if match.is_local else "accepted"
    if not move(session, offer, Offer.state == "open", Offer.expires_at > today, state=state):
        raise NoLongerOpenError()
    if match.is_local:
        _in_hand_here(session, match, offer, now, by)
    elif match.resume_state is None:
        _step(session, match, offer, "asked", state="accepted", state_at=now)
        outbox.queue(session, Accept(), now=now, thid=match.thid, re=match.proposal_jti)
    else:
        confirm_by = today + timedelta(hours=policy.number(session, "name_hours"))
        _step(session, match, offer, "asked", state="released", state_at=now, confirm_by=confirm_by)
    if by is not None:
        timeline.note(session, match.thid, _YES_BY_PHONE, now, by)


def decline(session: AnySession, offer: Offer, now: datetime) -> None:
    """Not this time, or close to this person; no reason is asked for or kept. The next one is asked, or it waits for
    the coordinator; from elsewhere, with nobody left, the site passes.

    Raises NoLongerOpenError if the offer was accepted and confirmed before.
    """
    if offer.state == "not-taken":
        return
    match = session.get_one(Match, offer.thid)
    said_yes = offer.state == "accepted"
    if not _not_taken(session, offer, "open", "accepted"):
        raise NoLongerOpenError()
    _look_further(session, match, now, said_yes=said_yes)


def record_answer(session: AnySession, offer: Offer, yes: bool, now: datetime, by: str) -> None:
    """The answer came by phone; `by` wrote it down. A no leaves what every no leaves, so that it tells nothing.

    Raises as `accept` and `decline`.
    """
    if yes:
        accept(session, offer, now, by)
    else:
        decline(session, offer, now)


def answer_name(session: AnySession, offer: Offer, close: bool, now: datetime, by: str | None = None) -> None:
    """The answer to the one question about the name. Close: stored and sent exactly as a pass. `by`: the coordinator
    who took it down by phone.

    About a request of this site the name is known with the question itself, so this is its answer. Raises
    NoLongerOpenError if the question is no longer open.
    """
    match = session.get_one(Match, offer.thid)
    if match.is_local:
        if close:
            decline(session, offer, now)
        else:
            accept(session, offer, now, by)
        return
    if offer.state == "confirmed" and not close:
        return
    open_ = match.state == "released" and match.supporter_id == offer.supporter_id
    if not open_ or match.confirm_by is None or match.confirm_by <= match_now(session, match, now):
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
    if by is not None:
        timeline.note(session, match.thid, _NAME_BY_PHONE, now, by)


def lapse(session: AnySession, offer: Offer, now: datetime) -> bool:
    """Silence, to the card or to the name: the same as "not this time". False if the limit has not passed or
    somebody was faster."""
    match = session.get_one(Match, offer.thid)
    today = match_now(session, match, now)
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
    answer_by = own_time(session, session.get_one(Match, offer.thid), offer.expires_at)
    expires_at = answer_by if offer.state == "open" else now + _HELPING_LINK
    if expires_at <= now:
        return None
    pins.unlock_by_link(supporter)
    token = links.issue(session, "offer", offer.offer_id, expires_at, now)
    post.queue(session, kind, supporter.email, f"/o/{token}", now, expires_at=expires_at)
    return token


def ask_next(session: AnySession, match: Match, now: datetime) -> None:
    """Ask the best of those not asked yet. With nobody left, a request from elsewhere is passed on, and one of this
    site waits for the coordinator: it goes nowhere by itself."""
    found = candidates(session, match, now).candidates
    if found:
        ask(session, match, found[0].supporter, now)
    elif match.is_local:
        post.news(session, now)
    else:
        pass_on(session, match, now)


def free_here(session: AnySession, match: Match, now: datetime, *states: str) -> None:
    """Nobody of this site is asked or helps any more; whoever is chosen next begins afresh.

    Raises NoLongerOpenError if the match is in none of `states`.
    """
    answer_by = now + timedelta(hours=policy.number(session, "find_hours"))
    _free(
        session, match, states,
        state="proposed", state_at=now, supporter_id=None, answer_by=answer_by, **_AFRESH,
    )  # fmt: skip


def look_further_here(session: AnySession, match: Match, now: datetime) -> None:
    """The next one is asked at once where the site wants that; otherwise the coordinator hears that it waits."""
    if policy.choice(session, "next_by_itself") == "yes":
        ask_next(session, match, now)
    else:
        post.news(session, now)


def _in_hand_here(session: AnySession, match: Match, offer: Offer, now: datetime, by: str | None) -> None:
    hours = policy.number(session, "contact_hours")
    due_at = now + timedelta(hours=hours)
    _step(
        session, match, offer, "asked",
        state="in-hand", state_at=now, confirmed_at=now, due_at=due_at, contact_hours=hours,
    )  # fmt: skip
    request_state.in_hand(session, match, now, by)
    if clocks.latest(session, match) is not None:
        timeline.note(session, match.thid, "reassigned", now, by)
    clocks.start(session, match, now, due_at)
    reminders.forget(session, match.thid)
    fresh_link(session, offer, now, kind="contact")


def _look_further(session: AnySession, match: Match, now: datetime, *, said_yes: bool) -> None:
    if match.is_local:
        free_here(session, match, now, "asked")
        look_further_here(session, match, now)
    elif match.resume_state is not None:
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
        over = match.answer_by <= match_now(session, match, now)
        if over or not candidates(session, match, now).candidates:
            pass_on(session, match, now)
        elif policy.number(session, "ask_itself_hours"):
            ask_next(session, match, now)
        else:
            post.news(session, now)


def _free(session: AnySession, match: Match, states: tuple[str, ...], **values: object) -> None:
    if not move(session, match, Match.state.in_(states), **values):
        raise NoLongerOpenError()


def _step(session: AnySession, match: Match, offer: Offer, before: str, **values: object) -> None:
    ours = Match.supporter_id == offer.supporter_id
    if not move(session, match, Match.state == before, ours, **values):
        raise NoLongerOpenError()


def _not_taken(session: AnySession, offer: Offer, *states: str, expired_at: datetime | None = None) -> bool:
    expired = [] if expired_at is None else [Offer.expires_at <= expired_at]
    changed = move(session, offer, Offer.state.in_(states), *expired, state="not-taken", supporter_id=None)
    if changed:
        post.drop(session, [offer.offer_id])
        # A yes that stood alone would say that it was taken back (J08).
        timeline.take_back(session, offer.thid, _YES_BY_PHONE, offer.asked_at)
    return changed


def _require_candidate(
    session: AnySession, match: Match, supporter: Supporter, now: datetime, states: tuple[str, ...]
) -> None:
    if match.state not in states:
        raise NoLongerOpenError()
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
    values["policy_version"] = policy.version(session)
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
        policy_version=match.policy_version,
    )
    session.add(offer)
    session.flush()
    fresh_link(session, offer, now, kind="offer")
    return offer
