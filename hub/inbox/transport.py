"""Transport: a first message, a number that was given up, and a message of ours that could not be taken."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub import audit
from hub.models import Match, OutboxRow
from protocol.envelope import Message
from protocol.messages import transport


def hello(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """The first message of an epoch; the wrapper has settled which epoch it is."""


def void(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """Takes the place of a message that was never sent, so that its number is used up."""


def nack(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """A site could not act on a message of ours: staff see it beside the match, or beside the site."""
    body = message.body
    assert isinstance(body, transport.Nack)
    found = sa.select(OutboxRow.match_id).where(OutboxRow.site_id == site_id, OutboxRow.jti == body.jti)
    match_id = session.scalars(found).one_or_none()
    match = None if match_id is None else session.get(Match, match_id)
    if match is None:
        audit.of_site(session, "nack", now, actor=audit.SITE, site_id=site_id, code=body.code)
    else:
        audit.of_match(session, match, "nack", now, actor=audit.SITE, site_id=site_id, code=body.code)


HANDLERS = {transport.Hello.TYPE: hello, transport.Void.TYPE: void, transport.Nack.TYPE: nack}
