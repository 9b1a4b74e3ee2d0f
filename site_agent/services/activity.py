"""Who opened what, and when: people of the site, pages with a name on them, and acts that others should know of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, insert, literal, select, update

from protocol.envelope import new_id
from site_agent.models import Activity, AnySession
from site_agent.models.activity import CODES


def note(session: AnySession, person_id: str, code: str, subject: str | None, now: datetime) -> None:
    """One line for each person, code, subject and hour, however often the page is opened. Does not commit."""
    if code not in CODES:
        raise ValueError(f"{code} is nothing that is logged")
    line = {"activity_id": new_id(), "person_id": person_id, "code": code, "subject": subject, "at": now}
    values = (literal(value, getattr(Activity, name).type) for name, value in line.items())
    # Looked up and written in one: of two pages opened at once, each with its own view of the table, one writes.
    new = select(*values).where(~exists().where(*_same(person_id, code, subject, now)))
    session.flush()
    session.execute(insert(Activity).from_select(list(line), new))


def is_noted(session: AnySession, person_id: str, code: str, subject: str | None, now: datetime) -> bool:
    """Whether `note` would add nothing, since the line of this hour is there."""
    line = select(Activity.activity_id).where(*_same(person_id, code, subject, now))
    return session.scalar(line.limit(1)) is not None


def _same(person_id: str, code: str, subject: str | None, now: datetime) -> tuple[ColumnElement[bool], ...]:
    about = Activity.subject.is_(None) if subject is None else Activity.subject == subject
    hour = now.replace(minute=0, second=0, microsecond=0)
    return (Activity.person_id == person_id, Activity.code == code, about, Activity.at >= hour)


def of(session: AnySession, subject: str) -> Sequence[Activity]:
    """What is noted about a request, a match, an outreach or a supporter, oldest first."""
    return session.scalars(select(Activity).where(Activity.subject == subject).order_by(Activity.at)).all()


def page(session: AnySession, person_id: str | None, start: int, most: int) -> Sequence[Activity]:
    """The newest lines, of one person or of everybody, from the `start`th on, `most` at a time."""
    lines = select(Activity).order_by(Activity.at.desc(), Activity.activity_id).offset(start).limit(most)
    if person_id is not None:
        lines = lines.where(Activity.person_id == person_id)
    return session.scalars(lines).all()


def forget_subject(session: AnySession, *subjects: str) -> None:
    """The case is erased: who opened something, and when, stays; what it was goes."""
    session.execute(update(Activity).where(Activity.subject.in_(subjects)).values(subject=None))
