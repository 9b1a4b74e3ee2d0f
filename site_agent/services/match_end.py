"""How a match ends here, with a request from elsewhere or of this site, and what is forgotten with it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from protocol.messages.matches import Pass
from site_agent import outbox
from site_agent.models import AnySession, ContactClock, Match, Offer, Request, Supporter
from site_agent.models.conditional import move
from site_agent.models.match import FINAL, HELPING
from site_agent.services import activity, cases, clocks, links, post, reminders, timeline
from site_agent.services.errors import NoLongerOpenError

_TELL = ("accepted", "released", "confirming", *HELPING)
"""States in which a supporter has said yes: they are told that there is nothing more to do, without a cause."""
_TOLD_FOR = timedelta(days=7)


def match_of(session: AnySession, request: Request) -> Match | None:
    """The match of a request of this site: one for its whole life."""
    return session.scalar(select(Match).where(Match.request_id == request.request_id))


def pass_on(session: AnySession, match: Match, now: datetime, *, tell: bool = True) -> None:
    """Not here (any more). A decline, silence, "nobody here", closeness and giving up are this one thing.

    Only for a request from elsewhere. Card, name, offers and case key go in this commit. Raises NoLongerOpenError if
    it ended before.
    """
    if match.is_local:
        raise ValueError("a request of this site is not passed on to the hub")
    if not end(session, match, now, tell=tell):
        raise NoLongerOpenError()
    outbox.queue(session, Pass(), now=now, thid=match.thid, re=match.proposal_jti)


def end(session: AnySession, match: Match, now: datetime, *, tell: bool = True) -> bool:
    """Nobody here helps any more, for whatever reason. False if it ended before.

    Of a request from elsewhere only a bare row stays. One of this site that is still open keeps who was asked, as
    tokens without a name, so that nobody is asked twice; `forget` takes them when it is over.
    """
    offer = present_offer(session, match)
    said_yes = match.state in _TELL
    confirmed = match.confirmed_at is not None
    ended = move(
        session,
        match,
        Match.state.not_in(FINAL),
        state="ended",
        state_at=now,
        resume_state=None,
        supporter_id=None,
        paused_at=None,
    )
    if not ended:
        return False
    clocks.ended(session, match, now)
    if offer is not None:
        let_go(session, offer, now, tell=tell and said_yes)
    if match.is_local:
        _forget_reminders(session, match)
        return True
    if not confirmed and not match.held:
        timeline.forget(session, match.thid)
    forget(session, match)
    return True


def let_go(session: AnySession, offer: Offer, now: datetime, *, tell: bool) -> None:
    """Whoever was asked or has helped has nothing more to do with it, from this commit on.

    The row keeps nobody. `tell`: they said yes, so they hear that it is over, without a cause.
    """
    who = offer.supporter_id
    post.drop(session, [offer.offer_id])
    if tell and who is not None:
        _tell(session, offer, session.get_one(Supporter, who), now)
    move(session, offer, state="not-taken", supporter_id=None)


def forget(session: AnySession, match: Match) -> None:
    """Destroy what was sealed and who was asked: no row joins a supporter who did not take it to it (J08, J09).

    Name and reason of an own request are sealed with the request, whose own life they have; those of one from
    elsewhere stay while a legal hold lasts, and retention comes back for them.
    """
    offers = session.scalars(select(Offer.offer_id).where(Offer.thid == match.thid)).all()
    post.drop(session, offers)
    session.execute(delete(Offer).where(Offer.thid == match.thid))
    _forget_reminders(session, match)
    if match.is_local:
        match.case_id = None
    elif not match.held:
        cases.destroy(session, match.case_id)
        match.case_id = match.card = match.identity = None
        activity.forget_subject(session, match.thid)
    session.flush()


def present_offer(session: AnySession, match: Match) -> Offer | None:
    """The one offer that stands: of the supporter who is asked or helps now."""
    found = select(Offer).where(Offer.thid == match.thid, Offer.state != "not-taken")
    return session.scalar(found)


def _forget_reminders(session: AnySession, match: Match) -> None:
    runs = session.scalars(select(ContactClock.clock_id).where(ContactClock.thid == match.thid))
    reminders.forget(session, match.thid, *runs)


def _tell(session: AnySession, offer: Offer, supporter: Supporter, now: datetime) -> None:
    expires_at = now + _TOLD_FOR
    token = links.issue(session, "offer", offer.offer_id, expires_at, now)
    post.queue(session, "taken-care-of", supporter.email, f"/o/{token}", now, expires_at=expires_at)
