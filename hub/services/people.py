"""The people of the hub: invited, their role changed, started over, closed. The caller commits.

Each change is in the audit log with who made it: `by` is a person_id, or `audit.COMMAND` for whoever runs commands on
the hub's machine.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, func, select

from hub import audit, database
from hub.database import AnySession
from hub.models import Invitation, PasskeyRow, Person, RecoveryCode, SignInSession
from ui.one_line import alphabetical
from ui.signin.invitations import INVITATION_LIFETIME, PersonExistsError, new_token
from ui.signin.sessions import token_hash

STAFF, VIEWER = "staff", "viewer"
ROLES = (STAFF, VIEWER)
"""`staff`: the provincial team, every page. `viewer`: the advisory group, overview and matches, no changes."""


class LastStaffError(ValueError):
    """Without this person nobody could do the team's work, or give anybody else an account."""


def invite_person(
    session: AnySession,
    email: str,
    name: str,
    role: str,
    now: datetime,
    *,
    again: bool = False,
    by: str = audit.COMMAND,
) -> str:
    """Make an account without a way to sign in; returns the secret of its welcome link.

    With `again`, an account that is there starts over: see `start_over`; a closed one does so always. Raises
    PersonExistsError for a known address without `again`, ValueError for an unknown role.
    """
    if role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}; it is {role!r}")
    email = email.strip().lower()
    database.alone(session, f"person {email}")
    person = session.scalar(select(Person).where(Person.email == email).with_for_update())
    if person is not None and person.closed_at is None and not again:
        raise PersonExistsError(f"{email} has an account already")
    if person is None:
        person = Person(person_id=secrets.token_urlsafe(16), email=email, created_at=now)
        session.add(person)
    person.name, person.role, person.closed_at = name, role, None
    session.flush()
    audit.of_person(session, "person-invited", now, actor=by, person_id=person.person_id, code=role)
    return _welcome(session, person, now)


def start_over(session: AnySession, person: Person, now: datetime, by: str) -> str:
    """Forget every way this person signs in and every session; returns the secret of a fresh welcome link.

    For a first link that got lost as for a phone that did: whoever may have found either is out.
    """
    code = "started-over" if can_sign_in(session, person) else "link-renewed"
    audit.of_person(session, f"person-{code}", now, actor=by, person_id=person.person_id)
    return _welcome(session, person, now)


def _welcome(session: AnySession, person: Person, now: datetime) -> str:
    _forget_ways(session, person)
    token = new_token()
    session.add(
        Invitation(
            token_hash=token_hash(token), person_id=person.person_id, expires_at=now + INVITATION_LIFETIME
        )
    )
    session.flush()
    return token


def set_role(session: AnySession, person: Person, role: str, now: datetime, by: str) -> None:
    """Change what somebody may do. Raises LastStaffError, ValueError for an unknown role."""
    if role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}; it is {role!r}")
    if role != STAFF:
        _keep_one(session, person)
    person.role = role
    session.flush()
    audit.of_person(session, "person-role", now, actor=by, person_id=person.person_id, code=role)


def change_email(session: AnySession, person: Person, email: str, now: datetime, by: str) -> None:
    """From now on they sign in with this address. Every session and a link of before end.

    The address that stands already changes nothing. Raises PersonExistsError for one that somebody has or had.
    """
    email = email.strip().lower()
    if email == person.email:
        return
    database.alone(session, f"person {email}")
    if session.scalar(select(Person.person_id).where(Person.email == email)) is not None:
        raise PersonExistsError(f"{email} is or was somebody's address here")
    person.email = email
    session.flush()
    for table in (SignInSession, Invitation):
        session.execute(delete(table).where(table.person_id == person.person_id))
    audit.of_person(session, "person-email", now, actor=by, person_id=person.person_id)


def close(session: AnySession, person: Person, now: datetime, by: str = audit.COMMAND) -> None:
    """End an account: it can do nothing from this moment on. Raises LastStaffError."""
    _keep_one(session, person)
    _forget_ways(session, person)
    person.closed_at = now
    session.flush()
    audit.of_person(session, "person-ended", now, actor=by, person_id=person.person_id)


def present(session: AnySession) -> list[Person]:
    """Everybody with an account, by name."""
    open_ones = select(Person).where(Person.closed_at.is_(None))
    found = session.scalars(open_ones.order_by(func.lower(Person.name), Person.person_id))
    return sorted(found, key=lambda each: alphabetical(each.name))


def can_sign_in(session: AnySession, person: Person) -> bool:
    """Whether they have taken up their invitation."""
    if person.password_hash is not None or person.subject is not None:
        return True
    has_one = select(PasskeyRow.passkey_id).where(PasskeyRow.person_id == person.person_id).limit(1)
    return session.scalar(has_one) is not None


def invited_until(session: AnySession, person: Person) -> datetime | None:
    """Until when their welcome link works; None if there is none."""
    mine = select(func.max(Invitation.expires_at)).where(Invitation.person_id == person.person_id)
    return session.scalar(mine)


def _keep_one(session: AnySession, person: Person) -> None:
    """Of the staff who can sign in, one must be left. Their rows are locked, so that two cannot close each other."""
    staff = select(Person).where(Person.role == STAFF, Person.closed_at.is_(None)).order_by(Person.person_id)
    rows = session.scalars(staff.with_for_update().execution_options(populate_existing=True)).all()
    others = [each for each in rows if each.person_id != person.person_id]
    if person.role == STAFF and not any(can_sign_in(session, each) for each in others):
        raise LastStaffError(f"{person.email} is the last of the staff who can sign in")


def _forget_ways(session: AnySession, person: Person) -> None:
    person.password_hash = person.totp_sealed = person.last_totp_step = None
    person.issuer = person.subject = None
    session.flush()
    for table in (SignInSession, Invitation, PasskeyRow, RecoveryCode):
        session.execute(delete(table).where(table.person_id == person.person_id))
