"""Outgoing mail. Address and link are erased once it is sent: what stays joins nobody to anything."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

KINDS = (
    "offer",
    "name",
    "contact",
    "fresh-link",
    "taken-care-of",
    "nudge",
    "tracker",
    "agreement",
    "coordinator",
    "keeper",
    "invitation",
    "request",
    "held",
    "outreach",
    "address-changed",
)
STATES = ("waiting", "sent", "failed")


class Mail(Base):
    """One mail: "you have a message" and a link, nothing else."""

    __tablename__ = "mail"

    mail_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    kind: Mapped[str | None] = mapped_column(String(20))
    to: Mapped[str | None] = mapped_column(String(254))
    link: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    n_tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not worth sending after this, since its link no longer works."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
