"""A request from elsewhere: how it ends here, and what is forgotten with it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from protocol.messages.matches import Pass
from site_agent import outbox
from site_agent.models import AnySession, Match, Offer, Supporter
from site_agent.models.conditional import move
from site_agent.models.match import FINAL, HELPING
from site_agent.services import cases, links, post, timeline
from site_agent.services.errors import NoLongerOpenError

_TELL = ("accepted", "released", "confirming", *HELPING)
"""States in which a supporter has said yes: they are told that there is nothing more to do, without a cause."""
_TOLD_FOR = timedelta(days=7)


def pass_on(session: AnySession, match: Match, now: datetime, *, tell: bool = True) -> None:
    """Not here (any more). A decline, silence, "nobody here", closeness and giving up are this one thing.

    Card, name, offers and case key go in this commit. Raises NoLongerOpenError if it ended before.
    """
    if not end(session, match, now, tell=tell):
        raise NoLongerOpenError()
    outbox.queue(session, Pass(), now=now, thid=match.thid, re=match.proposal_jti)


def end(session: AnySession, match: Match, now: datetime, *, tell: bool = True) -> bool:
    """It has left this site, for whatever reason; only a bare row stays. False if it ended before."""
    offer = present_offer(session, match) if tell and match.state in _TELL else None
    confirmed = match.confirmed_at is not None
    ended = move(
        session,
        match,
        Match.state.not_in(FINAL),
        state="ended",
        state_at=now,
        resume_state=None,
        supporter_id=None,
    )
    if ended:
        if offer is not None:
            _tell(session, offer, now)
        if not confirmed:
            timeline.forget(session, match.thid)
        forget(session, match)
    return ended


def forget(session: AnySession, match: Match) -> None:
    """Destroy what was sealed and who was asked: no row joins a supporter who did not take it to it (J08, J09)."""
    session.execute(delete(Offer).where(Offer.thid == match.thid))
    cases.destroy(session, match.case_id)
    match.case_id = match.card = match.identity = None
    session.flush()


def present_offer(session: AnySession, match: Match) -> Offer | None:
    """The one offer that stands: of the supporter who is asked or helps now."""
    found = select(Offer).where(Offer.thid == match.thid, Offer.state != "not-taken")
    return session.scalar(found)


def _tell(session: AnySession, offer: Offer, now: datetime) -> None:
    if offer.supporter_id is None:
        return
    expires_at = now + _TOLD_FOR
    token = links.issue(session, "offer", offer.offer_id, expires_at, now)
    supporter = session.get_one(Supporter, offer.supporter_id)
    post.queue(session, "taken-care-of", supporter.email, f"/o/{token}", now, expires_at=expires_at)
