"""The directory of sites, as the hub last published it, and pages of an edition that is not whole yet."""

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base


class DirectorySite(Base):
    """A site that one may avoid, or be helped by."""

    __tablename__ = "directory_site"

    site_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    community: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10))
    edition: Mapped[int]


class DirectoryPage(Base):
    """A page that waits for the rest of its edition."""

    __tablename__ = "directory_page"

    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sites: Mapped[list[dict[str, str]]] = mapped_column(JSON)
