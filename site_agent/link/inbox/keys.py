"""Keys, which come beside the messages of a poll: entries of the log, the hub's head, other sites' countersigned heads.

Everything is checked against the copy held here. What conflicts raises an alarm that stops the sealing of letters;
the copy is never overwritten and the hub's own signed heads are kept (`evidence`), so that both sides can be shown.
"""

from collections.abc import Sequence
from datetime import datetime

from protocol.errors import KeyLogForkError, ProtocolError
from protocol.key_log import Log, open_head, open_seen, sign_seen
from protocol.keys import SealingKey, SigningKey
from site_agent.link import evidence
from site_agent.link.wire import Wire, add_entries, link_state
from site_agent.models import AnySession

FORK = KeyLogForkError.code
OWN_KEY_SWAPPED = "own-key-swapped"


def take_entries(session: AnySession, log: Log, tokens: Sequence[str]) -> Log:
    """The longer log, stored. On a fork: the alarm, and the log as it was. Never commits.

    Entries that are held already, byte for byte, may come again.
    """
    held = set(log.tokens) if tokens else set()
    fresh = [token for token in tokens if token not in held]
    if not fresh:
        return log
    try:
        return add_entries(session, log, fresh)
    except KeyLogForkError:
        sound(session, FORK)
        return log


def check_head(session: AnySession, log: Log, token: str) -> bool:
    """Whether the hub's signed head is one of this log. False if it is ahead of the copy here, or if it conflicts,
    which sounds the alarm. Raises ProtocolError for what is no head of the hub."""
    try:
        if log.check_head(open_head(token, log)):
            return True
        if link_state(session).alarm is not None:
            # Longer than what could be checked: it may belong to what conflicts.
            evidence.keep(token, log)
    except KeyLogForkError:
        evidence.keep(token, log)
        sound(session, FORK)
    return False


def countersign(session: AnySession, wire: Wire, token: str, now: datetime) -> None:
    """Sign a head that was checked; it goes with every poll until there is a newer one."""
    state = link_state(session)
    if state.alarm is None and not _countersigned(state.seen, token, wire.log):
        state.seen = sign_seen(token, wire.site_id, wire.signing, wire.hub_time(now))


def check_others(session: AnySession, log: Log, tokens: Sequence[str]) -> bool:
    """Whether all heads that other sites countersigned could be judged by this log. A head that conflicts with it
    was shown to them and not to us: that sounds the alarm. A token that proves nothing is passed over."""
    judged = True
    for token in tokens:
        try:
            _, head = open_seen(token, log)
            judged &= log.check_head(head)
        except KeyLogForkError:
            evidence.keep(token, log)
            sound(session, FORK)
        except ProtocolError:
            # Whoever wrote it, it carries no signature of the hub under another head, so it accuses nobody.
            continue
    return judged


def watch_own(session: AnySession, log: Log, site_id: str, signing: SigningKey, sealing: SealingKey) -> None:
    """The log must show this site's own keys or none: others there could read what is meant for this site."""
    shown = log.site_keys(site_id)
    if shown is None:
        return
    sealed_to = shown.sealing.kid() if shown.sealing else None
    if (shown.signing.kid(), sealed_to) != (signing.kid(), sealing.kid()):
        sound(session, OWN_KEY_SWAPPED)


def sound(session: AnySession, code: str) -> None:
    """Set the alarm, unless one stands already: the first finding is the one to look into."""
    state = link_state(session)
    if state.alarm is None:
        state.alarm = code


def _countersigned(seen: str | None, head_token: str, log: Log) -> bool:
    if seen is None:
        return False
    try:
        return open_seen(seen, log)[1] == open_head(head_token, log)
    except ProtocolError:
        return False
