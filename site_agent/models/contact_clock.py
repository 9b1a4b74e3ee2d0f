"""The 72 hours of one acceptance, and how they ended. No row says whose they were: there is no list of slow people."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

OUTCOMES = ("running", "met", "not-met", "excused")
"""`excused`: the physician withdrew, or the match ended, before the limit."""


class ContactClock(Base):
    """One run of the clock to the first attempt (G07)."""

    __tablename__ = "contact_clock"

    clock_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    thid: Mapped[str] = mapped_column(String(22), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(10), default="running")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
