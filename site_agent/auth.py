"""Keeps sign-ins for `ui.signin` in the site's own tables."""

from datetime import date, datetime

from flask import g
from sqlalchemy import bindparam, delete, func, select, update

from site_agent import roles
from site_agent.auth_means import MeansStore, n_changed
from site_agent.extensions import db
from site_agent.keys import current_keys
from site_agent.looks import site_zone
from site_agent.models import Invitation, Person, SignInFailure, SignInSession
from site_agent.models.conditional import move
from site_agent.services import sealed_text
from ui.clock import now
from ui.signin.store import OpenSession
from ui.signin.store import Person as SignedIn

_TOTP = "person.totp_secret"
# Made once: every page asks.
_SIGNED_IN = (
    select(Person)
    .join(SignInSession, SignInSession.person_id == Person.person_id)
    .where(SignInSession.token_hash == bindparam("token_hash"), SignInSession.expires_at > bindparam("at"))
)


class TableStore(MeansStore):
    """The `SignInStore` of the site agent."""

    def person_by_email(self, email: str) -> SignedIn | None:
        return _signed_in(db.session.scalar(select(Person).where(Person.email == email)))

    def person(self, person_id: str) -> SignedIn | None:
        return _signed_in(db.session.get(Person, person_id))

    def password_hash(self, person_id: str) -> str | None:
        return _row(person_id).password_hash

    def set_password_hash(self, person_id: str, password_hash: str) -> None:
        """Also ends the person's sessions: whoever sat in one does not stay."""
        _row(person_id).password_hash = password_hash
        db.session.execute(delete(SignInSession).where(SignInSession.person_id == person_id))

    def totp_secret(self, person_id: str) -> str | None:
        sealed = _row(person_id).totp_secret
        return None if sealed is None else sealed_text.unseal(current_keys().data, sealed, _TOTP, person_id)

    def set_totp_secret(self, person_id: str, secret: str) -> None:
        _row(person_id).totp_secret = sealed_text.seal(current_keys().data, secret, _TOTP, person_id)

    def last_totp_step(self, person_id: str) -> int | None:
        return _row(person_id).last_totp_step

    def set_last_totp_step(self, person_id: str, step: int) -> bool:
        later = Person.last_totp_step.is_(None) | (Person.last_totp_step < step)
        return move(db.session, _row(person_id), later, last_totp_step=step)

    def count_try(self, email_key: str, at: datetime, since: datetime, most: int) -> int | None:
        """A writer is alone from its first statement on, so counting and keeping are one step."""
        if self.failures_since(email_key, since) >= most:
            return None
        row = SignInFailure(email_key=email_key, failed_at=at)
        db.session.add(row)
        db.session.flush()
        return row.id

    def forget_try(self, try_id: int) -> None:
        db.session.execute(delete(SignInFailure).where(SignInFailure.id == try_id))

    def failures_since(self, email_key: str, since: datetime) -> int:
        counted = select(func.count()).where(
            SignInFailure.email_key == email_key, SignInFailure.failed_at >= since
        )
        return db.session.scalar(counted) or 0

    def clear_failures(self, email_key: str) -> None:
        db.session.execute(delete(SignInFailure).where(SignInFailure.email_key == email_key))

    def start_session(self, person_id: str, token_hash: str, at: datetime, expires_at: datetime) -> None:
        db.session.execute(delete(SignInSession).where(SignInSession.expires_at <= at))
        db.session.add(
            SignInSession(token_hash=token_hash, person_id=person_id, started_at=at, expires_at=expires_at)
        )

    def session_person(self, token_hash: str, at: datetime) -> str | None:
        person = db.session.scalar(_SIGNED_IN, {"token_hash": token_hash, "at": at})
        if person is None:
            return None
        g.signed_in_row = person  # who it is is asked next, and the session forgets rows that nobody holds
        return person.person_id

    def touch_session(self, token_hash: str, on: date) -> None:
        """In a transaction of its own: the page that is looked at only reads."""
        with db.engine.begin() as connection:
            mine = update(SignInSession).where(SignInSession.token_hash == token_hash)
            connection.execute(mine.values(seen_on=on))

    def sessions_of(self, person_id: str, at: datetime) -> list[OpenSession]:
        mine = select(SignInSession).where(
            SignInSession.person_id == person_id, SignInSession.expires_at > at
        )
        rows = db.session.scalars(mine.order_by(SignInSession.started_at.desc(), SignInSession.token_hash))
        return [OpenSession(row.token_hash, row.started_at, row.seen_on) for row in rows]

    def end_session(self, token_hash: str) -> None:
        db.session.execute(delete(SignInSession).where(SignInSession.token_hash == token_hash))

    def end_session_of(self, person_id: str, token_hash: str) -> bool:
        of_them = (SignInSession.person_id == person_id, SignInSession.token_hash == token_hash)
        return n_changed(delete(SignInSession).where(*of_them)) == 1

    def end_other_sessions(self, person_id: str, token_hash: str) -> int:
        of_them = (SignInSession.person_id == person_id, SignInSession.token_hash != token_hash)
        return n_changed(delete(SignInSession).where(*of_them))

    def invited_person(self, token_hash: str, at: datetime) -> SignedIn | None:
        works = (Invitation.token_hash == token_hash, Invitation.expires_at > at)
        person_id = db.session.scalar(select(Invitation.person_id).where(*works))
        return self.person(person_id) if person_id is not None else None

    def take_invitation(self, token_hash: str, at: datetime) -> str | None:
        """Deleting it is the conditional update: of two at once, one gets the row."""
        taken = delete(Invitation).where(Invitation.token_hash == token_hash, Invitation.expires_at > at)
        return db.session.scalar(taken.returning(Invitation.person_id))

    def person_by_subject(self, issuer: str, subject: str) -> SignedIn | None:
        found = select(Person).where(Person.issuer == issuer, Person.subject == subject)
        return _signed_in(db.session.scalar(found))

    def link_subject(self, person_id: str, issuer: str, subject: str) -> bool:
        return move(db.session, _row(person_id), Person.subject.is_(None), issuer=issuer, subject=subject)

    def commit(self) -> None:
        db.session.commit()


def _row(person_id: str) -> Person:
    return db.session.get_one(Person, person_id)


def _signed_in(person: Person | None) -> SignedIn | None:
    if person is None or person.left_at is not None:
        return None
    today = now().astimezone(site_zone()).date()
    allowed = roles.in_force(person.roles, person.deputy_until, today)
    return SignedIn(person.person_id, person.name, person.email, allowed)
