"""The people who sign in at this site: invited, their roles changed, started over, ended. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from protocol.envelope import new_id
from site_agent import roles
from site_agent.models import AnySession, Invitation, Passkey, Person, RecoveryCode, SignInSession
from site_agent.services import post
from site_agent.services.errors import ServiceError
from ui.one_line import alphabetical
from ui.signin.invitations import INVITATION_LIFETIME, PATH, PersonExistsError, new_token
from ui.signin.sessions import token_hash


class LastCoordinatorError(ServiceError):
    """Without this person nobody could do the daily work, or give anybody else an account."""

    mend = _l(
        "Nobody else who can sign in is a coordinator. Give somebody else that role first, and wait until they have "
        "signed in."
    )


class TooManyKeepersError(ServiceError):
    """The reports of the safety route are for two people, not for a group."""

    mend = _l("There are two safety keepers already. Take the role from one of them first.")


class DeputyDateError(ServiceError):
    """A deputy without a last day, or whose last day is past."""

    mend = _l("A deputy stands in until a day that you set: today or later.")


@dataclass(frozen=True)
class Post:
    """What somebody is at this site. `deputy_until` is the last day of a deputy, and None for everybody else."""

    roles: tuple[str, ...]
    deputy_until: date | None = None


def invite(
    session: AnySession,
    email: str,
    name: str,
    given: Post,
    now: datetime,
    today: date,
    *,
    again: bool = False,
) -> tuple[Person, str]:
    """Make an account without a way to sign in; the person, and the secret of their welcome link.

    With `again`, an account that is there starts over: see `start_over`; one that was ended does so always. Raises
    PersonExistsError for a known address without `again`, and what `change` raises.
    """
    email = email.strip().lower()
    person = session.scalar(select(Person).where(Person.email == email))
    if person is not None and person.left_at is None and not again:
        raise PersonExistsError(f"{email} has an account already")
    if person is None:
        _check(session, None, given, today)
        person = Person(person_id=new_id(), email=email, name=name, roles=(), added_at=now)
        session.add(person)
    elif person.left_at is not None:
        person.roles, person.left_at = (), None
    session.flush()
    change(session, person, name, given, today)
    return person, start_over(session, person, now)


def start_over(session: AnySession, person: Person, now: datetime) -> str:
    """Forget every way this person signs in and every session; returns the secret of a fresh welcome link.

    For a first link that got lost as for a phone that did: whoever may have found either is out.
    """
    _forget_ways(session, person)
    token = new_token()
    until = now + INVITATION_LIFETIME
    session.add(Invitation(token_hash=token_hash(token), person_id=person.person_id, expires_at=until))
    session.flush()
    return token


def send(session: AnySession, person: Person, token: str, now: datetime) -> None:
    """Mail the welcome link."""
    post.queue(session, "invitation", person.email, PATH + token, now, expires_at=now + INVITATION_LIFETIME)


def change(session: AnySession, person: Person, name: str, given: Post, today: date) -> None:
    """Change name and roles. Raises LastCoordinatorError, TooManyKeepersError, DeputyDateError; ValueError for a
    role that is none, or none at all."""
    _check(session, person, given, today)
    if roles.COORDINATOR not in given.roles:
        _keep_one(session, person)
    person.name, person.roles, person.deputy_until = name, given.roles, given.deputy_until
    post.reaches_others(session, given.roles)
    session.flush()


def change_email(session: AnySession, person: Person, email: str, now: datetime) -> bool:
    """From now on they sign in with this address. Every session and a link of before end; the old address hears it.

    False if it stands already: then nothing changes. Raises PersonExistsError for one that somebody has or had.
    """
    email, before = email.strip().lower(), person.email
    if email == before:
        return False
    if session.scalar(select(Person.person_id).where(Person.email == email)) is not None:
        raise PersonExistsError(f"{email} is or was somebody's address here")
    person.email = email
    for table in (SignInSession, Invitation):
        session.execute(delete(table).where(table.person_id == person.person_id))
    post.queue(session, "address-changed", before, "/sign-in", now)
    post.reaches_others(session, person.roles)
    session.flush()
    return True


def end(session: AnySession, person: Person, now: datetime) -> None:
    """End an account: it can do nothing from this moment on. Raises LastCoordinatorError."""
    _keep_one(session, person)
    _forget_ways(session, person)
    person.left_at = now
    session.flush()


def present(session: AnySession) -> list[Person]:
    """Everybody with an account, by name."""
    here = select(Person).where(Person.left_at.is_(None))
    found = session.scalars(here.order_by(func.lower(Person.name), Person.person_id))
    return sorted(found, key=lambda each: alphabetical(each.name))


def can_sign_in(session: AnySession, person: Person) -> bool:
    """Whether they have taken up their invitation."""
    if person.password_hash is not None or person.subject is not None:
        return True
    has_one = select(Passkey.passkey_id).where(Passkey.person_id == person.person_id).limit(1)
    return session.scalar(has_one) is not None


def invited_until(session: AnySession, person: Person) -> datetime | None:
    """Until when their welcome link works; None if there is none."""
    return session.scalar(
        select(func.max(Invitation.expires_at)).where(Invitation.person_id == person.person_id)
    )


def n_keepers(session: AnySession) -> int:
    """How many safety keepers there are: two are wanted."""
    return sum(roles.KEEPER in each.roles for each in present(session))


def _check(session: AnySession, person: Person | None, given: Post, today: date) -> None:
    if not given.roles or not set(given.roles) <= set(roles.ROLES):
        raise ValueError(f"roles are some of {', '.join(roles.ROLES)}; these are {given.roles!r}")
    if (roles.DEPUTY in given.roles) != (given.deputy_until is not None):
        raise DeputyDateError
    if given.deputy_until is not None and given.deputy_until < today:
        raise DeputyDateError
    is_one = person is not None and roles.KEEPER in person.roles
    if roles.KEEPER in given.roles and not is_one and n_keepers(session) >= roles.MOST_KEEPERS:
        raise TooManyKeepersError


def _keep_one(session: AnySession, person: Person) -> None:
    """Of the coordinators who can sign in, one must be left. A writer is alone, so two cannot end each other."""
    if roles.COORDINATOR not in person.roles:
        return
    others = (
        each
        for each in present(session)
        if roles.COORDINATOR in each.roles and each.person_id != person.person_id
    )
    if not any(can_sign_in(session, each) for each in others):
        raise LastCoordinatorError


def _forget_ways(session: AnySession, person: Person) -> None:
    person.password_hash = person.totp_secret = person.last_totp_step = None
    person.issuer = person.subject = None
    session.flush()
    for table in (SignInSession, Invitation, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.person_id == person.person_id))
