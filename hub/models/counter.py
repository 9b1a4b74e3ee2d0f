"""Numbers that count up for the whole hub, each touched only when the thing it counts changes (a few times a week).

No message of the ordinary flow touches one: a row that every worker fights over would make them wait in line.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base

DIRECTORY = "directory"
"""Edition of the directory of sites."""
HEADS = "heads"
"""Order of countersigned heads."""
OFFERS = "offers"
"""Changes of what sites offer: a match that waits is looked at again after one."""
NAMES = (DIRECTORY, HEADS, OFFERS)


class Counter(Base):
    """One number, from 0. The first migration writes the rows."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    value: Mapped[int] = mapped_column(sa.Integer)
