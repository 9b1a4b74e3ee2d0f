"""The database and its versions: every change of a table is a migration, run by `alongside-agent upgrade`."""

import os
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url

from site_agent.extensions import BUSY_MILLISECONDS, make_engine

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_SHORT_MILLISECONDS = 200
"""So long the write-ahead log's cut may keep writers waiting; the next round tries again."""


class DatabaseVersionError(Exception):
    """The database and this program do not belong together; the message says what to do."""


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` up to a revision, making it if there is none. Each migration is one commit."""
    _make_private(url)
    _run(url, lambda config: command.upgrade(config, revision))


def _make_private(url: str) -> None:
    # SQLite gives its log files the mode of the database, so making it 0600 is enough for all of them.
    path = make_url(url).database
    if path and path != ":memory:":
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision (`base`: no tables)."""
    _run(url, lambda config: command.downgrade(config, revision))


def check(url: str) -> None:
    """Raises DatabaseVersionError unless the database is exactly what this program was written for."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    _judge(current, scripts.get_current_head(), {each.revision for each in scripts.walk_revisions()})


def _judge(current: str | None, head: str | None, known: set[str]) -> None:
    if current == head:
        return
    if current is None or current in known:
        raise DatabaseVersionError("The database is of an older version. Run: alongside-agent upgrade")
    raise DatabaseVersionError("The database is of a newer version. Install the newer program again.")


def cut_log(engine: Engine) -> bool:
    """Write the write-ahead log into the database and cut it to nothing: until then it holds what was deleted.

    False if somebody reads or writes just now; try again later.
    """
    held = engine.raw_connection()
    try:
        cursor = held.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_SHORT_MILLISECONDS}")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        return not busy
    finally:
        held.close()


def _run(url: str, work: Callable[[Config], None]) -> None:
    # Foreign keys are off while tables are rebuilt (SQLite's own recipe), and checked before the commit.
    engine = make_engine(url, foreign_keys=False)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["check"] = _check_references
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            scripts = ScriptDirectory(str(MIGRATIONS))
            current = MigrationContext.configure(connection).get_current_revision()
            connection.rollback()
            known = {each.revision for each in scripts.walk_revisions()}
            if current is not None and current not in known:
                _judge(current, scripts.get_current_head(), known)
            work(config)
    finally:
        engine.dispose()


def _check_references(connection: Connection) -> None:
    if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise DatabaseVersionError("The migration would leave rows that point nowhere; nothing was changed.")
