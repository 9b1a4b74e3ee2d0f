"""A letter that the hub deleted is in no file of its database after the next round."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub import database
from hub.extensions import db
from hub.services import limits
from protocol.messages import matches
from tests.support.fake_site import CARD, IDENTITY
from tests.support.hub import HubUnderTest, hub_config


@pytest.fixture
def sqlite_hub(tmp_path: Path, sqlite_template: Path):
    path = tmp_path / "hub.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    hub = HubUnderTest.start(hub_config(tmp_path / "data", f"sqlite:///{path}"))
    yield hub
    hub.stop()


def on_disk(folder: Path, what: str) -> bool:
    return any(what.encode() in path.read_bytes() for path in folder.glob("hub.sqlite*"))


def test_a_used_letter_is_in_no_file_after_the_next_round(sqlite_hub: HubUnderTest, tmp_path: Path) -> None:
    home, helper = sqlite_hub.site(), sqlite_hub.helper()
    request = home.ask()
    request.listed()
    request.write(helper)
    request.confirmed_at(helper).says(matches.Closed())
    helper.news()
    assert on_disk(tmp_path, IDENTITY), "the write-ahead log holds it until it is cut"
    limits.once(sqlite_hub.app)
    assert not on_disk(tmp_path, IDENTITY)
    assert not on_disk(tmp_path, CARD)


def test_cutting_the_log_waits_for_nobody(sqlite_hub: HubUnderTest, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "hub.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sites").fetchone()
        sqlite_hub.site()
        with sqlite_hub.app.app_context():
            assert database.cut_log(db.engine) is False
    with sqlite_hub.app.app_context():
        assert database.cut_log(db.engine) is True
