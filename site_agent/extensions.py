"""The database handle, and how SQLite is opened. Import `db` from here, never from the package."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from site_agent.models.base import Base

db = SQLAlchemy(metadata=Base.metadata)

BUSY_MILLISECONDS = 10_000
"""How long a writer waits for another before it gives up."""
_ONLY_READ = frozenset({"GET", "HEAD"})
ENGINE_OPTIONS: dict[str, Any] = {"hide_parameters": True}
"""For every engine: the text of an error, which a log may hold, shows no value (a name, an address, a link)."""


def prepare(engine: Engine, *, foreign_keys: bool = True) -> Engine:
    """Make every connection durable and forgetful, and every writing transaction take its lock at once.

    A read that turns into a write would otherwise fail at once when another writer came between (SQLite cannot
    upgrade a stale snapshot), and two coordinators could both find a place free. Pages that only look keep the
    plain `BEGIN`, so that they wait for nobody.
    """

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; sqlite3 would say it too late
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
            f"busy_timeout={BUSY_MILLISECONDS}",
            "secure_delete=ON",  # what is deleted is overwritten (confidentiality page, "Rules for storage")
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        only_reads = has_request_context() and request.method in _ONLY_READ
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")

    return engine


def make_engine(url: str, *, foreign_keys: bool = True) -> Engine:
    """An engine outside an app, for migrations and tools."""
    if make_url(url).get_backend_name() != "sqlite":
        raise ValueError("the site agent keeps its data in SQLite")
    return prepare(create_engine(url, **ENGINE_OPTIONS), foreign_keys=foreign_keys)


@contextmanager
def at_work(app: Flask) -> Iterator[None]:
    """The app's context for one command; what it opened of the database is closed at the end."""
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()
