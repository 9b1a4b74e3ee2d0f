"""Who turns out to assess the physician they were asked about is asked no longer (J10).

Posts and lists of whose work is assessed change while a question is open. Whoever helps already goes on: that is for
the coordinator to settle.
"""

from datetime import datetime

from sqlalchemy import select

from site_agent.models import AnySession, Match, Offer, Request, Supporter
from site_agent.services import disclosure, evaluators, offers
from site_agent.services.errors import NoLongerOpenError


def look_again(session: AnySession, now: datetime) -> None:
    """After somebody's posts or list changed: each open question that may no longer be theirs goes to the next one,
    as after any "not this time"."""
    session.flush()
    asked = select(Offer, Match, Supporter).join(Match, Match.thid == Offer.thid)
    asked = asked.join(Supporter, Supporter.supporter_id == Offer.supporter_id)
    found = session.execute(asked.where(Offer.state.in_(("open", "accepted")))).all()
    for offer, match, supporter in found:
        if _assesses(session, match, supporter):
            try:
                offers.decline(session, offer, now)
            except NoLongerOpenError:
                continue  # it lapsed or was answered in the meantime


def _assesses(session: AnySession, match: Match, supporter: Supporter) -> bool:
    card = disclosure.card(session, match)
    if card is None:
        return False
    if set(card.posts) & set(supporter.posts):
        return True
    if not match.is_local:
        return False  # of a request from elsewhere nobody here knows the name; the supporter answers the question
    identity = disclosure.own_identity(session, session.get_one(Request, match.request_id))
    return identity is not None and supporter.supporter_id in evaluators.supporters_assessing(
        session, identity
    )
