"""Scenario 3: outside help while the home site is dark for a week, and who learnt what by the end of it."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from protocol.envelope import HUB, MAX_LIFETIME, new_claims, sign
from protocol.messages.handover import Identity
from site_agent.keys import KeyStore
from tests.faults import week as story
from tests.faults.canary import dresses, every_value, found_in, of_folder, of_mail
from tests.faults.launcher import Zygote
from tests.faults.reason import REASON, WORDS
from tests.faults.towns import PLACES, Towns, grow
from tests.faults.week import EMAIL, NAME, PHONE, Week, moment

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("outside help")]
SECRETS = (NAME, "Quillfeather", PHONE, story.E164, "2505550142", EMAIL, "z.quillfeather", REASON, WORDS)
KNOWS_SITES = ("directory_site", "key_entry")


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grow(tmp_path_factory.mktemp("grown"), story.BEFORE)


@pytest.fixture(scope="module")
def evidence(zygote: Zygote, grown: Path) -> Iterator[tuple[Week, Path]]:
    """The whole scenario, played once; the processes are gone, what they left lies there."""
    folder = Path(tempfile.mkdtemp(prefix="alongside-week-"))
    towns = Towns.copy(zygote, grown, folder, story.BEFORE)
    try:
        week = story.begin(towns, "selkirk")
        towns.move_to(story.DESK)
        story.confirms(week, "selkirk", story.CONFIRMED)
        story.reach(week)
        story.return_home(week)
        kept = story.keep_evidence(week)
        towns.stop()
        yield week, kept
    finally:
        towns.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def week(evidence: tuple[Week, Path]) -> Week:
    return evidence[0]


@pytest.fixture(scope="module")
def kept(evidence: tuple[Week, Path]) -> Path:
    return evidence[1]


def test_letters_go_to_three_sites_that_were_not_to_be_avoided(week: Week) -> None:
    concerned = {
        action for (action,) in week.towns.rows("hub", "select action from audit where match_id not null")
    }
    assert {"request", "letters", "accept", "confirm", "reach"} <= concerned
    assert week.match["home_site_id"] == week.towns.site_id("kettle")
    for key in ("arrow", "slocan"):
        assert week.towns.rows(key, "select thid from match") == []


def test_the_first_contact_came_after_42_hours_and_20_minutes(week: Week) -> None:
    match = week.match
    assert moment(match["confirmed_at"]) == story.CONFIRMED
    assert moment(match["contact_due_at"]) == story.LIMIT
    assert moment(match["attempted_at"]) == moment(match["reached_at"]) == story.REACHED
    assert timedelta(hours=42, minutes=20) == story.REACHED - story.CONFIRMED
    assert match["contact_met"] == 1


def test_the_limit_is_told_in_the_helping_sites_own_time(week: Week) -> None:
    assert "Sat 10 Jan 2026, 6:20 pm" in week.pages["supporter, contact"]


def test_each_sees_what_is_theirs_when_it_is(week: Week) -> None:
    for page in ("coordinator, card", "supporter, card"):
        assert WORDS in week.pages[page]
        assert not found_in(week.pages[page].encode(), [NAME, PHONE, EMAIL])
    assert NAME in week.pages["supporter, name"]
    assert not found_in(week.pages["supporter, name"].encode(), [PHONE, story.E164, EMAIL])
    assert NAME in week.pages["supporter, contact"]
    assert EMAIL in week.pages["supporter, contact"]


def test_the_other_letters_are_gone(week: Week) -> None:
    assert week.hub["before"]["letters"] == []
    assert week.towns.rows("hub", "select helper_site_id from matches") == [(week.towns.site_id("selkirk"),)]
    for key in ("cedar", "fraser"):
        assert week.towns.rows(key, "select thid from match") == []


def test_staff_see_a_quiet_site(week: Week) -> None:
    assert "Quiet since Mon 5 Jan 2026" in week.pages["staff, sites"]
    assert "1 quiet site" in week.pages["staff, overview"]


def test_the_queue_that_came_three_times_created_nothing(week: Week) -> None:
    assert week.posts_replayed >= 2 * 3
    assert week.hub["after"] == week.hub["before"]
    site_id = week.towns.site_id("kettle")
    said = week.towns.rows("kettle", "select n, jti, hash from outbox order by n")
    assert (
        week.towns.rows("hub", "select n, jti, hash from inbox where site_id = ? order by n", site_id) == said
    )
    unsettled = "select n from outbox where state not in ('accepted', 'forgotten')"
    assert week.towns.rows("kettle", unsettled) == []


def test_home_learns_in_hand_and_in_touch_and_nothing_else(week: Week) -> None:
    (row,) = week.towns.rows("kettle", "select request_id, state, wishes, avoid, shortlist from request")
    assert row[1:] == ("in-touch", None, None, None)
    events = week.towns.rows("kettle", "select code from event where subject = ? order by rowid", row[0])
    assert [code for (code,) in events] == ["recorded", "looking", "in-hand", "in-touch"]
    told = "select type from outbox where site_id = ? and match_id not null order by n"
    types = [kind for (kind,) in week.towns.rows("hub", told, week.towns.site_id("kettle"))]
    assert types == ["match.shortlist", "match.status", "match.status"]


def test_nothing_at_home_names_the_helping_site(week: Week) -> None:
    (thid,) = week.towns.rows("selkirk", "select thid from match")[0]
    helping = [week.towns.site_id("selkirk"), PLACES["selkirk"].name, thid, *PLACES["selkirk"].supporters]
    held = "\n".join(map(_text, every_value(week.towns.database("kettle"), *KNOWS_SITES)))
    assert found_in(held.encode(), helping) == set()
    files = dict(of_folder(week.towns.servers["kettle"].folder))
    assert not any(found_in(data, [thid]) for data in files.values()), (
        "nor the forgotten letters in deleted rows"
    )
    for name in ("physician, standing", "home /", "home /requests", "home /settings/link", "home, request"):
        assert found_in(week.pages[name].encode(), helping) == set(), name
    assert "In touch" in week.pages["physician, standing"]
    assert "In touch" in week.pages["home, request"]


def test_nothing_at_the_hub_names_the_physician_or_the_reason(week: Week, kept: Path) -> None:
    searched = dict(of_folder(kept))
    assert {"hub/hub.sqlite", "hub/hub.sqlite-wal", "hub.log", "backup.sqlite"} <= set(searched)
    # The write-ahead log is searched as it is found: the hub cuts it in every round.
    assert all(searched[name] for name in ("hub/hub.sqlite", "backup.sqlite"))
    assert {name: found_in(data, SECRETS) for name, data in searched.items() if found_in(data, SECRETS)} == {}


def test_no_mail_names_anybody_or_anything(week: Week) -> None:
    mails = [(key, mail) for key, box in week.towns.mail.items() for mail in box.all()]
    told = ("asked", "the name", "the contact details", "a nudge", "an entry is missing")
    assert [key for key, mail in mails if "/o/" in mail.link] == ["selkirk"] * len(told)
    for key, mail in mails:
        assert found_in(of_mail(mail.raw), [*SECRETS, week.link, week.code]) == set(), key


def test_no_log_of_a_site_names_anybody_or_anything(week: Week) -> None:
    links = [mail.link.rpartition("/")[2] for mail in week.towns.mail["selkirk"].all() if "/o/" in mail.link]
    for key, server in week.towns.servers.items():
        assert found_in(server.log.read_bytes(), [*SECRETS, week.link.rpartition("/")[2], *links]) == set(), (
            key
        )


@pytest.mark.parametrize("dress", ["raw", "utf-16-le", "utf-16-be", "hex", "percent", "base64"])
def test_the_search_finds_a_name_in_each_dress(kept: Path, tmp_path: Path, dress: str) -> None:
    for n, form in enumerate(dresses(NAME)[dress]):
        copy = tmp_path / f"{n}"
        shutil.copytree(kept / "hub", copy)
        with sqlite3.connect(copy / "hub.sqlite") as connection:
            connection.execute("update sites set community = cast(? as blob) || x'41'", (b"x" * n + form,))
        connection.close()
        assert any((NAME, dress) in found_in(data, [NAME]) for _, data in of_folder(copy)), form


@pytest.mark.parametrize("where", ["inbox", "outbox"])
def test_the_search_finds_a_name_in_a_signed_unsealed_body(
    week: Week, kept: Path, tmp_path: Path, where: str
) -> None:
    keys = KeyStore(week.towns.servers["kettle"].folder).load_or_create()
    body = Identity(name=NAME, ways=("call",), times=("evening",), phone=story.E164)
    claims = new_claims(
        body, iss=week.towns.site_id("kettle"), aud=HUB, now=story.BACK, lifetime=MAX_LIFETIME
    )
    shutil.copytree(kept / "hub", tmp_path / "hub")
    with sqlite3.connect(tmp_path / "hub" / "hub.sqlite") as connection:
        connection.execute(f"update {where} set token = ?", (sign(claims, keys.signing),))
    connection.close()
    found = set().union(*(found_in(data, SECRETS) for _, data in of_folder(tmp_path / "hub")))
    assert {(NAME, "in a token, raw"), (story.E164, "in a token, raw")} <= found


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def test_the_physicians_page_gives_no_way_to_the_helping_site(week: Week) -> None:
    assert re.search(r"/elsewhere/|selkirk", week.pages["physician, standing"], re.IGNORECASE) is None
