"""What each message of a site does: one module per conversation, one handler per type.

A handler takes the opened message, the sending site, the open session and `now`; it calls a service and never
commits. To refuse, it raises a `ProtocolError`: the token is rejected with that code, and what it did is undone.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from hub.inbox import matches, offers, transport
from protocol.envelope import Message
from protocol.errors import UnsupportedTypeError
from protocol.messages.enrolment import Begin, Prove
from protocol.messages.keys import Seen
from protocol.messages.transport import Poll, Submit

Handler = Callable[[Message, str, Session, datetime], None]

HANDLERS: dict[str, Handler] = {**matches.HANDLERS, **offers.HANDLERS, **transport.HANDLERS}
"""By type name: what may stand among the tokens of `POST /v1/messages`."""
ELSEWHERE = {Begin.TYPE, Prove.TYPE, Submit.TYPE, Poll.TYPE, Seen.TYPE}
"""What a site sends through another door or inside a wrapper."""


def handle(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """Let one message have its effect. Raises UnsupportedTypeError for what is not sent through this door."""
    handler = HANDLERS.get(message.type)
    if handler is None:
        raise UnsupportedTypeError("This type is not sent among the tokens of a POST.")
    handler(message, site_id, session, now)
