"""The hub refuses this site's key. That refusal is signed by nobody and changes nothing; what the hub signed decides.

A site whose keys were revoked may not poll and never hears `ended` (protocol page, section 4).
"""

import logging
from contextlib import suppress
from typing import Any

from flask import Flask

from protocol.errors import ProtocolError
from site_agent.extensions import db
from site_agent.link.errors import LinkError
from site_agent.link.inbox import keys
from site_agent.link.shown import has_revoked, shown_log
from site_agent.link.state import link_of
from site_agent.link.wire import Wire, add_entries, read_wire
from site_agent.models import AnySession
from site_agent.services import left_hub
from ui.clock import now as clock_now

logger = logging.getLogger(__name__)


def look(app: Flask) -> bool:
    """Ask the hub for its key log, and leave if that revokes this site's own key. Whether the site has left.

    Raises LinkError if there is no answer.
    """
    link = link_of(app)
    with link.receiving, app.app_context():
        session = db.session()
        wire = read_wire(session)
        answer = link.transport(wire.hub_url).hub()
        return _leave_if_shown(session, wire, answer)


def _leave_if_shown(session: AnySession, wire: Wire, answer: dict[str, Any]) -> bool:
    try:
        log = shown_log(wire.log, answer)
    except (ProtocolError, LinkError) as error:
        logger.warning("The hub refuses this site's key and proves nothing: %s", error.code)
        _sound_if_proved(session, wire, answer)
        return False
    if not has_revoked(log, wire.site_id, wire.signing.kid()):
        logger.warning("The hub refuses this site's key, which its key log does not revoke.")
        return False
    add_entries(session, wire.log, log.tokens)
    left_hub.leave(session, clock_now())
    session.commit()
    logger.warning("The key log revokes this site's keys: it has left the hub.")
    return True


def _sound_if_proved(session: AnySession, wire: Wire, answer: dict[str, Any]) -> None:
    """An alarm only for a head that the hub signed: anybody can garble a page."""
    head = answer.get("head")
    if isinstance(head, str):
        with suppress(ProtocolError):
            keys.check_head(session, wire.log, head)
    session.commit()
