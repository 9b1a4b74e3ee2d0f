"""The command `alongside-hub`: set up, upgrade and run a hub."""

import json
import secrets
from pathlib import Path

import click
from flask.cli import ScriptInfo

from hub import config, create_app, database, keys
from hub.cli_backup import backup
from hub.cli_people import close_person, create_person
from hub.extensions import db
from hub.services import key_directory, limits
from protocol.keys import SigningKey
from ui import clock
from ui.serve import serve

_SECRET_BYTES = 32
_DATA_KEY_SINCE = "0003"
"""The version of the tables that first needs `data.key`."""


@click.group()
@click.option(
    "--config",
    "settings_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file with settings; the environment (ALONGSIDE_HUB_…) wins over it.",
)
@click.pass_context
def main(context: click.Context, settings_file: Path | None) -> None:
    """The hub: brokers matches between sites without learning who asks."""
    context.meta["settings"] = settings_file
    context.obj = ScriptInfo(create_app=lambda: create_app(_settings(context)), set_debug_flag=False)


main.add_command(create_person)
main.add_command(close_person)
main.add_command(backup)


@main.command("demo", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def demo(words: tuple[str, ...]) -> None:
    """Start a hub and four sites on this machine, to try the product. `--once` plays the story and stops."""
    # Imported here because the demo's packages are an extra: `pip install 'alongside[demo]'`.
    from hub.demo.command import demo as play

    play.main(args=list(words), prog_name="alongside-hub demo")


@main.command()
@click.pass_context
def init(context: click.Context) -> None:
    """Make a new hub: data folder, keys, tables, the first entry of the key log. Prints the recovery key once."""
    settings = _settings(context)
    try:
        keys.create(settings.data_dir)
        keys.write_private(settings.data_dir / config.COOKIE_KEY_FILE, secrets.token_urlsafe(_SECRET_BYTES))
    except keys.KeyFileError as error:
        raise click.ClickException(str(error)) from error
    database.upgrade(settings.sqlalchemy_url)
    recovery = SigningKey.generate()
    with create_app(_settings(context)).app_context():
        key_directory.start(db.session(), recovery.kid(), clock.now())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    click.echo(
        "The hub is set up. This recovery key is shown only now and kept nowhere: print it, put the paper"
    )
    click.echo("in a safe. With it the sites can be moved to a new hub key if this one is lost or stolen.\n")
    click.echo(json.dumps(recovery.jwk()))


@main.command()
@click.pass_context
def upgrade(context: click.Context) -> None:
    """Bring the tables to the version of this program. Stop the hub and make a backup first."""
    settings = _settings(context)
    try:
        keys.load(settings.data_dir)
        # A hub of a version before 0003 has no data key yet; a later one that lost it must not get another.
        older = (database.revision_of(settings.sqlalchemy_url) or "") < _DATA_KEY_SINCE
        if older and not (settings.data_dir / keys.DATA_FILE).exists():
            keys.add_data_key(settings.data_dir)
        data_key = keys.load_data_key(settings.data_dir)
    except keys.KeyFileError as error:
        raise click.ClickException(str(error)) from error
    database.upgrade(settings.sqlalchemy_url, data_key=data_key)
    click.echo("The tables are up to date.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port; 0 lets the system choose.")
@click.pass_context
def run(context: click.Context, host: str, port: int) -> None:
    """Serve until stopped."""
    try:
        app = create_app(_settings(context))
        with app.app_context():
            try:
                database.require_current(db.engine)
            finally:
                db.engine.dispose()
    except (keys.KeyFileError, config.ConfigError, database.DatabaseVersionError) as error:
        raise click.ClickException(str(error)) from error
    try:
        serve(
            app,
            host,
            port,
            background=[limits.background(app)],
            ready=lambda bound: click.echo(f"Listening on http://{host}:{bound}"),
        )
    except OSError as error:
        raise click.ClickException(
            f"Port {port} of {host} cannot be used: {error.strerror}. Choose another with --port."
        ) from error


def _settings(context: click.Context) -> config.HubConfig:
    try:
        return config.load(context.meta["settings"])
    except config.ConfigError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
