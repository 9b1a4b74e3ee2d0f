"""`alongside-hub create-person`: an account for the provincial team or the advisory group, by a one-time link."""

from __future__ import annotations

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext

from hub import config
from hub.auth import INVITATION_LIFETIME, ROLES, PersonExistsError, invite_person
from hub.extensions import db
from ui.clock import now

MAX_NAME_CHARS = 120


@click.command("create-person")
@click.option("--email", required=True, help="Address the person signs in with.")
@click.option("--name", required=True, help="Name as others of the team see it.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="staff",
    show_default=True,
    help="staff does everything; viewer looks at the overview and matches.",
)
@click.option("--again", is_flag=True, help="Start an account over: forgets its password and authenticator.")
@with_appcontext
def create_person(email: str, name: str, role: str, again: bool) -> None:
    """Make an account and print its welcome link, which works once."""
    try:
        token = invite_person(
            db.session(), _checked_email(email), _checked_name(name), role, now(), again=again
        )
    except PersonExistsError as error:
        raise click.ClickException(
            f"{error}. Add --again to give a fresh link; it forgets the password and the authenticator."
        ) from error
    db.session.commit()
    days = INVITATION_LIFETIME.days
    click.echo(f"{config.current().public_url.rstrip('/')}/sign-in/welcome/{token}")
    click.echo(f"Hand this link to {name}. It works once, within {days} days.", err=True)


def _checked_email(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.BadParameter(f"{email!r} is no email address: {error}", param_hint="--email") from error


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME_CHARS:
        raise click.BadParameter(f"A name has 1 to {MAX_NAME_CHARS} characters.", param_hint="--name")
    return name
