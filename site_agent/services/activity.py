"""Who opened what, and when: people of the site, pages with a name on them, and acts that others should know of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from protocol.envelope import new_id
from site_agent.models import Activity, AnySession


def note(session: AnySession, person_id: str, code: str, subject: str | None, now: datetime) -> None:
    """One line for each person, code, subject and hour, however often the page is opened. Does not commit."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    same = (
        Activity.person_id == person_id,
        Activity.code == code,
        Activity.subject.is_(None) if subject is None else Activity.subject == subject,
        Activity.at >= hour,
    )
    if session.scalar(select(Activity.activity_id).where(*same)) is None:
        session.add(Activity(activity_id=new_id(), person_id=person_id, code=code, subject=subject, at=now))
        session.flush()


def of(session: AnySession, subject: str) -> Sequence[Activity]:
    """What is noted about a request, a match, an outreach or a supporter, oldest first."""
    return session.scalars(select(Activity).where(Activity.subject == subject).order_by(Activity.at)).all()
