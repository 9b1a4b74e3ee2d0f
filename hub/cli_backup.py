"""`alongside-hub backup`: a copy of the database without letters."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from hub import backup as copies
from hub import config
from ui.clock import now


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def backup(folder: Path) -> None:
    """Copy the database into FOLDER, without letters. The hub may run meanwhile."""
    try:
        click.echo(copies.copy_database(config.current().sqlalchemy_url, folder, now()))
    except copies.BackupError as error:
        raise click.ClickException(str(error)) from error
