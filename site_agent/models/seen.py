"""Which hub messages were taken already: hashes of their `jti`, kept longer than any message lives."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime


class Seen(Base):
    """One message that has had its effect."""

    __tablename__ = "seen"

    jti_hash: Mapped[str] = mapped_column(String(43), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
