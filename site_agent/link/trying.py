"""A person asks for an exchange now, and is told what came of it."""

import threading
import time
from datetime import timedelta

from flask import Flask

from site_agent.extensions import db
from site_agent.hub_link import Tried
from site_agent.link.loop import exchange
from site_agent.link.pace import LONGEST_SECONDS
from site_agent.link.state import link_of
from site_agent.link.wire import link_state
from site_agent.link.wording import trouble

WAIT_SECONDS = 8.0
"""Ours: longer than a connection may take to come about, and as long as anybody looks at a page that loads."""
_NOBODY_THERE = frozenset({"unreachable", "bad-answer"})


def try_now(app: Flask) -> Tried:
    """One exchange at once. It goes on by itself if it takes longer than WAIT_SECONDS. The caller holds no lock."""
    link = link_of(app)
    link.pace.woken(time.monotonic())
    went_well: list[bool] = []
    thread = threading.Thread(
        target=lambda: went_well.append(exchange(app)), name="exchange-now", daemon=True
    )
    thread.start()
    thread.join(WAIT_SECONDS)
    again_in = timedelta(seconds=_again_in(link.next_at))
    if not went_well:
        return Tried("no-answer", None, again_in)
    if went_well[0]:
        return Tried("reached", None, again_in)
    code = _code(app)
    return Tried("unreachable" if code in _NOBODY_THERE else "refused", trouble(code), again_in)


def _code(app: Flask) -> str:
    with app.app_context():
        code = link_state(db.session()).last_error_code
        db.session.rollback()
    return code or "own-fault"


def _again_in(next_at: float | None) -> float:
    # Without the background's thread, as in a rehearsal, no moment is set: then the longest wait is the promise.
    return LONGEST_SECONDS if next_at is None else max(0.0, next_at - time.monotonic())
