"""The latest head of the key log that each site has countersigned."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import Moment


class HeadSeen(Base):
    """A `keys.seen` token. `seq` orders all changes, so that each site can be told what is new to it."""

    __tablename__ = "heads_seen"

    site_id: Mapped[str] = mapped_column(sa.ForeignKey("sites.site_id"), primary_key=True)
    length: Mapped[int]
    token: Mapped[str] = mapped_column(sa.Text)
    seq: Mapped[int] = mapped_column(sa.Integer, unique=True)
    at: Mapped[Moment]
