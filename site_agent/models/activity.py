"""Who opened what: people of the site, pages with a name on them, and when."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

CODES = (
    "request-opened",
    "name-opened",
    "match-opened",
    "outreach-opened",
    "held-printed",
    "stays-here",
    "roster-exported",
    "policy-changed",
    "hold-set",
    "hold-lifted",
    "safety-opened",
    "pin-reset",
    "alarm-cleared",
    "people-changed",
    "email-changed",
)


class Activity(Base):
    """One line. `subject` is the id of a request, a match, an outreach, a supporter (for a PIN) or a person (for an
    account), or None."""

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_at", "at"), Index("ix_activity_subject", "subject"))

    activity_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(22))
    code: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str | None] = mapped_column(String(22))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
