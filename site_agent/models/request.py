"""A physician of this site asks. What tells who, why or what they wish is sealed under the case's own key."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

DOORS = ("form", "phone", "inbox", "paper", "outreach")
STATES = ("new", "looking", "in-hand", "in-touch", "closed", "withdrawn", "unmatched")
OPEN = ("new", "looking", "in-hand", "in-touch", "unmatched")
FINAL = ("closed", "withdrawn")
FEW = ("send", "wait")
HINTS = ("view", "coping", "way-back")
"""Why doctors come, as the guide of the Foundation for Healthy Communities has it: worried and wanting a view, afraid
of not coping, seeking a way back or out (D06)."""


class Request(Base):
    """One request. It never names the site that helps."""

    __tablename__ = "request"
    __table_args__ = (
        Index("ix_request_with_wishes", "closed_at", sqlite_where=text("wishes is not null")),
        Index("ix_request_closed_at", "closed_at"),
    )

    request_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    ref: Mapped[str] = mapped_column(String(8), index=True)
    """What people here call it; unique among open requests."""
    door: Mapped[str | None] = mapped_column(String(10))
    """None: a bare row for a request that the hub knows and this site lost."""
    origin: Mapped[str | None] = mapped_column(String(20))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the physician asked, which for paper is before it was keyed in."""
    state: Mapped[str] = mapped_column(String(10), default="new", index=True)
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stage: Mapped[str] = mapped_column(String(10), default="unknown")
    modality: Mapped[str] = mapped_column(String(10), default="any")
    elsewhere: Mapped[bool] = mapped_column(default=False)
    few: Mapped[str] = mapped_column(String(5), default="send")
    """Asked beforehand: if fewer than three places are left that could help, send or wait?"""
    thid: Mapped[str | None] = mapped_column(String(22), unique=True)
    withdrawal_hash: Mapped[str | None] = mapped_column(String(43))
    round: Mapped[int] = mapped_column(default=0)
    """The last shortlist that came."""
    restate: Mapped[bool] = mapped_column(default=False)
    """Wishes and places to avoid were erased, and no letter goes before the physician has said them again."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    case_id: Mapped[str | None] = mapped_column(String(22))
    identity: Mapped[bytes | None] = mapped_column(LargeBinary)
    reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[bytes | None] = mapped_column(LargeBinary)
    posts: Mapped[bytes | None] = mapped_column(LargeBinary)
    wishes: Mapped[bytes | None] = mapped_column(LargeBinary)
    avoid: Mapped[bytes | None] = mapped_column(LargeBinary)
    shortlist: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Only while letters cannot be written yet."""
    hint: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What they hope for, if they said so: sealed, never required (D06)."""
    mail_ok: Mapped[bool] = mapped_column(default=False)
    """The physician wants news by mail; without it nothing is ever sent to them."""
    held: Mapped[bool] = mapped_column(default=False)
    """A legal hold: nothing of it is erased while it lasts."""
