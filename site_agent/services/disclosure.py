"""Who may see what of the physician who is helped, judged afresh at each view by where the match stands.

From elsewhere: card, yes, name, "not close to me", contact. Within the site: card and name (behind the PIN), yes,
contact (requirements, disagreement 2; a site may hold the name back until the yes).
"""

from datetime import datetime
from typing import Any

from protocol.messages.handover import Card, Identity
from site_agent.models import AnySession, Match, Offer, Request
from site_agent.models.match import HELPING
from site_agent.services import cases, policy


def card(session: AnySession, match: Match) -> Card | None:
    """The card: for the coordinator, and for the supporter who is asked. None once the match has left."""
    if match.is_local:
        request = session.get_one(Request, match.request_id)
        return None if match.case_id is None else own_card(session, request)
    kept = cases.open_(session, match.case_id, "card", match.card)
    return None if kept is None else Card.load(kept["body"])


def own_card(session: AnySession, request: Request) -> Card | None:
    """What the card of a request of this site says. None once it is erased."""
    case_id = request.case_id
    if case_id is None or request.reason is None:
        return None
    opened = cases.opener(session, case_id)
    return Card(
        reason=opened("reason", request.reason),
        stage=request.stage,
        language=opened("language", request.language) or "en",
        modality=request.modality,
        wishes=tuple(opened("wishes", request.wishes) or ()),
        posts=tuple(opened("posts", request.posts) or ()),
    )


def own_identity(session: AnySession, request: Request) -> Identity | None:
    """Who asked, of a request of this site. None once it is erased."""
    kept = cases.open_(session, request.case_id, "identity", request.identity)
    return None if kept is None else Identity.load(kept)


def offered_card(session: AnySession, offer: Offer) -> Card | None:
    """The card, for the supporter of this offer, as long as it is theirs."""
    match = session.get_one(Match, offer.thid)
    return card(session, match) if _theirs(offer, match) else None


def name(session: AnySession, offer: Offer, now: datetime) -> str | None:
    """The physician's name, for the supporter of this offer, while the match is theirs.

    From elsewhere: from the release on. Within the site: from the question on, or from the yes on if the site's
    policy says so.
    """
    match = session.get_one(Match, offer.thid)
    if not _theirs(offer, match) or not _name_is_due(session, offer, match):
        return None
    identity = _identity(session, match)
    return None if identity is None else identity.name


def contact(session: AnySession, where: Offer | Match, now: datetime) -> Identity | None:
    """Name and contact details: only once the match is confirmed, and only while it is helped.

    With an Offer, for its supporter; with a Match, for the coordinator, also while somebody else takes over.
    """
    if isinstance(where, Match):
        helped = where.state in HELPING or where.resume_state in HELPING
        return _identity(session, where) if helped else None
    match = session.get_one(Match, where.thid)
    if where.state != "confirmed" or match.state not in HELPING or not _theirs(where, match):
        return None
    return _identity(session, match)


def _name_is_due(session: AnySession, offer: Offer, match: Match) -> bool:
    if offer.state == "open":
        early = match.is_local and policy.choice(session, "name_before_yes") == "yes"
        return early and match.state == "asked"
    return match.state in ("released", "confirming", *HELPING)


def _theirs(offer: Offer, match: Match) -> bool:
    return offer.supporter_id is not None and offer.supporter_id == match.supporter_id


def _identity(session: AnySession, match: Match) -> Identity | None:
    if match.is_local:
        request = session.get_one(Request, match.request_id)
        return None if match.case_id is None else own_identity(session, request)
    kept: dict[str, Any] | None = cases.open_(session, match.case_id, "identity", match.identity)
    return None if kept is None else Identity.load(kept)
