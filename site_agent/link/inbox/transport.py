"""Transport messages that arrive as messages: only the void, which takes the place of what was cancelled."""

from datetime import datetime

from protocol.envelope import Message
from protocol.messages.transport import Void
from site_agent.models import AnySession


def void(session: AnySession, message: Message, now: datetime) -> None:
    """Nothing happened: its number is used up, and the cursor moves past it."""


HANDLERS = {Void.TYPE: void}
