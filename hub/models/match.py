"""Matches: a random id, a stage and a modality, two sites, a state and a clock. Never who."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import HASH_CHARS, ID_CHARS, Moment, UtcDateTime, Word


class Match(Base):
    """One request from elsewhere. Every change is one conditional update on `state` and `version`."""

    __tablename__ = "matches"
    __table_args__ = (
        sa.UniqueConstraint("home_site_id", "home_thid"),
        sa.Index("ix_matches_helper_site_id_helper_thid", "helper_site_id", "helper_thid"),
        sa.Index("ix_matches_state_asked_at", "state", "asked_at"),
    )

    match_id: Mapped[str] = mapped_column(sa.String(ID_CHARS), primary_key=True)
    home_site_id: Mapped[str | None] = mapped_column(sa.ForeignKey("sites.site_id"))
    """None once forgotten, 30 days after the end; so are the thids."""
    home_thid: Mapped[str | None] = mapped_column(sa.String(ID_CHARS))
    stage: Mapped[Word]
    modality: Mapped[Word]
    withdrawal_hash: Mapped[str] = mapped_column(sa.String(HASH_CHARS), unique=True)
    asked_at: Mapped[Moment]
    state: Mapped[Word]
    """A `protocol.match_states.State`."""
    state_at: Mapped[Moment]
    limit_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), index=True)
    """When the state's limit passes; None in a final state."""
    version: Mapped[int] = mapped_column(sa.Integer, default=0)
    """Counts the changes, so that two that started from the same row cannot both count."""

    round: Mapped[int] = mapped_column(sa.Integer, default=0)
    """Which shortlist is out; letters name it."""
    shortlist_hash: Mapped[str | None] = mapped_column(sa.String(HASH_CHARS))
    waiting_hash: Mapped[str | None] = mapped_column(sa.String(HASH_CHARS))
    """Of the shortlist that home turned down: the same one is not sent again."""
    offers_seen: Mapped[int] = mapped_column(sa.Integer, default=0)
    """The state of everybody's offers when a shortlist was last tried."""
    letters_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """When home's letters last came."""

    helper_site_id: Mapped[str | None] = mapped_column(sa.ForeignKey("sites.site_id"))
    helper_thid: Mapped[str | None] = mapped_column(sa.String(ID_CHARS))
    awaiting_jti: Mapped[str | None] = mapped_column(sa.String(ID_CHARS))
    """The proposal or release that is to be answered."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    contact_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    extended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    attempted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    reached_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    contact_met: Mapped[bool | None] = mapped_column(sa.Boolean)
    """Whether the first attempt came inside the limit; None while that is open."""
    touch_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """When home was told *in touch*, which happens once a helper."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    closing_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    salt: Mapped[str | None] = mapped_column(sa.String(ID_CHARS))
    """Of the site hashes in this match's audit lines, and of its decisions' inputs; erased with the site ids."""
