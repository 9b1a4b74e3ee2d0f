"""Where each site stands towards the hub: what it has sent, what it has acknowledged."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import UtcDateTime

CALL_NOTED_EVERY = timedelta(minutes=5)
"""How exactly it is kept when a site last called: often enough for staff, seldom enough to cost nothing."""


class Inbound(Base):
    """One row a site. Whoever serves a call of that site holds this row, so a site's calls come one at a time."""

    __tablename__ = "inbound"

    site_id: Mapped[str] = mapped_column(sa.ForeignKey("sites.site_id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(sa.Integer, default=1)
    last_n: Mapped[int] = mapped_column(sa.Integer, default=0)
    """Number of the last token taken in this epoch."""
    cursor: Mapped[int] = mapped_column(sa.Integer, default=0)
    """Number of the last message of ours that the site has committed."""
    directory_edition: Mapped[int] = mapped_column(sa.Integer, default=0)
    """The edition of the directory that was last queued for it."""
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """When it last called, to within CALL_NOTED_EVERY."""
