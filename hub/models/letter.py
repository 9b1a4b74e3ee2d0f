"""Sealed letters that wait for their turn. The hub holds no key that opens one."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import ID_CHARS, Moment

LIVE = "live"
"""Not used yet."""
PROPOSED = "proposed"
"""The card is out; the identity waits for an acceptance."""


class Letter(Base):
    """The two letters to one site. The row goes when the identity is released, or the match leaves the site."""

    __tablename__ = "letters"
    __table_args__ = (sa.UniqueConstraint("site_id", "thid"),)

    match_id: Mapped[str] = mapped_column(sa.ForeignKey("matches.match_id"), primary_key=True)
    site_id: Mapped[str] = mapped_column(sa.ForeignKey("sites.site_id"), primary_key=True)
    thid: Mapped[str] = mapped_column(sa.String(ID_CHARS))
    rank: Mapped[int] = mapped_column(sa.Integer)
    card: Mapped[str | None] = mapped_column(sa.Text)
    """None once proposed."""
    identity: Mapped[str] = mapped_column(sa.Text)
    expires_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(sa.String(16))
