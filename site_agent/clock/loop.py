"""The background work beside the link: what is due, then mail, then the cut of the database's log, which still holds
what was deleted; then a short wait, until the program stops."""

import logging
import threading
from collections.abc import Callable

from flask import Flask

from site_agent.clock.due import run_due
from site_agent.database import cut_log
from site_agent.extensions import db
from site_agent.link.loop import wake
from site_agent.mail.sender import send_due
from ui.clock import now

logger = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
"""Ours: a supporter who has just been asked gets the mail while the coordinator still looks at the page. An idle
round is a handful of indexed reads."""


def background(app: Flask) -> Callable[[threading.Event], None]:
    """The work for a thread of its own: it returns soon after the event that it is given is set."""

    def work(stop: threading.Event) -> None:
        while not stop.wait(EVERY_SECONDS):
            once(app)

    return work


def once(app: Flask) -> int:
    """One round; returns how many deeds were done and mails sent. Raises nothing: the next round tries again."""
    with app.app_context():
        try:
            done = run_due(db.session, now())
            if done:
                wake(app)  # a deed may have queued something for the hub
            done += send_due(db.session, app.extensions["agent_config"], now())
            db.session.remove()  # or its own reading would hinder the cut
            cut_log(db.engine)
            return done
        except Exception as error:
            db.session.rollback()
            logger.error("A round of the clock failed: %s", type(error).__name__)
            return 0
