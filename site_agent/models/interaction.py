"""The tracker: that two people talked, and how the supporter found it. Never what was said (I03, J01)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import Codes, UtcDateTime

LENGTHS = ("under-15", "15-30", "30-45", "45-60", "over-60")
"""Bands in minutes: an exact length is nobody's business."""
MODES = ("phone", "video", "in-person")
FOUND = (1, 2, 3, 4, 5)
"""How the supporter found the talk, from hard to good."""
RESOURCES = (
    "counselling",
    "cbt-mindfulness",
    "medicolegal",
    "disclosure-coaching",
    "time-off",
    "programme-line",
)
"""Kinds of help passed on (H10: counselling; CBT or mindfulness; medicolegal; disclosure and apology coaching; help
with time off), and the programme's own line (H09)."""


class Interaction(Base):
    """One talk, in taps. There is no place for words."""

    __tablename__ = "interaction"
    __table_args__ = (
        Index(
            "ix_interaction_call_wanted",
            "entered_at",
            sqlite_where=text("call_me is 1 and called_at is null"),
        ),
    )

    interaction_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    thid: Mapped[str] = mapped_column(ForeignKey("match.thid"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When they talked."""
    length: Mapped[str] = mapped_column(String(10))
    mode: Mapped[str] = mapped_column(String(10))
    found: Mapped[int]
    resources: Mapped[tuple[str, ...]] = mapped_column(Codes(120), default=())
    more_needed: Mapped[bool] = mapped_column(default=False)
    call_me: Mapped[bool] = mapped_column(default=False)
    """The supporter would like the lead to call; without a word on the case (H14)."""
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody did."""
    ticket: Mapped[str] = mapped_column(String(43), unique=True)
    """Drawn with the form: a submission that arrives twice counts once."""
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str | None] = mapped_column(String(22))
    """The person_id of who recorded it for a supporter on the phone; None: the supporter."""
