"""This site's part at its hub has ended for good: what it held for others goes, what it asked of others comes back."""

from datetime import datetime

from sqlalchemy import select

from site_agent import outbox
from site_agent.models import AnySession, Enrolment, LinkState, Match, Request
from site_agent.models.conditional import move
from site_agent.models.match import FINAL
from site_agent.services import match_end, post, timeline

LEFT = "site-withdrawn"
"""Stands as the enrolment's `error_code`; its state is then `refused`, so that nothing is queued or exchanged."""
_AT_THE_HUB = ("looking", "in-hand", "in-touch")


def leave(session: AnySession, now: datetime) -> bool:
    """End every match with a request from elsewhere: contact details, cards, letters and offers go in this commit.

    Own requests that went elsewhere need another way: they are `unmatched`, which Today and the physician's page put
    into words. False, and no change, if the site has no place to leave. Never commits.
    """
    enrolment = session.get(Enrolment, 1)
    if enrolment is None or enrolment.state != "approved":
        return False
    held = select(Match).where(Match.request_id.is_(None), Match.state.not_in(FINAL))
    for match in session.scalars(held).all():
        match_end.end(session, match, now)
    _bring_back(session, now)
    outbox.abandon(session, now)
    enrolment.state, enrolment.error_code, enrolment.changed_at = "refused", LEFT, now
    state = session.get_one(LinkState, 1)
    state.advertised = state.advertised_at = state.seen = None
    post.to_coordinators(session, now)
    session.flush()
    return True


def _bring_back(session: AnySession, now: datetime) -> None:
    gone = select(Request).where(
        Request.state.in_(_AT_THE_HUB), Request.elsewhere.is_(True), Request.thid.is_not(None)
    )
    for request in session.scalars(gone).all():
        moved = move(
            session, request, Request.state.in_(_AT_THE_HUB),
            state="unmatched", state_at=now, thid=None, shortlist=None, restate=False,
        )  # fmt: skip
        if moved:
            timeline.note(session, request.request_id, "unmatched", now)
