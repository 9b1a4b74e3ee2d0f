"""What every page of the desk does alike: who is there, one commit, and a refusal said kindly."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash

from site_agent.extensions import db
from site_agent.hub_link import hub_link
from site_agent.services import activity
from site_agent.services.errors import ServiceError
from ui import clock
from ui.access import current_person


def staff_id() -> str:
    """The person_id of whoever is signed in; only for pages that ask for a role."""
    person = current_person()
    if person is None:
        raise RuntimeError("only a page with @allow may ask who is at the desk")
    return person.person_id


def save() -> None:
    """Commit what the press changed, and let the link send at once what it queued."""
    db.session.commit()
    hub_link().wake()


def attempt(act: Callable[[], object], *but: type[ServiceError]) -> bool:
    """Do it and save. If the services refuse, nothing is changed and the next page says how to mend it.

    Refusals of the kinds in `but` are raised, for a form to mark the field.
    """
    try:
        act()
    except ServiceError as error:
        db.session.rollback()
        if isinstance(error, but):
            raise
        flash(str(error.mend), "notice")
        return False
    save()
    return True


def opened(code: str, subject: str) -> None:
    """Keep who opened a page with a name on it: once an hour and person."""
    person_id, now = staff_id(), clock.now()
    if activity.is_noted(db.session, person_id, code, subject, now):
        return
    # What was only looked at cannot be written to once somebody else has written: the reading ends here.
    db.session.rollback()
    activity.note(db.session, person_id, code, subject, now)
    db.session.commit()
