"""A copy of the hub's database holds no letter, and a hub runs on it."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub import backup, cli, config, keys
from hub.extensions import db
from hub.models import Letter, Match, OutboxRow
from protocol.match_states import State
from tests.faults.canary import found_in
from tests.support.clock import START
from tests.support.fake_site import CARD, IDENTITY, FakeSite
from tests.support.hub import HubUnderTest, hub_config

# PostgreSQL has a tool of its own.
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def helpers(hub: HubUnderTest) -> list[FakeSite]:
    """The first is asked, the letters to the second wait."""
    home, sites = hub.site(), [hub.helper(), hub.helper()]
    request = home.ask()
    request.listed()
    request.write(*sites)
    return sites


def copied(hub: HubUnderTest, to: Path) -> Path:
    with hub.app.app_context():
        return backup.copy_database(config.current().sqlalchemy_url, to, hub.now)


@sqlite_only
def test_no_letter_is_in_a_copy(hub: HubUnderTest, helpers: list[FakeSite], tmp_path: Path) -> None:
    with hub.session():
        [live] = [Path(str(db.engine.url.database))]
    control = live.read_bytes() + live.with_name(live.name + "-wal").read_bytes()
    assert {word for word, _ in found_in(control, [CARD, IDENTITY])} == {CARD, IDENTITY}
    copy = copied(hub, tmp_path / "copies")
    assert found_in(copy.read_bytes(), [CARD, IDENTITY]) == set()
    assert (hub.count(Letter), hub.match().state) == (2, State.PROPOSED), "the hub itself keeps them"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (copy, copy.parent)] == [0o600, 0o700]


@sqlite_only
def test_a_hub_on_the_copy_goes_on_without_them(
    hub: HubUnderTest, helpers: list[FakeSite], tmp_path: Path
) -> None:
    asked = helpers[0]
    data = tmp_path / "fresh"
    shutil.copytree(hub.app.extensions["hub_config"].data_dir, data)
    url = f"sqlite:///{copied(hub, tmp_path)}"
    again = HubUnderTest.start(hub_config(data, url))
    again.clock.at = hub.now
    asked.hub = again
    assert [message.type for message in asked.news()] == ["transport.void"]
    assert again.count(OutboxRow, OutboxRow.type == "match.proposal") == 0
    again.clock.advance(hours=25)
    again.run_limits()
    assert again.rows(Match)[0].state == State.CHOOSING, "home is asked for letters again"
    again.stop()


def test_the_command_writes_one_file_or_says_what_to_do(tmp_path: Path) -> None:
    environ = {"ALONGSIDE_HUB_DATA_DIR": str(tmp_path / "hub")}
    assert CliRunner().invoke(cli.main, ["init"], env=environ).exit_code == 0
    done = CliRunner().invoke(cli.main, ["backup", str(tmp_path / "copies")], env=environ)
    assert (done.exit_code, Path(done.output.strip()).parent) == (0, tmp_path / "copies"), done.output
    assert keys.load(tmp_path / "hub")
    in_the_way = tmp_path / "a-file"
    in_the_way.touch()
    with pytest.raises(backup.BackupError, match="cannot be written"):
        backup.copy_database("sqlite:////nowhere", in_the_way / "copies", START)
    with pytest.raises(backup.BackupError, match="PostgreSQL"):
        backup.copy_database("postgresql+psycopg://localhost/hub", tmp_path, START)


@pytest.mark.parametrize("content", [b"", b"no database" * 500], ids=["empty", "damaged"])
def test_a_copy_that_fails_leaves_nothing_that_looks_like_one(tmp_path: Path, content: bytes) -> None:
    source, to = tmp_path / "hub.sqlite", tmp_path / "copies"
    source.write_bytes(content)
    with pytest.raises(backup.BackupError, match="cannot be copied"):
        backup.copy_database(f"sqlite:///{source}", to, START)
    assert list(to.iterdir()) == []
