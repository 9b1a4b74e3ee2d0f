"""Settings of this site that differ from the programme's defaults (see `services.policy`)."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base


class Setting(Base):
    """One value that the site set itself."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(300))
