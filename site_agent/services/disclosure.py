"""Who may see what of a request from elsewhere, judged afresh at each view by where the match stands."""

from datetime import datetime
from typing import Any

from protocol.messages.handover import Card, Identity
from site_agent.models import AnySession, Match, Offer
from site_agent.models.match import HELPING
from site_agent.services import cases


def card(session: AnySession, match: Match) -> Card | None:
    """The card: for the coordinator, and for the supporter who is asked. None once the match has left."""
    kept = cases.open_(session, match.case_id, "card", match.card)
    return None if kept is None else Card.load(kept["body"])


def offered_card(session: AnySession, offer: Offer) -> Card | None:
    """The card, for the supporter of this offer, as long as it is theirs."""
    match = session.get_one(Match, offer.thid)
    return card(session, match) if _theirs(offer, match) else None


def name(session: AnySession, offer: Offer, now: datetime) -> str | None:
    """The physician's name, for the supporter who said yes: from the release on, while the match is theirs."""
    match = session.get_one(Match, offer.thid)
    shown = match.state in ("released", "confirming", *HELPING)
    if not shown or not _theirs(offer, match) or offer.state == "open":
        return None
    identity = _identity(session, match)
    return None if identity is None else identity.name


def contact(session: AnySession, where: Offer | Match, now: datetime) -> Identity | None:
    """Name and contact details: only once the hub has confirmed the match, and only while it is helped.

    With an Offer, for its supporter; with an Match, for the coordinator, also while somebody else takes over.
    """
    if isinstance(where, Match):
        helped = where.state in HELPING or where.resume_state in HELPING
        return _identity(session, where) if helped else None
    match = session.get_one(Match, where.thid)
    if where.state != "confirmed" or match.state not in HELPING or not _theirs(where, match):
        return None
    return _identity(session, match)


def _theirs(offer: Offer, match: Match) -> bool:
    return offer.supporter_id is not None and offer.supporter_id == match.supporter_id


def _identity(session: AnySession, match: Match) -> Identity | None:
    kept: dict[str, Any] | None = cases.open_(session, match.case_id, "identity", match.identity)
    return None if kept is None else Identity.load(kept)
