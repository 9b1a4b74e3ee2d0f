"""Who assesses whose work: a supporter and a physician of this site, so that one is never put to the other (J10)."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime


class Evaluator(Base):
    """One such relation. The physician is found by keyed hashes; the words to show are sealed with the site's key."""

    __tablename__ = "evaluator"

    evaluator_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    supporter_id: Mapped[str] = mapped_column(ForeignKey("supporter.supporter_id"), index=True)
    physician: Mapped[bytes] = mapped_column(LargeBinary)
    """Name and e-mail, sealed with the site's data key."""
    name_key: Mapped[str] = mapped_column(String(43), index=True)
    email_key: Mapped[str | None] = mapped_column(String(43), index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
