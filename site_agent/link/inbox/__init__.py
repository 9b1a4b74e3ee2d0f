"""What the hub says to this site, one module per conversation: `HANDLERS` maps a message's type to its effect.

A handler takes (session, message, now), changes rows, queues answers, and never commits: the receiver commits the
message, its effect and the cursor together. A `ProtocolError` from it is a refusal; any other exception is a fault
of this program's own.
"""

from collections.abc import Callable
from datetime import datetime

from protocol.envelope import Message
from site_agent.link.inbox import directory, matches, transport
from site_agent.models import AnySession

Handler = Callable[[AnySession, Message, datetime], None]

HANDLERS: dict[str, Handler] = {**directory.HANDLERS, **matches.HANDLERS, **transport.HANDLERS}
