"""Who may sign in to the hub: the tables behind ui's sign-in pages, and the invitations that begin an account."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, CursorResult, Update, delete, func, or_, select, update
from sqlalchemy.orm import Session, scoped_session

from hub.models.person import Invitation, Person, SignInFailure, SignInSession
from ui.signin.sessions import token_hash
from ui.signin.store import Person as SignedIn

AnySession: TypeAlias = Session | scoped_session[Any]

ROLES = ("staff", "viewer")
"""`staff`: the provincial team, every page. `viewer`: the advisory group, overview and matches, no changes."""

INVITATION_LIFETIME = timedelta(days=3)
"""How long a welcome link works (ours: over a weekend, no longer)."""

FAILURES_KEPT = timedelta(days=1)
"""How long failed tries are kept (ours: longer than any time that sign-in looks back)."""


class PersonExistsError(ValueError):
    """Somebody has this address already; a fresh welcome link must be asked for on purpose."""


def invite_person(
    session: AnySession, email: str, name: str, role: str, now: datetime, *, again: bool = False
) -> str:
    """Make an account without a password; returns the secret of its welcome link. The caller commits.

    With `again`, an account that is there starts over: password, authenticator and sessions are forgotten.
    Raises PersonExistsError for a known address without `again`, ValueError for an unknown role.
    """
    if role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}; it is {role!r}")
    email = email.strip().lower()
    person = session.scalar(select(Person).where(Person.email == email))
    if person is not None and not again:
        raise PersonExistsError(f"{email} has an account already")
    if person is None:
        person = Person(person_id=secrets.token_urlsafe(16), email=email, created_at=now)
        session.add(person)
    person.name, person.role, person.closed_at = name, role, None
    person.password_hash = person.totp_secret = person.last_totp_step = None
    person.issuer = person.subject = None
    session.flush()
    _end_sessions(session, person.person_id)
    session.execute(delete(Invitation).where(Invitation.person_id == person.person_id))
    token = secrets.token_urlsafe(32)
    session.add(
        Invitation(
            token_hash=token_hash(token),
            person_id=person.person_id,
            expires_at=now + INVITATION_LIFETIME,
        )
    )
    session.flush()
    return token


def forget_stale(session: AnySession, now: datetime) -> None:
    """Delete sessions and invitations past their time, and old failures. The caller commits."""
    session.execute(delete(SignInSession).where(SignInSession.expires_at <= now))
    session.execute(delete(Invitation).where(Invitation.expires_at <= now))
    session.execute(delete(SignInFailure).where(SignInFailure.at < now - FAILURES_KEPT))


class TableStore:
    """`ui.signin.store.SignInStore` over the hub's tables."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def person_by_email(self, email: str) -> SignedIn | None:
        return self._one(Person.email == email)

    def person(self, person_id: str) -> SignedIn | None:
        return self._one(Person.person_id == person_id)

    def password_hash(self, person_id: str) -> str | None:
        return self._session.scalar(select(Person.password_hash).where(Person.person_id == person_id))

    def set_password_hash(self, person_id: str, password_hash: str) -> None:
        """Also ends the person's sessions: whoever knew the old password is out."""
        self._set(person_id, password_hash=password_hash)
        _end_sessions(self._session, person_id)

    def totp_secret(self, person_id: str) -> str | None:
        return self._session.scalar(select(Person.totp_secret).where(Person.person_id == person_id))

    def set_totp_secret(self, person_id: str, secret: str) -> None:
        self._set(person_id, totp_secret=secret)

    def last_totp_step(self, person_id: str) -> int | None:
        return self._session.scalar(select(Person.last_totp_step).where(Person.person_id == person_id))

    def set_last_totp_step(self, person_id: str, step: int) -> bool:
        fresh = or_(Person.last_totp_step.is_(None), Person.last_totp_step < step)
        return self._changes_one(
            update(Person).where(Person.person_id == person_id, fresh).values(last_totp_step=step)
        )

    def failures_since(self, email_key: str, since: datetime) -> int:
        counted = select(func.count()).where(SignInFailure.email_key == email_key, SignInFailure.at >= since)
        return self._session.scalar(counted) or 0

    def record_failure(self, email_key: str, at: datetime) -> None:
        self._session.add(SignInFailure(email_key=email_key, at=at))
        self._session.flush()

    def clear_failures(self, email_key: str) -> None:
        self._session.execute(delete(SignInFailure).where(SignInFailure.email_key == email_key))

    def start_session(self, person_id: str, token_hash: str, at: datetime, expires_at: datetime) -> None:
        """Also forgets what is past its time, so that these tables never grow."""
        forget_stale(self._session, at)
        self._session.add(
            SignInSession(token_hash=token_hash, person_id=person_id, started_at=at, expires_at=expires_at)
        )
        self._session.flush()

    def session_person(self, token_hash: str, at: datetime) -> str | None:
        return self._session.scalar(
            select(SignInSession.person_id).where(
                SignInSession.token_hash == token_hash, SignInSession.expires_at > at
            )
        )

    def end_session(self, token_hash: str) -> None:
        self._session.execute(delete(SignInSession).where(SignInSession.token_hash == token_hash))

    def take_invitation(self, token_hash: str, at: datetime) -> str | None:
        """One DELETE decides, so that two presses of the button cannot both have it."""
        return self._session.scalar(
            delete(Invitation)
            .where(Invitation.token_hash == token_hash, Invitation.expires_at > at)
            .returning(Invitation.person_id)
        )

    def person_by_subject(self, issuer: str, subject: str) -> SignedIn | None:
        return self._one(Person.issuer == issuer, Person.subject == subject)

    def link_subject(self, person_id: str, issuer: str, subject: str) -> bool:
        return self._changes_one(
            update(Person)
            .where(Person.person_id == person_id, Person.subject.is_(None))
            .values(issuer=issuer, subject=subject)
        )

    def commit(self) -> None:
        self._session.commit()

    def _one(self, *conditions: ColumnElement[bool]) -> SignedIn | None:
        row = self._session.scalar(select(Person).where(Person.closed_at.is_(None), *conditions))
        if row is None:
            return None
        return SignedIn(row.person_id, row.name, row.email, frozenset({row.role}))

    def _set(self, person_id: str, **values: object) -> None:
        self._session.execute(update(Person).where(Person.person_id == person_id).values(**values))

    def _changes_one(self, statement: Update) -> bool:
        result = self._session.execute(statement)
        assert isinstance(result, CursorResult)
        return result.rowcount == 1


def _end_sessions(session: AnySession, person_id: str) -> None:
    session.execute(delete(SignInSession).where(SignInSession.person_id == person_id))
