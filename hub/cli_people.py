"""`alongside-hub create-person` and `close-person`: accounts for the provincial team and the advisory group."""

from __future__ import annotations

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext
from sqlalchemy import select

from hub import config
from hub.extensions import db
from hub.models import Person
from hub.services import people
from ui.clock import now
from ui.one_line import is_one_line
from ui.signin.invitations import MAX_NAME_CHARS, PATH, PersonExistsError, hand_over, known_already


@click.command("create-person")
@click.option("--email", required=True, help="Address the person signs in with.")
@click.option("--name", required=True, help="Name as others of the team see it.")
@click.option(
    "--role",
    type=click.Choice(people.ROLES),
    help="staff does everything; viewer looks at the overview and matches. Without it staff, or with --again what "
    "they are.",
)
@click.option(
    "--again", is_flag=True, help="Start an account over: forgets every way the person signs in now."
)
@with_appcontext
def create_person(email: str, name: str, role: str | None, again: bool) -> None:
    """Make an account and print its welcome link, which works once."""
    name, email = _checked_name(name), _checked_email(email)
    known = _account(email)
    role = role or (known.role if known is not None else people.STAFF)
    try:
        token = people.invite_person(db.session(), email, name, role, now(), again=again)
    except PersonExistsError as error:
        raise click.ClickException(known_already(error)) from error
    db.session.commit()
    click.echo(f"{config.current().public_url.rstrip('/')}{PATH}{token}")
    click.echo(hand_over(name), err=True)


@click.command("close-person")
@click.option("--email", required=True, help="Address of the account.")
@with_appcontext
def close_person(email: str) -> None:
    """End an account: the person is signed out everywhere and cannot sign in again."""
    person = _account(email)
    if person is None:
        raise click.ClickException(f"Nobody with the address {email} has an account.")
    try:
        people.close(db.session(), person, now())
    except people.LastStaffError as error:
        raise click.ClickException(f"{error}. Give somebody else a staff account first.") from error
    db.session.commit()
    click.echo(f"The account of {person.name} is closed.")


def _account(email: str) -> Person | None:
    known = select(Person).where(Person.email == email.strip().lower(), Person.closed_at.is_(None))
    return db.session.scalar(known)


def _checked_email(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.BadParameter(f"{email!r} is no email address: {error}", param_hint="--email") from error


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME_CHARS or not is_one_line(name):
        raise click.BadParameter(f"A name has 1 to {MAX_NAME_CHARS} characters.", param_hint="--name")
    return name
