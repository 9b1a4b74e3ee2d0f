"""The numbering of what the hub sends to each site.

Apart from `inbound`: a call of one site queues messages for others, and must not wait for the calls of those.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base


class Outbound(Base):
    """One row a site."""

    __tablename__ = "outbound"

    site_id: Mapped[str] = mapped_column(sa.ForeignKey("sites.site_id"), primary_key=True)
    last_n: Mapped[int] = mapped_column(sa.Integer, default=0)
