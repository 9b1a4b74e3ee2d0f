"""This site itself: one row, written by `alongside-agent set-site` or the settings page."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base


class Site(Base):
    """What the site is called and where its people and its hub find it."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(120))
    community: Mapped[str] = mapped_column(String(80), default="")
    zone: Mapped[str] = mapped_column(String(64), default="America/Vancouver")
    """An IANA zone: pages show times in it."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    """The coordinator's phone, for pages and mail, should the machine be down."""
    hub_url: Mapped[str] = mapped_column(String(300), default="")
    public_url: Mapped[str] = mapped_column(String(300), default="")
    """Where links in mail lead: scheme, host, port, without a slash at the end."""
