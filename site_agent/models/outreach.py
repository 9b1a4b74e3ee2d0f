"""Reach-out: somebody told the programme of a physician who might welcome support (E01 to E14)."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime

NOTIFIERS = ("colleague", "leader", "risk", "eap", "safety-report", "self-prompt")
"""Who told (E03: colleague, medical leader, risk management, employee assistance), a tick-box in safety reporting
(E07), and a known hard moment (E09)."""
CONSENTS = ("agreed", "routine")
"""`agreed`: the physician said yes to being contacted, as the notifier attests; `routine`: the site contacts everybody
involved, and the first message asks for consent (E01, E02)."""
STATES = ("new", "contacted", "followed-up", "asked", "offered")
"""`asked`: it became a request. `offered`: a refusal or silence; the offer itself was support (E13, J12)."""
FINAL = ("asked", "offered")


class Outreach(Base):
    """One physician, contacted at most twice. Nothing joins those of one event, or the request that may follow."""

    __tablename__ = "outreach"
    __table_args__ = (Index("ix_outreach_closed_at", "closed_at"),)

    outreach_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    ref: Mapped[str] = mapped_column(String(8), index=True)
    notifier: Mapped[str] = mapped_column(String(15))
    consent: Mapped[str] = mapped_column(String(10))
    attested_by: Mapped[str | None] = mapped_column(String(22))
    """The person_id of the coordinator who attests the consent; None: the notifier did, in the form."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(15), default="new", index=True)
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    contacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    followed_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Of the one follow-up there may be (E12)."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resources_ok: Mapped[bool | None]
    """On a refusal: whether resources may be sent (E14)."""
    case_id: Mapped[str | None] = mapped_column(String(22))
    identity: Mapped[bytes | None] = mapped_column(LargeBinary)
    reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A code, sealed."""
    held: Mapped[bool] = mapped_column(default=False)
    """A legal hold: nothing of it is erased while it lasts."""
