"""A form under way: answers of several pages, before they become a request."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime


class Draft(Base):
    """What one coordinator has typed so far, sealed under a case key of its own and gone within a day."""

    __tablename__ = "draft"

    draft_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.person_id", ondelete="CASCADE"))
    case_id: Mapped[str] = mapped_column(String(22))
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
