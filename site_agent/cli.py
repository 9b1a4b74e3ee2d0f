"""`alongside-agent`: make the data folder, bring the database up to date, name the site, add people, run."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from zoneinfo import available_timezones

import click
from flask import Flask

from site_agent import create_app, database
from site_agent.cli_backup import backup, backup_keys, restore_keys
from site_agent.cli_link import clear_alarm
from site_agent.cli_people import APP, SETTINGS, close_person, create_person
from site_agent.clock import loop as clock_loop
from site_agent.config import AgentConfig, ConfigError
from site_agent.extensions import at_work, db
from site_agent.keys import KeyFileError, KeyStore
from site_agent.link import loop as link_loop
from site_agent.link.addresses import hub_address
from site_agent.link.errors import HubAddressError, InsecureAddressError
from site_agent.looks import DEFAULT_ZONE
from site_agent.mail.sender import is_configured
from site_agent.models import Site
from ui.serve import serve

_CONFIG = "config"
NO_MAIL = (
    "No mail leaves this site: supporters get no links. Set ALONGSIDE_AGENT_SMTP_HOST and ALONGSIDE_AGENT_SMTP_SENDER "
    "(docs/operating.md)."
)

Result = TypeVar("Result")


@click.group()
@click.option("--config", "path", type=click.Path(path_type=Path), help="A TOML file with settings.")
@click.pass_context
def main(context: click.Context, path: Path | None) -> None:
    """The site agent of Alongside: one site's own program for physician peer support."""
    context.obj = {_CONFIG: path, SETTINGS: lambda: _config(context), APP: lambda: _app(_config(context))}


main.add_command(create_person)
main.add_command(close_person)
main.add_command(clear_alarm)
main.add_command(backup)
main.add_command(backup_keys)
main.add_command(restore_keys)


@main.command()
@click.pass_context
def init(context: click.Context) -> None:
    """Make the data folder, the keys and the database. Repeating it changes nothing."""
    config = _config(context)
    _or_say(lambda: KeyStore(config.data_dir).load_or_create())
    _or_say(lambda: database.upgrade(config.database_url))
    click.echo(f"Ready: {config.data_dir}")
    click.echo("Keep a copy of the key files apart from the database's backups: alongside-agent backup-keys")


@main.command()
@click.pass_context
def upgrade(context: click.Context) -> None:
    """Bring the database up to this program's version."""
    _or_say(lambda: database.upgrade(_config(context).database_url))
    click.echo("The database is up to date.")


@main.command("set-site")
@click.option("--name", required=True, help="What people call the site.")
@click.option("--community", default="", help="Where it is.")
@click.option("--zone", default="", help="IANA time zone, such as America/Vancouver.")
@click.option("--phone", default="", help="The coordinator's phone, shown when this computer is down.")
@click.option("--public-url", default="", help="Where people reach the pages, https://…")
@click.option("--hub-url", default="", help="The hub's address.")
@click.pass_context
def set_site(context: click.Context, /, **given: str) -> None:
    """Name the site. What is not given keeps its value."""
    if given["zone"] and given["zone"] not in available_timezones():
        raise click.ClickException(f"{given['zone']} is no time zone; use one like {DEFAULT_ZONE}.")
    config = _config(context)
    given["hub_url"] = _hub_url(given["hub_url"])
    with at_work(_app(config)):
        site = db.session.get(Site, 1)
        if site is None:
            site = Site(id=1, public_url=config.public_url, hub_url="", community="", phone="")
            db.session.add(site)
        for name, value in given.items():
            if value:
                setattr(site, name, value.rstrip("/") if name.endswith("_url") else value)
        db.session.commit()
    click.echo(f"This site is {given['name']}.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, help="0 lets the system choose.")
@click.option("--threads", default=8, show_default=True)
@click.pass_context
def run(context: click.Context, host: str, port: int, threads: int) -> None:
    """Serve the pages, and exchange with the hub, until stopped."""
    config = _config(context)
    app = _app(config)
    work = [link_loop.background(app), clock_loop.background(app)]
    if not is_configured(config):
        click.echo(NO_MAIL, err=True)

    def ready(actual: int) -> None:
        click.echo(f"Serving on http://{host}:{actual}")

    try:
        serve(app, host, port, threads, background=work, ready=ready)
    except OSError as error:
        raise click.ClickException(
            f"Port {port} of {host} cannot be used: {error.strerror}. Choose another with --port."
        ) from error


def _hub_url(typed: str) -> str:
    try:
        return hub_address(typed) if typed else ""
    except InsecureAddressError:
        raise click.ClickException(
            "--hub-url begins with https://; http:// is for this machine only."
        ) from None
    except HubAddressError:
        raise click.ClickException(
            "--hub-url is an address without spaces, such as https://hub.example.ca"
        ) from None


def _config(context: click.Context) -> AgentConfig:
    # Read here and not in the group, so that `--help` of a command needs no settings.
    try:
        return AgentConfig.load(context.obj[_CONFIG])
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def _app(config: AgentConfig) -> Flask:
    if not KeyStore(config.data_dir).exists():
        raise click.ClickException("Nothing is there yet. Run: alongside-agent init")
    _or_say(lambda: database.check(config.database_url))
    return _or_say(lambda: create_app(config))


def _or_say(work: Callable[[], Result]) -> Result:
    try:
        return work()
    except (KeyFileError, database.DatabaseVersionError) as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
