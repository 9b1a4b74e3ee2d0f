"""Opening the database safely, and bringing its tables to the version of this program.

SQLite: write-ahead log, foreign keys, every commit durable (`synchronous=FULL`), deleted letters overwritten
(`secure_delete`), and a writer takes its lock when it begins, so that what it reads is still true when it writes.
PostgreSQL needs no more than its defaults.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import has_request_context, request
from sqlalchemy.orm import Session, scoped_session

BUSY_MILLISECONDS = 15_000
"""How long a writer waits for another before it gives up."""
_SHORT_MILLISECONDS = 200
"""How long cutting the log waits: it is tried again in a few seconds, and nobody should wait for it."""
AnySession: TypeAlias = Session | scoped_session[Any]
_SCRIPTS = Path(__file__).parent / "migrations"
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
)


class DatabaseVersionError(RuntimeError):
    """The tables are not those of this program; the message says how to mend it."""


def engine_options() -> dict[str, Any]:
    """Options for every engine: values never appear in an error, since they may be letters."""
    return {"hide_parameters": True}


def prepare(engine: sa.Engine) -> None:
    """Give an engine its settings before the first connection."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_pragmas)
        sa.event.listen(engine, "begin", _begin)


def cut_log(engine: sa.Engine) -> bool:
    """Write SQLite's write-ahead log into the database and cut it to nothing: until then it holds what was deleted.

    False if somebody reads or writes just now; try again later. On PostgreSQL there is nothing to do: True.
    """
    if engine.dialect.name != "sqlite":
        return True
    held = engine.raw_connection()
    try:
        cursor = held.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_SHORT_MILLISECONDS}")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        return not busy
    finally:
        held.close()


def alone(session: AnySession, key: str) -> None:
    """Of all transactions that name this key one goes on; the others wait until it has ended.

    For what is looked up before it is written: a unique column would stop the second one too, but only by an error
    that says nothing to anybody. On SQLite a writer is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def upgrade(url: str, revision: str = "head", data_key: bytes | None = None) -> None:
    """Bring the tables to `revision`. Running it again changes nothing.

    `data_key` encrypts secrets that an older program left in clear; RuntimeError if there are some and it is None.
    """
    with _migrating(url) as config:
        config.attributes["data_key"] = data_key
        command.upgrade(config, revision)


def downgrade(url: str, revision: str) -> None:
    """Take the tables back to an earlier `revision`."""
    with _migrating(url) as config:
        command.downgrade(config, revision)


def revision_of(url: str) -> str | None:
    """Which version the tables are of; None before there are any."""
    with _migrating(url) as config:
        return MigrationContext.configure(config.attributes["connection"]).get_current_revision()


def require_current(engine: sa.Engine) -> None:
    """Raise DatabaseVersionError unless the tables are exactly those of this program."""
    newest = ScriptDirectory(str(_SCRIPTS)).get_current_head()
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present == newest:
        return
    known = {script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
    if present is not None and present not in known:
        raise DatabaseVersionError(
            "The database belongs to a newer version of this program: install that one."
        )
    raise DatabaseVersionError("The database is older than this program: run `alongside-hub upgrade`.")


@contextmanager
def _migrating(url: str) -> Iterator[Config]:
    engine = sa.create_engine(url, poolclass=sa.NullPool, **engine_options())
    prepare(engine)
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        yield config
    engine.dispose()


def _set_pragmas(dbapi_connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself; `_begin` does.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # A page that is only looked at changes nothing, so it need not wait for writers.
    reading = has_request_context() and request.method in {"GET", "HEAD"}
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
