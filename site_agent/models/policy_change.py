"""Each change of a site's policy: its number is the version stored with decisions (B03)."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime


class PolicyChange(Base):
    """One setting was given a value."""

    __tablename__ = "policy_change"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str | None] = mapped_column(String(22))
    """The person_id of who changed it; None: the command line."""
