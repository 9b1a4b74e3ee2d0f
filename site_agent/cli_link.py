"""`alongside-agent clear-alarm`: ending an alarm about the hub's keys from the terminal, as its page does."""

from __future__ import annotations

import click
from sqlalchemy import select

from site_agent.cli_people import APP
from site_agent.extensions import at_work, db
from site_agent.hub_link import hub_link
from site_agent.models import Person
from site_agent.roles import IN_CHARGE
from ui.clock import now


@click.command("clear-alarm")
@click.option(
    "--email", required=True, help="Who does it: a coordinator or lead of this site. It is kept who did."
)
@click.pass_context
def clear_alarm(context: click.Context, email: str) -> None:
    """End an alarm about the hub's keys, by the six words that the provincial team reads out by phone."""
    with at_work(context.obj[APP]()):
        hub = hub_link()
        status = hub.status(db.session, now())
        if status.alarm is None:
            click.echo("There is no alarm.")
            return
        person_id = _in_charge(email.strip().lower())
        if status.trouble is not None:
            click.echo(f"{status.trouble.what} {status.trouble.mend}", err=True)
        words = click.prompt("The six words on the provincial team's screen, as another site reads them too")
        try:
            hub.clear_alarm(db.session, words, now(), person_id)
        except hub.errors as error:
            db.session.rollback()
            trouble = hub.failure(error).trouble
            raise click.ClickException(f"{trouble.what} {trouble.mend}") from error
    click.echo("The alarm has ended. Letters are sealed again.")


def _in_charge(email: str) -> str:
    person = db.session.scalar(select(Person).where(Person.email == email, Person.left_at.is_(None)))
    if person is None or not set(person.roles) & set(IN_CHARGE):
        raise click.ClickException(
            "Nobody in charge of this site has this address: a coordinator or lead ends it."
        )
    return person.person_id
