"""The people who sign in at this site. Supporters and physicians never sign in."""

from datetime import date, datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import Codes, UtcDateTime


class Person(Base):
    """An account."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    person_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    roles: Mapped[tuple[str, ...]] = mapped_column(Codes(100))
    """As given, from `site_agent.roles`; what they allow today is `roles.in_force`."""
    deputy_until: Mapped[date | None]
    """The last day on which a deputy stands in, by the site's calendar."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(Text)
    """Encrypted with the site's data key."""
    last_totp_step: Mapped[int | None]
    issuer: Mapped[str | None] = mapped_column(String(300))
    subject: Mapped[str | None] = mapped_column(String(255))
    """An account at an OpenID Connect provider."""
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
