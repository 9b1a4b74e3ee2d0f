"""`alongside-agent backup`, `backup-keys` and `restore-keys`: copies, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy.engine import make_url

from site_agent import backup as copies
from site_agent.cli_people import APP, SETTINGS
from site_agent.extensions import at_work, db
from site_agent.keys import KeyFileError, KeyStore
from ui.clock import now

Result = TypeVar("Result")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def backup(context: click.Context, folder: Path) -> None:
    """Copy the database into FOLDER, without letters and case keys. The agent may run meanwhile."""
    with at_work(context.obj[APP]()):
        database = Path(make_url(context.obj[SETTINGS]().database_url).database or "")
        click.echo(_or_say(lambda: copies.copy_database(database, folder, now())))


@click.command("backup-keys")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup_keys(context: click.Context, file: Path) -> None:
    """Copy the key files and the keys of the cases into a new FILE, apart from the database."""
    with at_work(context.obj[APP]()):
        data_dir = context.obj[SETTINGS]().data_dir
        until = _or_say(lambda: copies.copy_keys(db.session, data_dir, file, now()))
    click.echo(f"{file} opens cases until {until:%Y-%m-%d %H:%M} UTC. Destroy it by then.")


@click.command("restore-keys")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def restore_keys(context: click.Context, file: Path) -> None:
    """Put the keys of FILE beside a copy of the database in a fresh data folder."""
    kept = _or_say(lambda: copies.read_keys(file))
    settings = context.obj[SETTINGS]()
    if not Path(make_url(settings.database_url).database or "").exists():
        raise click.ClickException("There is no database yet. Put its copy into the data folder first.")
    _or_say(lambda: KeyStore(settings.data_dir).put_back(kept.files))
    with at_work(context.obj[APP]()):
        done = _or_say(lambda: copies.restore_cases(db.session, kept, now()))
        db.session.commit()
    if done.is_outdated:
        click.echo("The time of this backup is over: it gives back the site's own keys, and no case.")
    click.echo(f"Cases that can be opened: {done.n_opened}. Without a key, and forgotten: {done.n_lost}.")


def _or_say(work: Callable[[], Result]) -> Result:
    try:
        return work()
    except (copies.BackupError, KeyFileError) as error:
        raise click.ClickException(str(error)) from error
