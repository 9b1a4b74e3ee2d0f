"""Somebody has followed a mail that something waits: what comes next is mailed at once again (`services.post`)."""

from __future__ import annotations

from site_agent.extensions import db
from site_agent.services import post
from ui.access import current_person


def seen() -> None:
    """For the page of Today, before it reads anything: whoever gets these mails looks at it."""
    person = current_person()
    if person is None or not person.roles & post.MAILED or not post.is_unread(db.session):
        return
    # The page has to read what came until now: after this moment news are mailed again, before it they were not.
    db.session.rollback()
    post.today_opened(db.session)
    db.session.commit()
