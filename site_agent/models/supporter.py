"""The roster: physicians of this site who support others."""

from datetime import date, datetime

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import Codes, UtcDateTime

STAGES = ("early", "mid", "late")
GENDERS = ("woman", "man", "other", "not-said")
STATUSES = ("ready", "full", "paused", "untrained", "unsigned", "leaving")


class Supporter(Base):
    """One supporter, as the coordinator knows them. Nothing here counts what they declined."""

    __tablename__ = "supporter"

    supporter_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    phone: Mapped[str] = mapped_column(String(20), default="")
    stage: Mapped[str] = mapped_column(String(10))
    languages: Mapped[tuple[str, ...]] = mapped_column(Codes(200), default=("en",))
    modalities: Mapped[tuple[str, ...]] = mapped_column(Codes(60))
    gender: Mapped[str] = mapped_column(String(10), default="not-said")
    """For the wishes "a woman" and "a man" only."""
    posts: Mapped[tuple[str, ...]] = mapped_column(Codes(200), default=())
    """Posts in which they judge others' work: a request that names one is never put to them (J10)."""
    max_open: Mapped[int] = mapped_column(default=1)
    """How many physicians they support at a time; they say so themselves (C13)."""
    foundations_on: Mapped[date | None] = mapped_column(Date)
    practice_on: Mapped[date | None] = mapped_column(Date)
    """The two parts of the provincial training; both come before the first offer (C04)."""
    agreement_version: Mapped[str | None] = mapped_column(String(20))
    agreement_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[date | None] = mapped_column(Date)
    """A pause ends by itself on this day; without one it lasts until it is ended. No reason is kept."""
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    pin_failures: Mapped[int] = mapped_column(default=0)
    """Wrong PINs since the last right one or the last fresh link."""
    pin_lockouts: Mapped[int] = mapped_column(default=0)
    """Times that five wrong PINs locked it since the last right one."""
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The end of their last day; in the future for who has given notice and is asked about nobody any more."""
