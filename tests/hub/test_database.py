"""Opening the database, and migrations up and down with data, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from hub import database
from hub.extensions import Base, db
from hub.models import Counter, Site
from hub.models.columns import UtcDateTime

REVISIONS = [
    script.revision for script in reversed(list(ScriptDirectory(str(database._SCRIPTS)).walk_revisions()))
]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request, tmp_path):
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite"
        return
    server = request.getfixturevalue("postgres_server")
    url = server.fresh()
    yield url
    server.drop(url)


@pytest.fixture
def engine(empty_url):
    engine = sa.create_engine(empty_url)
    database.prepare(engine)
    yield engine
    engine.dispose()


def row_of(table: sa.Table) -> dict[str, object]:
    """Some value for every column, within its length."""
    values: dict[type, object] = {int: 1, bool: True, bytes: b"x", date: date(2026, 12, 1)}
    values[datetime] = datetime(2026, 12, 1, tzinfo=UTC)
    row: dict[str, object] = {}
    for column in table.columns:
        if isinstance(column.type, sa.JSON):
            row[column.name] = []
        else:
            kind = datetime if isinstance(column.type, sa.DateTime) else column.type.python_type
            row[column.name] = values.get(kind, "x")
    return row


def fill(engine):
    """One row in every table that the database has now, read from the database itself."""
    found = sa.MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        for table in found.sorted_tables:
            if table.name not in {"alembic_version", "counters"}:
                connection.execute(table.insert(), row_of(table))
    return {table.name for table in found.sorted_tables}


def test_the_migrations_end_at_the_models(engine, empty_url):
    database.upgrade(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _compare_type})
        assert compare_metadata(context, Base.metadata) == []


def _compare_type(_context, _inspected, _column, inspected_type, declared):
    """None leaves it to Alembic; our moments are compared by what they are kept as."""
    if isinstance(declared, UtcDateTime):
        return not isinstance(inspected_type, sa.DateTime)
    return None


def test_every_migration_goes_up_and_down_again_with_data(engine, empty_url):
    for revision in REVISIONS:
        database.upgrade(empty_url, revision)
    tables = fill(engine)
    assert len(tables) > 15
    for revision in [*reversed(REVISIONS[:-1]), "base"]:
        database.downgrade(empty_url, revision)
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}
    database.upgrade(empty_url)
    database.require_current(engine)


def test_each_migration_keeps_the_data_of_the_one_before(engine, empty_url):
    database.upgrade(empty_url, REVISIONS[0])
    fill(engine)
    for revision in REVISIONS[1:]:
        database.upgrade(empty_url, revision)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT name FROM sites")).scalars().all() == ["x"]


def test_upgrading_twice_changes_nothing(engine, empty_url):
    database.upgrade(empty_url)
    database.upgrade(empty_url)
    with engine.connect() as connection:
        names = connection.execute(sa.select(Counter.name).order_by(Counter.name)).scalars().all()
    assert names == ["directory", "heads", "offers"]


def test_an_older_database_asks_for_an_upgrade(engine):
    with pytest.raises(database.DatabaseVersionError, match="alongside-hub upgrade"):
        database.require_current(engine)


def test_a_newer_database_is_refused(engine, empty_url):
    database.upgrade(empty_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(database.DatabaseVersionError, match="newer"):
        database.require_current(engine)


def test_sqlite_is_opened_safely(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.sqlite")
    database.prepare(engine)
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "secure_delete", "busy_timeout")
        }
    engine.dispose()
    assert found == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "secure_delete": 1,
        "busy_timeout": 15_000,
    }


def test_a_writer_takes_its_lock_when_it_begins_and_a_looker_does_not(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.sqlite", connect_args={"timeout": 0})
    database.prepare(engine)
    begun: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *a: begun.append(a[2]))
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    assert begun[0] == "BEGIN IMMEDIATE"
    begun.clear()
    from flask import Flask

    with Flask("x").test_request_context("/", method="GET"), engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    assert begun[0] == "BEGIN"
    engine.dispose()


def test_moments_come_back_aware_and_naive_ones_are_refused(hub):
    site = hub.site()
    assert hub.rows(Site, Site.site_id == site.site_id)[0].state_at == hub.now
    with hub.app.app_context(), pytest.raises(sa.exc.StatementError, match="time zone"):
        db.session.execute(sa.update(Site).values(state_at=datetime(2026, 12, 1)))  # noqa: DTZ001


def test_an_error_of_the_database_shows_no_values(hub):
    with hub.app.app_context(), pytest.raises(sa.exc.IntegrityError) as caught:
        db.session.execute(sa.insert(Counter), {"name": "offers", "value": 987_654})
    assert "987654" not in str(caught.value)
    with hub.app.app_context():
        db.session.rollback()
