"""Migrations, and how SQLite is opened."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError, StatementError

from site_agent import database
from site_agent.extensions import db, make_engine
from site_agent.models import Base, Seen, Supporter
from tests.support.agent import Agent, add_supporter


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/agent.sqlite"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_migrations_end_at_the_models(url: str, engine: Engine) -> None:
    database.upgrade(url)
    database.check(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert tables(engine) == set(Base.metadata.tables)


def test_the_file_is_for_this_user_only(url: str, tmp_path: Path, engine: Engine) -> None:
    database.upgrade(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM setting"))
        assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("agent.sqlite*")} == {0}


def test_up_and_down_and_up_again_with_data(url: str, engine: Engine) -> None:
    database.upgrade(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO setting (name, value) VALUES ('offer_hours', '6')"))
    database.upgrade(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT value FROM setting")).scalar() == "6"
    database.downgrade(url, "base")
    assert tables(engine) == set()
    database.upgrade(url)
    assert tables(engine) == set(Base.metadata.tables)


def test_every_migration_alone_goes_down_and_up(url: str) -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(database.MIGRATIONS))
    for script in reversed(list(scripts.walk_revisions())):
        database.upgrade(url, script.revision)
        database.downgrade(url, script.down_revision or "base")  # type: ignore[arg-type]
        database.upgrade(url, script.revision)


def test_an_older_database_says_what_to_run(url: str) -> None:
    with pytest.raises(database.DatabaseVersionError, match="alongside-agent upgrade"):
        database.check(url)


@pytest.mark.parametrize("act", [database.check, database.upgrade])
def test_a_newer_database_is_refused_and_left_alone(act: Any, url: str, engine: Engine) -> None:
    database.upgrade(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(database.DatabaseVersionError, match="newer"):
        act(url)


def test_a_migration_that_fails_changes_nothing(
    url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise database.DatabaseVersionError("rows that point nowhere")

    monkeypatch.setattr(database, "_check_references", refuse)
    with pytest.raises(database.DatabaseVersionError):
        database.upgrade(url)
    monkeypatch.undo()
    assert tables(engine) == set()
    database.upgrade(url)
    database.check(url)


def test_rows_that_point_nowhere_stop_a_migration(url: str) -> None:
    database.upgrade(url)
    loose = make_engine(url, foreign_keys=False)
    with loose.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO invitation (token_hash, person_id, expires_at) VALUES ('x', 'nobody', '2026-01-01')"
            )
        )
        with pytest.raises(database.DatabaseVersionError, match="nothing was changed"):
            database._check_references(connection)
    loose.dispose()


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="SQLite"):
        make_engine("postgresql://localhost/x")


def test_sqlite_is_opened_durable_and_forgetful(session: Any) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }
    for pragma, value in wanted.items():
        assert session.execute(text(f"PRAGMA {pragma}")).scalar() == value, pragma


def test_foreign_keys_hold(session: Any, cedar: Agent) -> None:
    with pytest.raises(IntegrityError):
        session.execute(
            text(
                "INSERT INTO invitation (token_hash, person_id, expires_at) VALUES ('x', 'nobody', '2026-01-01')"
            )
        )


def test_writers_wait_for_each_other_instead_of_failing(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)
    who, begin, errors = supporter.supporter_id, threading.Barrier(10), []
    session.commit()

    def work() -> None:
        begin.wait()
        with cedar.app.app_context():
            try:
                row = db.session.get_one(Supporter, who)
                row.max_open = row.max_open + 1
                db.session.commit()
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    assert errors == []
    assert supporter.max_open == 11


def test_a_page_that_only_looks_waits_for_nobody(cedar: Agent, session: Any) -> None:
    session.execute(text("SELECT 1"))  # this session holds the write lock now
    seen = []

    def look() -> None:
        with cedar.app.test_request_context(method="GET"):
            seen.append(db.session.execute(text("SELECT name FROM site")).scalar())

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(5)
    assert seen == ["Cedar Inlet"]


def test_a_moment_without_a_zone_cannot_be_stored(session: Any) -> None:
    session.add(Seen(jti_hash="h", seen_at=datetime(2026, 1, 1)))  # noqa: DTZ001
    with pytest.raises(StatementError, match="zone"):
        session.flush()


def test_a_moment_comes_back_in_utc(session: Any) -> None:
    at = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=-8)))
    session.add(Seen(jti_hash="h", seen_at=at))
    session.commit()
    kept = session.get_one(Seen, "h", populate_existing=True)
    assert (kept.seen_at, kept.seen_at.tzinfo) == (at, UTC)


def test_the_text_of_an_error_shows_no_value(session: Any, cedar: Agent, engine: Engine) -> None:
    first = add_supporter(session, cedar.now, "Dr. Wren Canary")
    copy = {column.key: getattr(first, column.key) for column in inspect(Supporter).columns}
    session.add(Supporter(**copy | {"supporter_id": "B" * 22}))
    with pytest.raises(IntegrityError) as refused:
        session.flush()
    assert "Canary" not in str(refused.value)
    assert engine.hide_parameters
