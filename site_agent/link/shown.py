"""What `GET /v1/hub` proves about the key log held here. Whoever stands in between can withhold it, but not make it up.

It is asked when a poll cannot help: when the hub refuses this site's key, and when people settle an alarm.
"""

from typing import Any

from protocol.errors import KeyLogForkError, ProtocolError
from protocol.key_log import Log, check_extends, open_head, open_seen
from site_agent.link.errors import HubAnswerError
from site_agent.link.exchange import strings


def shown_log(held: Log, answer: dict[str, Any]) -> Log:
    """The log that is shown, if it extends the one held, its head is signed by the hub, and nobody was shown another.

    Raises KeyLogForkError if it conflicts with the log held or with a head that a site countersigned, HubAnswerError
    or another ProtocolError if it proves nothing.
    """
    tokens, head = strings(answer, "log"), answer.get("head")
    # A hub of the version before shows no countersigned heads here.
    heads = strings(answer, "heads") if "heads" in answer else []
    if not tokens or not isinstance(head, str) or heads is None:
        raise HubAnswerError("The address does not answer as a hub does.")
    n_held = len(held.entries)
    if tuple(tokens[:n_held]) != held.tokens:
        raise KeyLogForkError("The hub's key log does not extend the one held here.")
    log = check_extends(held, tokens[n_held:])
    if open_head(head, log) != log.head():
        raise HubAnswerError("The signed head is not that of the log beside it.")
    for seen in heads:
        if not _holds(log, seen):
            raise HubAnswerError("Another site was shown a longer log.")
    return log


def has_revoked(log: Log, site_id: str, kid: str) -> bool:
    """Whether the last word of the log on this site is that its keys, this signing key among them, were revoked."""
    own = [entry for entry in log.entries if entry.subject == site_id]
    brought = any(entry.signing_key is not None and entry.signing_key.kid() == kid for entry in own)
    return brought and own[-1].action == "revoke"


def _holds(log: Log, seen: str) -> bool:
    """Whether the log holds a countersigned head; a token that proves nothing accuses nobody."""
    try:
        _, head = open_seen(seen, log)
    except ProtocolError:
        return True
    return log.check_head(head)
