"""The data key of each case. Destroying the row makes every sealed column of the case unreadable."""

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base


class CaseKey(Base):
    """A random AES-256 key, wrapped with the site's data key."""

    __tablename__ = "case_key"

    case_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
