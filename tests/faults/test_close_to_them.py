"""Scenario 3 again: the first site's only supporter is close to the physician; home stays dark; the second confirms."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faults import week as story
from tests.faults.canary import found_in
from tests.faults.launcher import Zygote, until
from tests.faults.towns import Towns, grow
from tests.faults.week import NAME, Week

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("outside help")]
SAID_AT = story.DESK + timedelta(hours=1)
SEALED = "select card, identity from match"
WRAPPED = "select * from case_key"


@pytest.fixture
def towns(zygote: Zygote, tmp_path: Path) -> Iterator[Towns]:
    folder = Path(tempfile.mkdtemp(prefix="alongside-close-"))
    (tmp_path / "grown").mkdir()
    towns = Towns.copy(zygote, grow(tmp_path / "grown", story.BEFORE), folder, story.BEFORE)
    try:
        yield towns
    finally:
        towns.stop()
        shutil.rmtree(folder)


def blobs(towns: Towns, key: str, query: str) -> list[bytes]:
    """Every value that is sealed or wrapped."""
    return [value for row in towns.rows(key, query) for value in row if isinstance(value, bytes)]


def on_disk(towns: Towns, key: str) -> bytes:
    """Database and write-ahead log, as they lie there."""
    file = towns.database(key)
    return b"".join(path.read_bytes() for path in (file, file.with_name(f"{file.name}-wal")) if path.exists())


def first_site_is_close(week: Week) -> list[bytes]:
    """The supporter of Cedar Inlet sees the name and is close; what was sealed there meanwhile."""
    towns = week.towns
    _, mail = towns.asks_a_supporter("cedar")
    towns.move_to(SAID_AT)
    phone = towns.open_mail("cedar", mail)
    towns.says_yes(phone, NAME)
    sealed = blobs(towns, "cedar", SEALED) + blobs(towns, "cedar", WRAPPED)
    assert len(sealed) >= 3
    assert all(each in on_disk(towns, "cedar") for each in sealed)
    phone.press("Send my answer", close="yes")
    week.pages["close, after"] = phone.open("/offer").html
    return sealed


def test_the_second_site_confirms_and_the_first_forgets(towns: Towns) -> None:
    week = story.begin(towns, "cedar")
    towns.move_to(story.DESK)
    sealed = first_site_is_close(week)
    helper = until("another site is asked", lambda: _asked_next(towns, week))
    assert helper in ("selkirk", "fraser")
    story.confirms(week, helper, SAID_AT + timedelta(hours=1))

    match = week.match
    assert (match["state"], match["helper_site_id"]) == ("in-hand", towns.site_id(helper))
    assert towns.rows("hub", "select site_id from passes") == [(towns.site_id("cedar"),)]
    assert towns.rows("hub", "select * from letters") == []
    assert not towns.servers["kettle"].is_running
    assert towns.rows("kettle", "select state from request") == [("looking",)]

    (row,) = rows_of(towns, "cedar", "match")
    assert {name: row[name] for name in ("state", "card", "identity", "case_id", "supporter_id")} == {
        "state": "ended", "card": None, "identity": None, "case_id": None, "supporter_id": None,
    }  # fmt: skip
    for table in ("offer", "case_key"):
        assert rows_of(towns, "cedar", table) == []
    assert found_in(week.pages["close, after"].encode(), [NAME]) == set()
    until(
        "Cedar Inlet's disk forgets", lambda: not any(each in on_disk(towns, "cedar") for each in sealed), 20
    )


def _asked_next(towns: Towns, week: Week) -> str:
    match = week.match
    asked = match["state"] == "proposed" and match["helper_site_id"] != towns.site_id("cedar")
    return towns.key_of(match["helper_site_id"]) if asked else ""


def rows_of(towns: Towns, key: str, table: str) -> list[dict[str, Any]]:
    with towns.opened(key) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"select * from {table}")]
