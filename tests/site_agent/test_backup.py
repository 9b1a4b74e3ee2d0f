"""Backups: a case is opened only where both are, the copy of the database and the backup of the keys."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from protocol.messages.handover import Identity
from site_agent import backup, cli
from site_agent.extensions import at_work, db
from site_agent.keys import KeyFileError, KeyStore
from site_agent.models import CaseKey, OutboxRow, Outreach, Request
from site_agent.services import (
    cases,
    disclosure,
    inter_site_home,
    outreach,
    policy,
    post,
    requests,
    retention,
)
from site_agent.services.outreach import Notice, Told
from tests.faults.canary import found_in, of_folder
from tests.support.agent import Agent, Province, a_request, add_person, candidates, new_app
from tests.support.clock import StoppedClock

NAME, EMAIL = "Zephyrine Quillfeather", "z.quillfeather@canary.example"
WHO = Identity(NAME, ("call",), ("evening",), phone="+12505550142", email=EMAIL)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """A site with a request here, one on its way elsewhere with letters that wait, and an outreach."""
    province = Province(tmp_path_factory.mktemp("sites"), StoppedClock())
    home, there = province.agent("Kettle Basin"), province.agent("Cedar Inlet")
    with home.session() as session:
        add_person(session, home.now)
        requests.record(session, a_request(home.now, identity=WHO, elsewhere=False, mail_ok=True), home.now)
        far = requests.record(session, a_request(home.now, identity=WHO, elsewhere=True), home.now).request
        inter_site_home.shortlisted(session, str(far.thid), 1, candidates(there.site_id), home.now)
        post.queue(session, "request", EMAIL, "/m/a-secret-link", home.now)
        outreach.record(session, Notice("colleague", (Told(NAME, None, EMAIL, True),)), "seed", home.now)
    yield home
    for each in (home, there):
        with each.app.app_context():
            db.engine.dispose()


def folder(agent: Agent) -> Path:
    found: Path = agent.app.extensions["agent_config"].data_dir
    return found


def copied(agent: Agent, to: Path) -> Path:
    return backup.copy_database(folder(agent) / "agent.sqlite", to, agent.now)


def keys_copied(agent: Agent, to: Path) -> Path:
    with agent.app.app_context():
        backup.copy_keys(db.session, folder(agent), to, agent.now)
    return to


@pytest.fixture
def copies(agent: Agent, tmp_path: Path) -> tuple[Path, Path]:
    """The copy of the database, and the file of the keys."""
    return copied(agent, tmp_path / "copies"), keys_copied(agent, tmp_path / "keys.json")


def restored(data: Path, copies: tuple[Path, Path], clock: StoppedClock) -> tuple[Flask, backup.Restored]:
    """The documented steps: the copy into a fresh folder, then the keys."""
    data.mkdir(mode=0o700)
    copies[0].rename(data / "agent.sqlite")
    kept = backup.read_keys(copies[1])
    KeyStore(data).put_back(kept.files)
    app = new_app(data, clock)
    with at_work(app):
        done = backup.restore_cases(db.session, kept, clock.now())
        db.session.commit()
    return app, done


def names(app: Flask) -> list[str | None]:
    with at_work(app):
        found = [disclosure.own_identity(db.session, row) for row in db.session.scalars(select(Request))]
    return [who and who.name for who in found]


def test_a_copy_holds_no_key_no_letter_and_no_address_of_a_physician(
    agent: Agent, copies: tuple[Path, Path]
) -> None:
    with agent.session() as session:
        wrapped = session.scalars(select(CaseKey.wrapped)).all()
        [letters] = session.scalars(select(OutboxRow.token).where(OutboxRow.type == "match.letters"))
    live = (folder(agent) / "agent.sqlite").read_bytes() + (folder(agent) / "agent.sqlite-wal").read_bytes()
    assert all(key in live for key in wrapped), "the positive control"
    pieces = [letters[at : at + 200].encode() for at in range(0, len(letters), 200)]  # of a long value: pages
    assert pieces[0] in live
    data = copies[0].read_bytes()
    assert [key for key in wrapped if key in data] == []
    assert [piece for piece in pieces if piece in data] == []
    for _name, piece in of_folder(copies[0].parent):
        assert found_in(piece, [NAME, "Quillfeather", EMAIL, "a-secret-link"]) == set()


def test_both_files_are_for_this_user_only(copies: tuple[Path, Path]) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in copies} == {0o600}
    assert stat.S_IMODE(copies[0].parent.stat().st_mode) == 0o700


def test_with_both_in_a_fresh_folder_cases_open(
    agent: Agent, copies: tuple[Path, Path], tmp_path: Path
) -> None:
    app, done = restored(tmp_path / "fresh", copies, agent.clock)
    assert done == backup.Restored(n_opened=3, n_lost=0, is_outdated=False)
    assert names(app) == [NAME, NAME]
    with at_work(app):
        [row] = db.session.scalars(select(Outreach))
        who = outreach.contact_of(db.session, row)
        assert (who and who.name) == NAME


def test_the_copy_alone_opens_nothing(agent: Agent, copies: tuple[Path, Path], tmp_path: Path) -> None:
    """Not even beside the site's own keys."""
    data = tmp_path / "fresh"
    data.mkdir(mode=0o700)
    copies[0].rename(data / "agent.sqlite")
    KeyStore(data).put_back(KeyStore(folder(agent)).texts())
    with pytest.raises(cases.SealedValueError):
        names(new_app(data, agent.clock))


