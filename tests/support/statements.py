"""SQL, compiled once for all SQLite databases of a run: SQLAlchemy remembers by engine, and each test has a new one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_compiled: dict[Any, Any] = {}


def share() -> None:
    """From now on, engines for SQLite share what they compiled; the dialects that it was compiled for count as one."""
    SQLiteDialect_pysqlite.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    SQLiteDialect_pysqlite.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    SQLiteDialect_pysqlite.engine_created = classmethod(_remember_together)  # type: ignore[assignment]


def _remember_together(_dialect: type[Any], engine: Engine) -> None:
    engine.update_execution_options(compiled_cache=_compiled)
