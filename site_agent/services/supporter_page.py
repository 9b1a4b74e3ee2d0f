"""A supporter's own page: the link to it, what it shows of their matches, and how they say when they can be asked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from site_agent.models import AnySession, LinkSession, Match, Offer, Supporter
from site_agent.models.match import TAKEN
from site_agent.services import links, matching, pins, post
from site_agent.services.errors import PlacesError
from site_agent.services.roster import MAX_PLACES

KIND = "supporter"
_LINK_LASTS = timedelta(days=14)
"""Ours, as for the link of a match: the page behind an old one sends a fresh one."""


def send_link(session: AnySession, supporter: Supporter, now: datetime) -> str:
    """Mail the supporter a link to their own page; returns its token. As any fresh link it unlocks a PIN, twice."""
    pins.unlock_by_link(supporter)
    expires_at = now + _LINK_LASTS
    token = links.issue(session, KIND, supporter.supporter_id, expires_at, now)
    post.queue(session, "fresh-link", supporter.email, f"/m/{token}", now, expires_at=expires_at)
    return token


def open_offers(session: AnySession, supporter: Supporter) -> Sequence[tuple[Offer, Match]]:
    """What this supporter is asked or helps with now, the oldest first."""
    mine = (
        select(Offer, Match)
        .join(Match, Match.thid == Offer.thid)
        .where(
            Offer.supporter_id == supporter.supporter_id,
            Match.supporter_id == supporter.supporter_id,
            Match.state.in_(TAKEN),
        )
        .order_by(Offer.asked_at)
    )
    return [(offer, match) for offer, match in session.execute(mine)]


def load(session: AnySession, supporter: Supporter, now: datetime) -> matching.Load:
    """Their own load: open matches, and matches since 1 January. Nothing counts what they did not take."""
    return matching.current_loads(session, now).get(supporter.supporter_id, matching.Load(0, 0))


def set_places(session: AnySession, supporter: Supporter, places: int) -> None:
    """How many physicians they support at a time (C13). Raises PlacesError."""
    if not 0 < places <= MAX_PLACES:
        raise PlacesError()
    supporter.max_open = places
    session.flush()


def visit_offer(session: AnySession, visit: LinkSession, offer: Offer, now: datetime) -> str:
    """From the supporter's own page to one of their offers: the cookie's token of a visit there.

    The PIN that was given on the page counts there for as long as it would have counted here.
    """
    token = links.start_visit(session, "offer", offer.offer_id, now)
    kept = links.find_session(session, token, "offer", now)
    assert kept is not None
    kept.pin_until, kept.expires_at = visit.pin_until, visit.expires_at
    return token