def test_the_keys_alone_open_nothing(copies: tuple[Path, Path]) -> None:
    assert found_in(copies[1].read_bytes(), [NAME, EMAIL]) == set()


def test_after_its_time_it_gives_back_no_case_and_what_is_left_still_runs(
    agent: Agent, copies: tuple[Path, Path], tmp_path: Path
) -> None:
    later = StoppedClock(agent.now + timedelta(days=policy.NUMBERS["key_backup_days"].default))
    app, done = restored(tmp_path / "fresh", copies, later)
    assert done == backup.Restored(n_opened=0, n_lost=3, is_outdated=True)
    assert names(app) == [None, None]
    with app.app_context():
        for row in db.session.scalars(select(Request)):
            assert (row.state in ("new", "looking"), row.case_id, row.reason) == (True, None, None)
        retention.run(db.session, later.now())
        db.session.rollback()
        db.engine.dispose()


def test_what_was_erased_after_the_keys_were_copied_stays_erased(
    agent: Agent, copies: tuple[Path, Path], tmp_path: Path
) -> None:
    """The copy of the database is younger than the erasing, the keys are older."""
    kept = backup.read_keys(copies[1])
    assert len(kept.cases) == 3
    kept.cases["x" * 22] = b"a case that the copy does not name"
    data = tmp_path / "fresh"
    data.mkdir(mode=0o700)
    copies[0].rename(data / "agent.sqlite")
    KeyStore(data).put_back(kept.files)
    app = new_app(data, agent.clock)
    with app.app_context():
        assert backup.restore_cases(db.session, kept, agent.now).n_opened == 3
        assert db.session.get(CaseKey, "x" * 22) is None
        with pytest.raises(backup.BackupError, match="in use"):
            backup.restore_cases(db.session, kept, agent.now)
        db.session.rollback()
        db.engine.dispose()


def test_a_life_is_never_longer_than_a_name_is_kept(agent: Agent) -> None:
    with agent.session() as session:
        assert backup.lifetime(session) == timedelta(days=7)
        policy.put(session, "identity_days", 2)
        assert backup.lifetime(session) == timedelta(days=2)
        session.rollback()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"good_until": 1, "files": {}, "cases": {}}', "ü"])
def test_a_file_that_is_no_backup_of_keys_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(backup.BackupError, match="no backup of keys"):
        backup.read_keys(path)
    with pytest.raises(backup.BackupError, match="cannot be read"):
        backup.read_keys(tmp_path / "nothing.json")


def test_keys_are_not_put_over_others(agent: Agent, copies: tuple[Path, Path], tmp_path: Path) -> None:
    other = KeyStore(tmp_path / "other")
    other.load_or_create()
    with pytest.raises(KeyFileError, match="fresh folder"):
        other.put_back(backup.read_keys(copies[1]).files)
    with pytest.raises(KeyFileError, match="does not hold the keys"):
        other.put_back({"data.key": "x"})


def call(data: Path, *words: str) -> Result:
    environ = {"ALONGSIDE_AGENT_DATA_DIR": str(data), "ALONGSIDE_AGENT_PUBLIC_URL": "https://peers.example"}
    return CliRunner().invoke(cli.main, list(words), env=environ, catch_exceptions=False)


def test_the_documented_steps_in_their_order(agent: Agent, tmp_path: Path) -> None:
    keys, fresh = tmp_path / "keys.json", tmp_path / "fresh"
    with agent.app.app_context():
        backup.copy_keys(db.session, folder(agent), keys, datetime.now(UTC))  # commands go by the real clock
    fresh.mkdir(mode=0o700)
    copied(agent, tmp_path / "copies").rename(fresh / "agent.sqlite")
    assert call(fresh, "upgrade").exit_code == 0
    for n_tried in range(2):
        done = call(fresh, "restore-keys", str(keys))
        assert done.exit_code == n_tried, done.output
        assert ("fresh folder." if n_tried else "Cases that can be opened: 3. Without a key") in done.output
    assert names(new_app(fresh, agent.clock)) == [NAME, NAME]


def test_the_three_commands(tmp_path: Path) -> None:
    data, fresh, keys = tmp_path / "data", tmp_path / "fresh", tmp_path / "keys.json"
    call(data, "init")
    made = call(data, "backup", str(tmp_path / "copies"))
    assert made.exit_code == 0, made.output
    assert "Destroy it by then." in call(data, "backup-keys", str(keys)).output
    again = call(data, "backup-keys", str(keys))
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    nothing = call(fresh, "restore-keys", str(keys))
    assert (nothing.exit_code, "no database yet" in nothing.output) == (1, True)
    fresh.mkdir(mode=0o700)
    os.rename(made.stdout.strip(), fresh / "agent.sqlite")
    done = call(fresh, "restore-keys", str(keys))
    assert (done.exit_code, "Cases that can be opened: 0." in done.output) == (0, True), done.output
    assert KeyStore(fresh).texts() == KeyStore(data).texts() == json.loads(keys.read_text())["files"]
    assert call(fresh, "upgrade").exit_code == 0


@pytest.mark.parametrize("content", [b"", b"no database" * 500], ids=["empty", "damaged"])
def test_a_copy_that_fails_leaves_nothing_that_looks_like_one(tmp_path: Path, content: bytes) -> None:
    source, to = tmp_path / "agent.sqlite", tmp_path / "copies"
    source.write_bytes(content)
    with pytest.raises(backup.BackupError, match="cannot be copied"):
        backup.copy_database(source, to, datetime.now(UTC))
    assert list(to.iterdir()) == []
