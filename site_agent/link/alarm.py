"""Ending an alarm about the key log. People compare six words; the log itself has to bear them out.

No press makes a log trusted that conflicts with the copy held here, or with a head that the hub signed and that was
kept: whoever signed two logs has to be dealt with outside this program (docs/adr/0009).
"""

import re
from datetime import datetime

from flask import current_app

from protocol.envelope import new_id
from protocol.errors import KeyRevokedError
from protocol.key_log import Log
from site_agent.keys import current_keys
from site_agent.link import evidence
from site_agent.link.errors import OwnKeySwappedError, UnsettledError, WordsDifferError
from site_agent.link.shown import has_revoked, shown_log
from site_agent.link.state import link_of
from site_agent.link.wire import Wire, add_entries, link_state, read_wire
from site_agent.models import Activity, AnySession
from site_agent.services import key_directory

CLEARED = "alarm-cleared"
"""Who ended an alarm, in the log of activities."""


def clear(session: AnySession, words: str, now: datetime, by: str) -> None:
    """End the alarm: `words` are the six that another screen shows, `by` the person_id of who typed them.

    Raises WordsDifferError; KeyLogForkError, UnsettledError, OwnKeySwappedError or KeyRevokedError for a log that
    does not verify; another LinkError or ProtocolError if the hub shows none. Then the alarm stands as it did.
    """
    link = link_of(current_app)
    with link.receiving:
        wire = read_wire(session)
        log = shown_log(wire.log, link.transport(wire.hub_url).hub())
        _check_own(log, wire)
        if not evidence.is_settled(log):
            raise UnsettledError("The hub signed a longer log than it shows.")
        if tuple(re.findall(r"[a-z]+", words.lower())) != key_directory.words_of(log):
            raise WordsDifferError("The words are not those of the log.")
        add_entries(session, wire.log, log.tokens)
        state = link_state(session)
        # What other sites countersigned is looked at once more, from the first on.
        state.alarm, state.heads_cursor = None, 0
        session.add(Activity(activity_id=new_id(), person_id=by, code=CLEARED, subject=None, at=now))
        session.commit()
        evidence.forget()


def _check_own(log: Log, wire: Wire) -> None:
    own, shown = current_keys(), log.site_keys(wire.site_id)
    if has_revoked(log, wire.site_id, wire.signing.kid()):
        raise KeyRevokedError()
    if shown is None or shown.sealing is None:
        raise OwnKeySwappedError("The log has no keys for this site.")
    if (shown.signing.kid(), shown.sealing.kid()) != (own.signing.kid(), own.sealing.kid()):
        raise OwnKeySwappedError("The log has other keys for this site.")
