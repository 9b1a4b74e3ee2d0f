"""A physician is helped by a supporter of this site: one of its own requests, or one from elsewhere.

Of a request from elsewhere the card and the name are sealed here under the case's key; of an own one they are in the
request, and only the state of the help is here.
"""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String
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
OPEN = tuple(state for state in STATES if state not in FINAL)
"""Asked for by name, since an index finds what is in a list and not what is outside of one."""
HELPING = ("in-hand", "overdue", "escalated", "in-touch")
"""Confirmed by the hub: the only states in which contact details are shown."""
TAKEN = ("asked", "accepted", "released", "confirming", *HELPING)
"""The supporter named on the row has a place taken by it."""


class Match(Base):
    """One match. `supporter_id` is only ever the present one."""

    __tablename__ = "match"
    __table_args__ = (
        Index("ix_match_confirmed_at", "confirmed_at", "supporter_id"),
        Index("ix_match_state_at", "state", "state_at"),
    )

    thid: Mapped[str] = mapped_column(String(22), primary_key=True)
    """Random. For a request from elsewhere it is the conversation with the hub; an own one is never heard of there."""
    request_id: Mapped[str | None] = mapped_column(ForeignKey("request.request_id"), unique=True)
    """The request of this site; None for one from elsewhere."""
    state: Mapped[str] = mapped_column(String(10), default="proposed", index=True)
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resume_state: Mapped[str | None] = mapped_column(String(10))
    """While another supporter is asked to take over: the state that stands at the hub."""
    stage: Mapped[str] = mapped_column(String(10))
    modality: Mapped[str] = mapped_column(String(10))
    proposal_jti: Mapped[str | None] = mapped_column(String(22))
    release_jti: Mapped[str | None] = mapped_column(String(22))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime)
    """Until when the hub takes an answer; for an own request, until when somebody should have been asked (G09)."""
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
    policy_version: Mapped[int | None]
    """Under which version of the site's policy the supporter was chosen."""
    stage_waived_by: Mapped[str | None] = mapped_column(String(22))
    """The person_id of who recorded that the physician agrees to a supporter of an earlier career stage (F02)."""
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The safety route was taken: nothing reminds anybody until the coordinator has spoken with the supporter."""
    jottings_destroyed: Mapped[bool | None]
    """The yes or no that closing asks for (J02)."""
    check_in_on: Mapped[date | None] = mapped_column(Date)
    """A day on which the two talk again, without content (H03)."""
    held: Mapped[bool] = mapped_column(default=False)
    """A legal hold: nothing of it is erased while it lasts."""

    @property
    def is_local(self) -> bool:
        """Whether it helps with a request of this site: nothing of it is ever said to the hub."""
        return self.request_id is not None
