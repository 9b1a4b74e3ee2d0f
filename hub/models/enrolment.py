"""Enrolments: one row for each one-time code, with the keys that were presented with it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import HASH_CHARS, ID_CHARS, Moment, UtcDateTime, Word


class EnrolmentState(StrEnum):
    """How far a code has come."""

    OPEN = "open"
    BEGUN = "begun"
    """Keys were presented; the challenge is out."""
    PROVED = "proved"
    """The site holds both keys; staff compare the six words."""
    APPROVED = "approved"
    REFUSED = "refused"
    REPLACED = "replaced"
    """A newer code was given out."""


class Enrolment(Base):
    """A code (by its hash only) and what became of it."""

    __tablename__ = "enrolments"

    enrolment_id: Mapped[str] = mapped_column(sa.String(ID_CHARS), primary_key=True)
    site_id: Mapped[str] = mapped_column(sa.ForeignKey("sites.site_id"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(HASH_CHARS), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    expires_at: Mapped[Moment]
    state: Mapped[Word]
    state_at: Mapped[Moment]
    signing_key: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    """Public JWKs."""
    sealing_key: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    signing_kid: Mapped[str | None] = mapped_column(sa.String(HASH_CHARS), index=True)
    sealing_kid: Mapped[str | None] = mapped_column(sa.String(HASH_CHARS))
    nonce: Mapped[str | None] = mapped_column(sa.String(ID_CHARS))
    opened_hash: Mapped[str | None] = mapped_column(sa.String(HASH_CHARS))
    """Of what the sealed challenge holds."""
    challenge: Mapped[str | None] = mapped_column(sa.Text)
    """The token that was answered, so that the same question gets the same bytes."""
    decided_by: Mapped[str | None] = mapped_column(sa.String(ID_CHARS))
    """Person of the hub's staff."""
