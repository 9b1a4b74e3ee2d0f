"""Offers: what a site could take on."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.services import brokerage, offers
from protocol.envelope import Message
from protocol.messages.offers import Capacity


def capacity(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """Replaces what the site said before; matches that wait are tried again."""
    assert isinstance(message.body, Capacity)
    if offers.replace(session, site_id, message.body, now):
        brokerage.offers_changed(session)
        brokerage.try_waiting(session, now)


HANDLERS = {Capacity.TYPE: capacity}
