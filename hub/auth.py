"""Who may sign in to the hub: the tables behind ui's sign-in pages."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from hub import database, keys, sealed_text
from hub.auth_means import MeansStore
from hub.database import AnySession
from hub.models.person import Invitation, Person, SignInFailure, SignInSession
from hub.services.people import ROLES, invite_person
from ui.signin.invitations import INVITATION_LIFETIME, PersonExistsError
from ui.signin.store import OpenSession
from ui.signin.store import Person as SignedIn

__all__ = ["INVITATION_LIFETIME", "ROLES", "PersonExistsError", "TableStore", "invite_person"]

FAILURES_KEPT = timedelta(days=1)
"""How long failed tries are kept (ours: longer than any time that sign-in looks back)."""
_TOTP = "people.totp_sealed"


def forget_stale(session: AnySession, now: datetime) -> None:
    """Delete sessions and invitations past their time, and old failures. The caller commits."""
    session.execute(delete(SignInSession).where(SignInSession.expires_at <= now))
    session.execute(delete(Invitation).where(Invitation.expires_at <= now))
    session.execute(delete(SignInFailure).where(SignInFailure.at < now - FAILURES_KEPT))


class TableStore(MeansStore):
    """`ui.signin.store.SignInStore` over the hub's tables."""

    def person_by_email(self, email: str) -> SignedIn | None:
        return self._one(Person.email == email)

    def person(self, person_id: str) -> SignedIn | None:
        return self._one(Person.person_id == person_id)

    def password_hash(self, person_id: str) -> str | None:
        return self._session.scalar(select(Person.password_hash).where(Person.person_id == person_id))

    def set_password_hash(self, person_id: str, password_hash: str) -> None:
        """Also ends the person's sessions: whoever knew the old password is out."""
        self._set(person_id, password_hash=password_hash)
        self._session.execute(delete(SignInSession).where(SignInSession.person_id == person_id))

    def totp_secret(self, person_id: str) -> str | None:
        sealed = self._session.scalar(select(Person.totp_sealed).where(Person.person_id == person_id))
        return sealed and sealed_text.unseal(keys.current_data_key(), sealed, _TOTP, person_id)

    def set_totp_secret(self, person_id: str, secret: str) -> None:
        self._set(person_id, totp_sealed=sealed_text.seal(keys.current_data_key(), secret, _TOTP, person_id))
        self._note(person_id, "authenticator")

    def last_totp_step(self, person_id: str) -> int | None:
        return self._session.scalar(select(Person.last_totp_step).where(Person.person_id == person_id))

    def set_last_totp_step(self, person_id: str, step: int) -> bool:
        fresh = or_(Person.last_totp_step.is_(None), Person.last_totp_step < step)
        return self._changes_one(
            update(Person).where(Person.person_id == person_id, fresh).values(last_totp_step=step)
        )

    def count_try(self, email_key: str, at: datetime, since: datetime, most: int) -> int | None:
        """Counting and keeping are one step: on SQLite a writer is alone, on PostgreSQL the key is locked."""
        database.alone(self._session, email_key)
        if self.failures_since(email_key, since) >= most:
            return None
        row = SignInFailure(email_key=email_key, at=at)
        self._session.add(row)
        self._session.flush()
        return row.failure_id

    def forget_try(self, try_id: int) -> None:
        self._session.execute(delete(SignInFailure).where(SignInFailure.failure_id == try_id))

    def failures_since(self, email_key: str, since: datetime) -> int:
        counted = select(func.count()).where(SignInFailure.email_key == email_key, SignInFailure.at >= since)
        return self._session.scalar(counted) or 0

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

    def touch_session(self, token_hash: str, on: date) -> None:
        """In a transaction of its own: the page that is looked at only reads."""
        engine = self._session.get_bind().engine
        with engine.begin() as connection:
            mine = update(SignInSession).where(SignInSession.token_hash == token_hash)
            connection.execute(mine.values(seen_on=on))

    def sessions_of(self, person_id: str, at: datetime) -> list[OpenSession]:
        mine = select(SignInSession).where(
            SignInSession.person_id == person_id, SignInSession.expires_at > at
        )
        rows = self._session.scalars(mine.order_by(SignInSession.started_at.desc(), SignInSession.token_hash))
        return [OpenSession(row.token_hash, row.started_at, row.seen_on) for row in rows]

    def end_session(self, token_hash: str) -> None:
        self._session.execute(delete(SignInSession).where(SignInSession.token_hash == token_hash))

    def end_session_of(self, person_id: str, token_hash: str) -> bool:
        of_them = (SignInSession.person_id == person_id, SignInSession.token_hash == token_hash)
        return self._changes_one(delete(SignInSession).where(*of_them))

    def end_other_sessions(self, person_id: str, token_hash: str) -> int:
        of_them = (SignInSession.person_id == person_id, SignInSession.token_hash != token_hash)
        return self._n_changed(delete(SignInSession).where(*of_them))

    def invited_person(self, token_hash: str, at: datetime) -> SignedIn | None:
        works = select(Invitation.person_id).where(
            Invitation.token_hash == token_hash, Invitation.expires_at > at
        )
        person_id = self._session.scalar(works)
        return self.person(person_id) if person_id is not None else None

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
        joined = self._changes_one(
            update(Person)
            .where(Person.person_id == person_id, Person.subject.is_(None))
            .values(issuer=issuer, subject=subject)
        )
        if joined:
            self._note(person_id, "provider-joined")
        return joined

    def commit(self) -> None:
        self._session.commit()

    def _one(self, *conditions: ColumnElement[bool]) -> SignedIn | None:
        row = self._session.scalar(select(Person).where(Person.closed_at.is_(None), *conditions))
        if row is None:
            return None
        return SignedIn(row.person_id, row.name, row.email, frozenset({row.role}))

    def _set(self, person_id: str, **values: object) -> None:
        self._session.execute(update(Person).where(Person.person_id == person_id).values(**values))
