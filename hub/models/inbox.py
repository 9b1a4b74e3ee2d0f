"""The tokens that sites have sent: number, hash and receipt, so that a resend gets the same answer."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import HASH_CHARS, ID_CHARS, Moment


class InboxRow(Base):
    """One number of a site's outbox, accepted or rejected."""

    __tablename__ = "inbox"
    __table_args__ = (sa.UniqueConstraint("site_id", "jti"),)

    site_id: Mapped[str] = mapped_column(sa.ForeignKey("sites.site_id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    jti: Mapped[str | None] = mapped_column(sa.String(ID_CHARS))
    """None for bytes that no signature vouched for, and for a second use of a jti."""
    hash: Mapped[str] = mapped_column(sa.String(HASH_CHARS))
    type: Mapped[str | None] = mapped_column(sa.String(64))
    receipt: Mapped[str] = mapped_column(sa.Text)
    token: Mapped[str | None] = mapped_column(sa.Text)
    """Only of accepted messages without letters: a rejected token may hold anything."""
    at: Mapped[Moment] = mapped_column(index=True)
