"""A request from elsewhere, as this site helps with it. The card and the name are sealed under the case's key."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

STATES = (
    "proposed",
    "asked",
    "accepted",
    "released",
    "confirming",
    "in-hand",
    "overdue",
    "escalated",
    "in-touch",
    "closed",
    "ended",
)
FINAL = ("closed", "ended")
HELPING = ("in-hand", "overdue", "escalated", "in-touch")
"""Confirmed by the hub: the only states in which contact details are shown."""
TAKEN = ("asked", "accepted", "released", "confirming", *HELPING)
"""The supporter named on the row has a place taken by it."""


class Incoming(Base):
    """One match that the hub proposed here. `supporter_id` is only ever the present one."""

    __tablename__ = "incoming"

    thid: Mapped[str] = mapped_column(String(22), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="proposed", index=True)
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resume_state: Mapped[str | None] = mapped_column(String(10))
    """While another supporter is asked to take over: the state that stands at the hub."""
    stage: Mapped[str] = mapped_column(String(10))
    modality: Mapped[str] = mapped_column(String(10))
    proposal_jti: Mapped[str] = mapped_column(String(22))
    release_jti: Mapped[str | None] = mapped_column(String(22))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime)
    ask_itself_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirm_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contact_hours: Mapped[int | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The hub's commit: the clock to the first attempt runs from it."""
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalates_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    extended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the first genuine attempt was made, not when it was recorded."""
    reached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    supporter_id: Mapped[str | None] = mapped_column(ForeignKey("supporter.supporter_id"), index=True)
    case_id: Mapped[str | None] = mapped_column(String(22))
    card: Mapped[bytes | None] = mapped_column(LargeBinary)
    identity: Mapped[bytes | None] = mapped_column(LargeBinary)
