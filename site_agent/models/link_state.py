"""Where the link to the hub stands: one row."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime


class LinkState(Base):
    """Counters of the exchange, and what pages say about it."""

    __tablename__ = "link_state"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    epoch: Mapped[int] = mapped_column(default=1)
    next_n: Mapped[int] = mapped_column(default=1)
    """The number that the next outbox row takes."""
    cursor: Mapped[int] = mapped_column(default=0)
    """Number of the last hub message that is committed here."""
    heads_cursor: Mapped[int] = mapped_column(default=0)
    hub_offset_seconds: Mapped[int] = mapped_column(default=0)
    """The hub's clock minus ours, learnt from what the hub signed."""
    seen: Mapped[str | None] = mapped_column(Text)
    """Our `keys.seen` token for the last head that was checked."""
    last_ok_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error_code: Mapped[str | None] = mapped_column(String(40))
    alarm: Mapped[str | None] = mapped_column(String(40))
    """A problem code, for example `key-log-fork`: while it stands, nothing is sealed."""
    advertised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    advertised: Mapped[str | None] = mapped_column(Text)
    """The capacity last told to the hub, as JSON."""
