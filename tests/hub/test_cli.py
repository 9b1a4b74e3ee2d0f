"""The command `alongside-hub`."""

import json
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner

from hub import cli, database, keys, sealed_text
from hub.extensions import db
from protocol.key_log import Log
from protocol.keys import SigningKey


@pytest.fixture
def run(tmp_path):
    def invoke(*args, **environ):
        names = {"ALONGSIDE_HUB_DATA_DIR": str(tmp_path / "data"), **environ}
        return CliRunner().invoke(cli.main, args, env=names)

    return invoke


def test_init_makes_a_hub_and_shows_the_recovery_key_once(run, tmp_path):
    result = run("init")
    assert result.exit_code == 0, result.output
    recovery = SigningKey.from_jwk(json.loads(result.output.splitlines()[-1]))
    folder = tmp_path / "data"
    with closing(sqlite3.connect(folder / "hub.sqlite")) as connection:
        rows = connection.execute("SELECT token FROM key_entries").fetchall()
    log = Log.load([token for (token,) in rows])
    assert log.entries[0].recovery_hash == recovery.kid()
    assert log.entries[0].kid == keys.load(folder).kid()
    private = recovery.jwk()["d"]
    assert not any(private.encode() in path.read_bytes() for path in folder.iterdir())


def test_init_never_replaces_a_hub(run):
    run("init")
    result = run("init")
    assert result.exit_code == 1
    assert "not replaced" in result.output


def test_upgrade_may_be_run_again(run):
    run("init")
    assert run("upgrade").exit_code == 0


def older(folder):
    """A hub as the program before made it, with an authenticator secret in clear."""
    database.downgrade(f"sqlite:///{folder}/hub.sqlite", "0002")
    (folder / keys.DATA_FILE).unlink()
    with closing(sqlite3.connect(folder / "hub.sqlite")) as connection:
        connection.execute(
            "INSERT INTO people (person_id, email, name, role, totp_secret, created_at) "
            "VALUES ('p', 'r@example.ca', 'R', 'staff', 'JBSWY3DPEHPK3PXP', '2026-11-03')"
        )
        connection.commit()


def test_upgrade_makes_the_data_key_and_encrypts_what_lay_in_clear(run, tmp_path):
    folder = tmp_path / "data"
    run("init")
    older(folder)
    result = run("upgrade")
    assert result.exit_code == 0, result.output
    with closing(sqlite3.connect(folder / "hub.sqlite")) as connection:
        ((sealed,),) = connection.execute("SELECT totp_sealed FROM people").fetchall()
    place = ("people.totp_sealed", "p")
    assert sealed_text.unseal(keys.load_data_key(folder), sealed, *place) == "JBSWY3DPEHPK3PXP"
    assert not any(b"JBSWY3DPEHPK3PXP" in path.read_bytes() for path in folder.iterdir())


def test_a_lost_data_key_is_not_made_anew(run, tmp_path):
    run("init")
    (tmp_path / "data" / keys.DATA_FILE).unlink()
    result = run("upgrade")
    assert result.exit_code == 1
    assert "Put back the copy of your key backup" in result.output
    assert not (tmp_path / "data" / keys.DATA_FILE).exists()


def test_secrets_in_clear_are_not_migrated_without_a_key(run, tmp_path):
    run("init")
    older(tmp_path / "data")
    with pytest.raises(RuntimeError, match="alongside-hub upgrade"):
        database.upgrade(f"sqlite:///{tmp_path}/data/hub.sqlite")
    with closing(sqlite3.connect(tmp_path / "data" / "hub.sqlite")) as connection:
        assert connection.execute("SELECT totp_secret FROM people").fetchall() == [("JBSWY3DPEHPK3PXP",)]


def test_run_serves_with_the_limits_in_the_background(run, monkeypatch):
    run("init")
    served = {}
    monkeypatch.setattr(cli, "serve", lambda app, host, port, **more: served.update(more, app=app, port=port))
    result = run("run", "--port", "0")
    assert result.exit_code == 0, result.output
    assert served["port"] == 0
    assert len(served["background"]) == 1
    served["ready"](4321)
    with served["app"].app_context():
        db.engine.dispose()


@pytest.mark.parametrize("args", [("run",), ("upgrade",)])
def test_what_cannot_be_used_is_said_in_a_sentence(run, args):
    assert "must be a duration" in run(*args, ALONGSIDE_HUB_ANSWER_WITHIN="soon").output


def test_run_before_init_says_what_to_do(run):
    result = run("run")
    assert result.exit_code == 1
    assert "alongside-hub init" in result.output


def test_run_on_older_tables_says_what_to_do(run, tmp_path):
    run("init")
    connection = sqlite3.connect(tmp_path / "data" / "hub.sqlite")
    connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.commit()
    connection.close()
    assert "newer version" in run("run").output


def test_a_port_in_use_is_said_in_a_sentence(run, monkeypatch):
    def taken(*args, **more):
        raise OSError(98, "Address already in use")

    run("init")
    monkeypatch.setattr(cli, "serve", taken)
    result = run("run", "--port", "4321")
    assert result.exit_code == 1
    assert "Port 4321 of 127.0.0.1 cannot be used: Address already in use. Choose another" in result.output
