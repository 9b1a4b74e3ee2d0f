"""What was reminded of already: so that no nudge fires twice, and none fires after a restart that fired before."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

CODES = (
    "nudge-first",
    "nudge-second",
    "tracker",
    "soft-limit",
    "request-waits",
    "news",
    "news-stays",
    "link-mailed",
    "quiet",
    "desk-mailed",
)


class Reminder(Base):
    """One reminder that went out about a match or a request. The rows go when what they are about has ended."""

    __tablename__ = "reminder"

    subject: Mapped[str] = mapped_column(String(22), primary_key=True)
    """The id of a match, a request or a run of the clock; or `desk`, whose one row names nothing."""
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
