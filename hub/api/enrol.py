"""`POST /v1/enrolment`: one token of a site that is not known yet, signed with its own new key."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.services import enrolment
from protocol.envelope import HUB, check_fresh, open_self_signed
from protocol.errors import BadTokenError, WrongSenderError
from protocol.messages.enrolment import Begin, Prove


def enrol(session: Session, body: bytes, now: datetime) -> str:
    """The hub's token in answer. Raises the ProtocolError of what is wrong."""
    try:
        token = body.decode("ascii").strip()
    except UnicodeDecodeError:
        raise BadTokenError() from None
    message = open_self_signed(token, now, HUB)
    check_fresh(message, now)
    if message.iss != enrolment.NEW:
        raise WrongSenderError("While it enrols, a site calls itself `new`.")
    if isinstance(message.body, Begin):
        return enrolment.begin(session, message, message.body, now)
    assert isinstance(message.body, Prove)
    return enrolment.prove(session, message, message.body, now)
