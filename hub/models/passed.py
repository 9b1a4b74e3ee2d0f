"""Which sites a match has left: they are not asked again for it. Never who, never why."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import Moment


class Passed(Base):
    """A decline, silence, closeness and "nobody here" are this one row."""

    __tablename__ = "passes"

    match_id: Mapped[str] = mapped_column(sa.ForeignKey("matches.match_id"), primary_key=True)
    site_id: Mapped[str] = mapped_column(sa.ForeignKey("sites.site_id"), primary_key=True)
    at: Mapped[Moment]
