"""This site's own verified copy of the key log, and what it says about other sites' keys."""

from typing import Any

from flask import current_app
from sqlalchemy import select

from protocol.key_log import Log
from protocol.keys import SealingPublicKey
from site_agent.models import AnySession, DirectorySite, KeyEntry, LinkState

_CACHE = "agent_key_log"


def log(session: AnySession) -> Log:
    """The log as it is stored, verified whole; kept in memory until it grows.

    Raises KeyLogForkError if the stored tokens do not make a log.
    """
    rows = session.execute(select(KeyEntry.hash, KeyEntry.token).order_by(KeyEntry.seq)).all()
    state = tuple(row.hash for row in rows)
    cached: tuple[Any, Log] | None = current_app.extensions.get(_CACHE)
    if cached is None or cached[0] != state:
        cached = (state, Log.load([row.token for row in rows]))
        current_app.extensions[_CACHE] = cached
    return cached[1]


def sealing_key(session: AnySession, site_id: str) -> SealingPublicKey | None:
    """The key that letters to a site are sealed to. None unless the directory has the site as active and the log
    gives it live keys: the hub's word alone is not enough for either."""
    site = session.get(DirectorySite, site_id)
    if site is None or site.state != "active":
        return None
    keys = log(session).site_keys(site_id)
    return keys.sealing if keys is not None else None


def alarm(session: AnySession) -> str | None:
    """The code of what is wrong with the link, such as a forked key log; while it stands nothing is sealed."""
    state = session.get(LinkState, 1)
    return state.alarm if state is not None else None
