"""The directory of sites, page by page."""

from datetime import datetime
from typing import cast

from protocol.envelope import Message
from protocol.messages.directory import Sites
from site_agent.models import AnySession
from site_agent.services import directory


def sites(session: AnySession, message: Message, now: datetime) -> None:
    """A page came; the edition stands once it is whole."""
    directory.page_arrived(session, cast(Sites, message.body))


HANDLERS = {Sites.TYPE: sites}
