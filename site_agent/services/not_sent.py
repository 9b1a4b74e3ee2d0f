"""What is undone here when a message is cancelled that never left: only these kinds can be taken back."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from protocol.messages import matches
from site_agent.models import AnySession, Request
from site_agent.models.conditional import move

Undo = Callable[[AnySession, str, datetime], bool]


def request_stays(session: AnySession, thid: str, now: datetime) -> bool:
    """A request that was to look elsewhere waits here again. It stays hidden from those who could not read it.

    False if it has moved on.
    """
    request = session.scalar(select(Request).where(Request.thid == thid))
    if request is None:
        return False
    return move(session, request, Request.state == "looking", state="new", state_at=now, thid=None)


UNDO: dict[str, Undo] = {matches.Request.TYPE: request_stays}
