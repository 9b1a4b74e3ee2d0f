"""Secret links and the browser sessions that they open. Tokens only as hashes."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

KINDS = ("request", "offer", "agreement", "held", "held-try", "outreach", "supporter")
"""`held`: a code that opens everything held; `held-try`: one of the tries it has."""


class SecretLink(Base):
    """A link in a mail or on a physician's paper. `subject` is the id of a request, offer, supporter or outreach."""

    __tablename__ = "secret_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(22), index=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None: works until what it leads to is erased."""
    spent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkSession(Base):
    """A browser that came in by a secret link: what its cookie holds, hashed."""

    __tablename__ = "link_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(22), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    pin_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when the PIN given in this browser counts."""
