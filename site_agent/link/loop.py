"""What the link does by itself: exchange everything with the hub, wait, begin again, until the program stops."""

import logging
import threading
import time
from collections.abc import Callable

from flask import Flask

from protocol.errors import KeyRevokedError, ProtocolError
from site_agent import outbox
from site_agent.extensions import db
from site_agent.link import enrol, revoked
from site_agent.link.errors import HubUnreachableError, LinkError, OwnFaultError
from site_agent.link.faults import where
from site_agent.link.receipts import CLOCK_STARTS
from site_agent.link.receiver import poll_once
from site_agent.link.sender import send_once
from site_agent.link.state import Link, link_of
from site_agent.link.status import HELD_BACK
from site_agent.link.wire import link_state
from ui.clock import now as clock_now

logger = logging.getLogger(__name__)

_MOST_ROUNDS = 1000
"""POSTs and polls in one exchange at most, 50 messages each: a week's backlog, and an end in any case."""


def background(app: Flask) -> Callable[[threading.Event], None]:
    """The work for a thread of its own: it returns soon after the event that it is given is set."""

    def work(stop: threading.Event) -> None:
        link = link_of(app)
        wait = link.pace.first()
        while not _pause(link, stop, wait):
            exchange(app)
            wait = link.pace.next(time.monotonic())

    return work


def wake(app: Flask) -> None:
    """A person acted: exchange at once, and quickly for a minute."""
    link = link_of(app)
    link.pace.woken(time.monotonic())
    link.woken.set()


def exchange(app: Flask) -> bool:
    """Everything that waits on either side, once. True if it went well; what went wrong is kept for the pages and
    slows the pace. Raises nothing."""
    link = link_of(app)
    try:
        if not _enrolled(app):
            return True
        _drain(app)
    except (LinkError, ProtocolError) as error:
        if error.code != KeyRevokedError.code or not _has_left(app):
            _failed(app, link, error)
        return False
    except Exception as error:
        logger.error("The exchange with the hub failed: %s", where(error))
        _keep(app, "own-fault")
        link.pace.failed()
        return False
    link.pace.succeeded()
    _keep(app, None)
    return True


def _drain(app: Flask) -> None:
    """Send and poll until neither brings anything; the last poll acknowledges. What fails on the way out does not
    stop what comes in.

    A confirmation that may have arrived before is not sent again unheard: its receipt opens contact details, and what
    ended the match since has to come first.
    """
    if _opens_on_receipt(app):
        _listen(app)
    for _ in range(_MOST_ROUNDS):
        failed = _send_all(app)
        if not poll_once(app):
            break
    if failed is not None:
        raise failed


def _listen(app: Flask) -> None:
    """Take all that waits at the hub. A message that this program fails at does not stop what goes out."""
    try:
        for _ in range(_MOST_ROUNDS):
            if not poll_once(app):
                break
    except OwnFaultError:
        return


def _opens_on_receipt(app: Flask) -> bool:
    with app.app_context():
        return outbox.is_posted(db.session(), CLOCK_STARTS)


def _send_all(app: Flask) -> LinkError | ProtocolError | None:
    try:
        for _ in range(_MOST_ROUNDS):
            if not send_once(app):
                break
    except HubUnreachableError:
        raise
    except (LinkError, ProtocolError) as error:
        return error
    return None


def _enrolled(app: Flask) -> bool:
    """Whether there is anything to exchange; asks how an enrolment that is under way stands."""
    with app.app_context():
        state = enrol.standing(db.session())
        db.session.commit()
        if state.state == "pending" or (state.state == "begun" and _may_go_on(state.error_code)):
            state = enrol.check(db.session(), clock_now())
        return state.state == "approved"


def _may_go_on(code: str | None) -> bool:
    # A step that the hub refused for good waits for a person with another code.
    return code in (None, "unreachable", "bad-answer", "server-fault", "rate-limited", "clock-skew")


def _has_left(app: Flask) -> bool:
    """Whether the key log bears the refusal out: then this site has just left the hub."""
    try:
        return revoked.look(app)
    except LinkError:
        return False
    except Exception as error:
        logger.error("The hub's key log could not be judged: %s", where(error))
        return False


def _failed(app: Flask, link: Link, error: LinkError | ProtocolError) -> None:
    _keep(app, error.code)
    wait = error.members.get("retry_after") if isinstance(error, ProtocolError) else None
    if error.code in HELD_BACK or error.code == KeyRevokedError.code:
        link.pace.refused()
    else:
        link.pace.failed(wait if isinstance(wait, int) and wait >= 0 else 0)


def _keep(app: Flask, code: str | None) -> None:
    """What the pages say about the link."""
    try:
        with app.app_context():
            state = link_state(db.session())
            state.last_error_code = code
            if code is None:
                state.last_ok_at = clock_now()
            db.session.commit()
    except Exception as error:
        logger.error("The state of the link could not be kept: %s", where(error))


def _pause(link: Link, stop: threading.Event, wait: float) -> bool:
    """Wait, or less if somebody wakes the link. Whether the program stops."""
    deadline = link.next_at = time.monotonic() + wait
    while not stop.is_set():
        left = deadline - time.monotonic()
        if left <= 0 or link.woken.wait(min(left, _LOOK_SECONDS)):
            link.woken.clear()
            return False
    return True


_LOOK_SECONDS = 0.5
"""How soon the end of the program is noticed."""
