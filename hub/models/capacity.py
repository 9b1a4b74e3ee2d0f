"""What each site could take on, in bands and site-wide sets (N06), one row a site and stage.

Columns instead of lists, so that the database finds the capable sites among ten thousand.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import Moment, Word


class Capacity(Base):
    """Open places for physicians of one stage. Every message of the site replaces all its rows."""

    __tablename__ = "capacities"
    __table_args__ = (sa.Index("ix_capacities_stage_open", "stage", "open"),)

    site_id: Mapped[str] = mapped_column(sa.ForeignKey("sites.site_id"), primary_key=True)
    stage: Mapped[Word] = mapped_column(primary_key=True)
    open: Mapped[bool]
    """Whether the band is more than `0`."""
    in_person: Mapped[bool]
    phone: Mapped[bool]
    video: Mapped[bool]
    languages: Mapped[list[str]] = mapped_column(sa.JSON)
    until: Mapped[Moment]
