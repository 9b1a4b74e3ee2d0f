"""The timeline of a request or of a request from elsewhere: codes and times, never words and never supporters."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

CODES = (
    "recorded",
    "name-opened",
    "looking",
    "waiting",
    "restated",
    "in-hand",
    "in-touch",
    "another-person",
    "unmatched",
    "withdrawn",
    "closed",
    "proposed",
    "attempted",
    "reached",
    "overdue",
    "escalated",
    "extended",
    "reassigned",
    "stage-waived",
    "asked-here",
    "stays-by-link",
    "stays-by-phone",
    "stay-objected",
    "paused",
    "resumed",
    "talked",
    "reopened",
    "hold-set",
    "hold-lifted",
    "yes-by-phone",
    "name-by-phone",
)


class Event(Base):
    """Something happened to `subject`, the id of a request (`request_id`) or of a match (`thid`)."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_subject_at", "subject", "at"),)

    event_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    subject: Mapped[str] = mapped_column(String(22))
    code: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str | None] = mapped_column(String(22))
    """The person_id of whoever did it here; None for the physician, a supporter, the hub or the clock."""
