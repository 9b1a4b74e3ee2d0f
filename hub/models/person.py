"""Who may sign in at the hub: the provincial team and the advisory group. Nobody who asks for support is ever here."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hub.extensions import Base
from hub.models.columns import ID_CHARS, Moment, UtcDateTime, Word

TOKEN_HASH_CHARS = 64
"""SHA-256 in hex, as `ui.signin.sessions.token_hash` makes it."""


class Person(Base):
    """An account. `role` is one of `hub.auth.ROLES`; a closed account can do nothing."""

    __tablename__ = "people"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)

    person_id: Mapped[str] = mapped_column(sa.String(ID_CHARS), primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    """Trimmed and in lower case."""
    name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[Word]
    password_hash: Mapped[str | None] = mapped_column(sa.String(255))
    totp_sealed: Mapped[str | None] = mapped_column(sa.String(160))
    """The authenticator's secret, encrypted with the hub's data key."""
    last_totp_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    issuer: Mapped[str | None] = mapped_column(sa.String(255))
    """With `subject`, the account at an OpenID Connect provider."""
    subject: Mapped[str | None] = mapped_column(sa.String(255))
    created_at: Mapped[Moment]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class Invitation(Base):
    """A welcome link that was not used yet; using it deletes it."""

    __tablename__ = "invitations"

    token_hash: Mapped[str] = mapped_column(sa.String(TOKEN_HASH_CHARS), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.person_id"), index=True)
    expires_at: Mapped[Moment]


class SignInSession(Base):
    """Somebody is signed in; the browser holds the token, this table only its hash."""

    __tablename__ = "sign_in_sessions"

    token_hash: Mapped[str] = mapped_column(sa.String(TOKEN_HASH_CHARS), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.person_id"), index=True)
    started_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    seen_on: Mapped[date | None]
    """The last day it was used; None while that is the first."""


class SignInFailure(Base):
    """A try that was wrong or is not judged yet, under a keyed hash of what was typed, so that mistyped addresses
    are not kept."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (sa.Index("ix_sign_in_failures_email_key_at", "email_key", "at"),)

    failure_id: Mapped[int] = mapped_column(primary_key=True)
    email_key: Mapped[str] = mapped_column(sa.String(TOKEN_HASH_CHARS))
    at: Mapped[Moment]


class PasskeyRow(Base):
    """A passkey: its public key, how often it says it was used, and a short code to tell it by."""

    __tablename__ = "passkeys"

    passkey_id: Mapped[str] = mapped_column(sa.String(ID_CHARS), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.person_id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    label: Mapped[str] = mapped_column(sa.String(8))
    added_at: Mapped[Moment]
    used_on: Mapped[date | None]


class RecoveryCode(Base):
    """A recovery code that was not used yet; using it deletes it."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[str] = mapped_column(sa.String(TOKEN_HASH_CHARS), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.person_id"), index=True)


class SpentChallenge(Base):
    """A question that a passkey answered: the same answer is worth nothing a second time."""

    __tablename__ = "spent_challenges"

    challenge_hash: Mapped[str] = mapped_column(sa.String(TOKEN_HASH_CHARS), primary_key=True)
    expires_at: Mapped[Moment] = mapped_column(index=True)
