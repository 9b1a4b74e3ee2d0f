"""Counts that outlive the rows they were counted from: no id, nothing of a person, no reason, no site."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base

CODES = (
    "requests",
    "requests-elsewhere",
    "closed",
    "withdrawn",
    "matches-here",
    "matches-for-others",
    "contact-met",
    "contact-not-met",
    "contact-excused",
    "talks",
    "outreach",
    "safety-route",
)


class Total(Base):
    """How many there were in a quarter, of rows that are gone."""

    __tablename__ = "total"

    quarter: Mapped[str] = mapped_column(String(6), primary_key=True)
    """By the site's own calendar, as DHIS2 writes it: 2026Q4."""
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    n: Mapped[int]
