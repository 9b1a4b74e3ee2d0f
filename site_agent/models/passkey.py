"""Passkeys of the people who sign in, and the questions that were answered with one."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from site_agent.models.base import Base
from site_agent.models.columns import UtcDateTime


class Passkey(Base):
    """A passkey: its public key, how often it says it was used, and a short code to tell it by."""

    __tablename__ = "passkey"

    passkey_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.person_id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str] = mapped_column(String(8))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_on: Mapped[date | None]


class SpentChallenge(Base):
    """A question that a passkey answered: the same answer is worth nothing a second time."""

    __tablename__ = "spent_challenge"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
