"""The safety route was taken: when and which way. No case, no person, no word (J04, J05)."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

ROUTES = ("emergency", "crisis-line", "programme-line", "keeper", "college")
"""Whom the supporter called: 9-1-1, the crisis line, the programme's line, a safety keeper of the site, or the
regulator where conduct endangers patients."""


class SafetyReport(Base):
    """One use of the route, for the two keepers of this site only. It never leaves the site."""

    __tablename__ = "safety_report"

    report_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    route: Mapped[str] = mapped_column(String(15))
    ticket: Mapped[str] = mapped_column(String(43), unique=True)
    """Drawn with the form: a submission that arrives twice counts once."""
    debriefed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a keeper noted that the debrief was offered."""
