"""How this site stands with its hub: one row."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

STATES = ("none", "begun", "pending", "approved", "refused")


class Enrolment(Base):
    """The steps of an enrolment, each repeatable with the same answer."""

    __tablename__ = "enrolment"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    state: Mapped[str] = mapped_column(String(10), default="none")
    site_id: Mapped[str | None] = mapped_column(String(22))
    hub_url: Mapped[str] = mapped_column(String(300), default="")
    code_secret: Mapped[str | None] = mapped_column(String(22))
    """The one-time code's secret: kept until approval, so that a broken exchange can be taken up again."""
    anchor: Mapped[str | None] = mapped_column(String(22))
    nonce: Mapped[str | None] = mapped_column(String(22))
    opened: Mapped[str | None] = mapped_column(String(22))
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_code: Mapped[str | None] = mapped_column(String(40))
    """Why the last step did not work, as a problem code."""
