"""This site's own verified copy of the key log, and what it says about other sites' keys."""

from flask import current_app
from sqlalchemy import func, select

from protocol.key_log import Head, Log, check_extends
from protocol.keys import SealingPublicKey
from protocol.words import six_words
from site_agent.models import AnySession, DirectorySite, KeyEntry, LinkState

_CACHE = "agent_key_log"


def log(session: AnySession) -> Log:
    """The log as it is stored, verified whole; kept in memory until it grows, and then only the rest is read.

    Raises KeyLogForkError if the stored tokens do not make a log.
    """
    held: Log = current_app.extensions.get(_CACHE, Log())
    stored = _stored_head(session)
    if held.head() != stored:
        if _hash(session, len(held.entries)) != held.head().hash:
            held = Log()
        rest = select(KeyEntry.token).where(KeyEntry.seq >= len(held.entries)).order_by(KeyEntry.seq)
        held = check_extends(held, session.scalars(rest).all())
        current_app.extensions[_CACHE] = held
    return held


def words(session: AnySession) -> tuple[str, ...]:
    """The six words of the log as it is held here; empty for an empty log."""
    return words_of(log(session))


def words_of(shown: Log) -> tuple[str, ...]:
    """The six words of a log (protocol page, section 4)."""
    return six_words(shown.anchor(), shown.head().hash) if shown.entries else ()


def _stored_head(session: AnySession) -> Head:
    length = session.scalar(select(func.count()).select_from(KeyEntry)) or 0
    return Head(length, _hash(session, length))


def _hash(session: AnySession, length: int) -> str:
    """The hash of the last of so many stored entries; empty if there are none, or fewer."""
    return session.scalar(select(KeyEntry.hash).where(KeyEntry.seq == length - 1)) or ""


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
