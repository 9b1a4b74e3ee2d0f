"""One supporter is asked about one request. A decline, closeness and silence leave the same row."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

STATES = ("open", "accepted", "confirmed", "not-taken")


class Offer(Base):
    """`not-taken` keeps no supporter, only a token with which the same person is not asked twice (J08, J09)."""

    __tablename__ = "offer"

    offer_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    thid: Mapped[str] = mapped_column(ForeignKey("match.thid"), index=True)
    supporter_id: Mapped[str | None] = mapped_column(ForeignKey("supporter.supporter_id"), index=True)
    asked_token: Mapped[str] = mapped_column(String(43))
    """A keyed hash of the supporter under the case's key: it means nothing once that key is destroyed."""
    state: Mapped[str] = mapped_column(String(10), default="open")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    policy_version: Mapped[int | None]
    """The version of the site's policy under which they were chosen."""
