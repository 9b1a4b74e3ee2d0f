"""`alongside-agent create-person` and `close-person`: accounts for the people who sign in at this site."""

from __future__ import annotations

from datetime import date, datetime

import click
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from sqlalchemy import select

from site_agent.extensions import at_work, db
from site_agent.looks import site, site_zone
from site_agent.models import Person
from site_agent.roles import COORDINATOR, ROLES
from site_agent.services import people
from site_agent.services.errors import ServiceError
from ui.clock import now
from ui.one_line import is_one_line
from ui.signin.invitations import MAX_NAME_CHARS, PATH, PersonExistsError, hand_over, known_already

APP = "app"
"""Under this name the commands find how to make the app."""
SETTINGS = "settings"
"""And under this one how to read the settings."""


@click.command("create-person")
@click.option("--email", required=True, help="Address the person signs in with.")
@click.option("--name", required=True, help="Name as others at the site see it.")
@click.option(
    "--role",
    "roles",
    type=click.Choice(ROLES),
    multiple=True,
    help="May be given several times; without it coordinator, or with --again what they are.",
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of a deputy, as 2026-12-24.")
@click.option(
    "--again", is_flag=True, help="Start an account over: forgets every way the person signs in now."
)
@click.pass_context
def create_person(
    context: click.Context, email: str, name: str, roles: tuple[str, ...], until: datetime | None, again: bool
) -> None:
    """Make an account and print its welcome link, which works once."""
    email, name = _checked_email(email), _checked_name(name)
    given = people.Post(roles, until.date() if until else None)
    app: Flask = context.obj[APP]()
    with at_work(app):
        link = _invite(email, name, given, again=again)
    click.echo(link)
    click.echo(hand_over(name), err=True)


@click.command("close-person")
@click.option("--email", required=True, help="Address of the account.")
@click.pass_context
def close_person(context: click.Context, email: str) -> None:
    """End an account: the person is signed out everywhere and cannot sign in again."""
    app: Flask = context.obj[APP]()
    with at_work(app):
        known = select(Person).where(Person.email == email.strip().lower(), Person.left_at.is_(None))
        person = db.session.scalar(known)
        if person is None:
            raise click.ClickException(f"Nobody with the address {email} has an account.")
        try:
            people.end(db.session, person, now())
        except ServiceError as error:
            raise click.ClickException(_mend(error)) from error
        db.session.commit()
        click.echo(f"The account of {person.name} is closed.")


def _invite(email: str, name: str, given: people.Post, *, again: bool) -> str:
    today: date = now().astimezone(site_zone()).date()
    known = db.session.scalar(select(Person).where(Person.email == email.lower(), Person.left_at.is_(None)))
    if not given.roles:
        kept = (known.roles, known.deputy_until) if known is not None else ((COORDINATOR,), None)
        given = people.Post(*kept)
    try:
        _person, token = people.invite(db.session, email, name, given, now(), today, again=again)
    except PersonExistsError as error:
        raise click.ClickException(known_already(error)) from error
    except ServiceError as error:
        raise click.ClickException(_mend(error)) from error
    db.session.commit()
    here = site()
    base = (here.public_url if here else "") or current_app.extensions["agent_config"].public_url
    return f"{base}{PATH}{token}"


def _mend(error: ServiceError) -> str:
    with current_app.test_request_context():  # words for people need a request to know the language
        return str(error.mend)


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
