"""What was reminded of already: kept in the commit that sends the reminder, so that none is sent twice."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete
from sqlalchemy.dialects.sqlite import insert

from site_agent.models import AnySession, Reminder
from site_agent.models.reminder import CODES


def once(session: AnySession, subject: str, code: str, now: datetime) -> bool:
    """True the first time for this subject (the id of a match, a request or a run of the clock) and code.

    Does not commit: a reminder that could not be queued is tried again.
    """
    if code not in CODES:
        raise ValueError(f"{code} is no reminder")
    session.flush()
    row = insert(Reminder).values(subject=subject, code=code, at=now).on_conflict_do_nothing()
    return cast("CursorResult[Any]", session.execute(row)).rowcount == 1


def forget(session: AnySession, *subjects: str, code: str | None = None) -> None:
    """What they are about has ended, or begins anew. `code`: only the reminders of this one."""
    rows = delete(Reminder).where(Reminder.subject.in_(subjects))
    session.execute(rows if code is None else rows.where(Reminder.code == code))
