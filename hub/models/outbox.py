"""The messages that the hub has for each site: signed once, kept until acknowledged."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import HASH_CHARS, ID_CHARS, Moment, UtcDateTime


class OutboxRow(Base):
    """One number towards one site. Its token goes when the site has acknowledged it: it may hold a letter."""

    __tablename__ = "outbox"

    site_id: Mapped[str] = mapped_column(sa.ForeignKey("sites.site_id"), primary_key=True)
    n: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    jti: Mapped[str] = mapped_column(sa.String(ID_CHARS), index=True)
    type: Mapped[str] = mapped_column(sa.String(64))
    match_id: Mapped[str | None] = mapped_column(sa.String(ID_CHARS), index=True)
    hash: Mapped[str] = mapped_column(sa.String(HASH_CHARS))
    token: Mapped[str | None] = mapped_column(sa.Text)
    queued_at: Mapped[Moment] = mapped_column(index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """When it first stood in an answer to a poll."""
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
