"""What this site says to the hub: tokens signed once, in the order of their numbers."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

STATES = ("waiting", "accepted", "rejected", "retried", "dismissed", "forgotten")
"""`rejected` is a dead letter until a person acts; `retried` is one that was written anew, `dismissed` one that was
taken off the list; `forgotten` one that carried letters: nothing is left of it to retry, whatever the hub said."""


class OutboxRow(Base):
    """One token. Of a token that carried letters only number, `jti` and hash stay after the receipt."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("epoch", "n"), Index("ix_outbox_waiting", "state", "epoch", "n"))

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    n: Mapped[int]
    jti: Mapped[str] = mapped_column(String(22), unique=True)
    hash: Mapped[str] = mapped_column(String(43))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    type: Mapped[str | None] = mapped_column(String(64))
    thid: Mapped[str | None] = mapped_column(String(22), index=True)
    token: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(String(40))
    """Why the hub refused it."""
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """First handed to the network: from then on it may have arrived, and cannot be cancelled."""
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The hub's time in the receipt."""
