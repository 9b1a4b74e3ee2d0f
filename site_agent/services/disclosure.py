"""Who may see what of a request from elsewhere, judged afresh at each view by where the match stands."""

from datetime import datetime
from typing import Any

from protocol.messages.handover import Card, Identity
from site_agent.models import AnySession, Incoming, Offer
from site_agent.models.incoming import HELPING
from site_agent.services import cases


def card(session: AnySession, incoming: Incoming) -> Card | None:
    """The card: for the coordinator, and for the supporter who is asked. None once the match has left."""
    kept = cases.open_(session, incoming.case_id, "card", incoming.card)
    return None if kept is None else Card.load(kept["body"])


def offered_card(session: AnySession, offer: Offer) -> Card | None:
    """The card, for the supporter of this offer, as long as it is theirs."""
    incoming = session.get_one(Incoming, offer.thid)
    return card(session, incoming) if _theirs(offer, incoming) else None


def name(session: AnySession, offer: Offer, now: datetime) -> str | None:
    """The physician's name, for the supporter who said yes: from the release on, while the match is theirs."""
    incoming = session.get_one(Incoming, offer.thid)
    shown = incoming.state in ("released", "confirming", *HELPING)
    if not shown or not _theirs(offer, incoming) or offer.state == "open":
        return None
    identity = _identity(session, incoming)
    return None if identity is None else identity.name


def contact(session: AnySession, where: Offer | Incoming, now: datetime) -> Identity | None:
    """Name and contact details: only once the hub has confirmed the match, and only while it is helped.

    With an Offer, for its supporter; with an Incoming, for the coordinator, also while somebody else takes over.
    """
    if isinstance(where, Incoming):
        helped = where.state in HELPING or where.resume_state in HELPING
        return _identity(session, where) if helped else None
    incoming = session.get_one(Incoming, where.thid)
    if where.state != "confirmed" or incoming.state not in HELPING or not _theirs(where, incoming):
        return None
    return _identity(session, incoming)


def _theirs(offer: Offer, incoming: Incoming) -> bool:
    return offer.supporter_id is not None and offer.supporter_id == incoming.supporter_id


def _identity(session: AnySession, incoming: Incoming) -> Identity | None:
    kept: dict[str, Any] | None = cases.open_(session, incoming.case_id, "identity", incoming.identity)
    return None if kept is None else Identity.load(kept)
