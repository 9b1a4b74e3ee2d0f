"""A made-up physician asks twice, here and elsewhere, is helped, and is forgotten: nothing of them is in any file."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from protocol.messages.handover import Identity
from site_agent import outbox
from site_agent.clock.loop import once
from site_agent.extensions import db
from site_agent.models import CaseKey, Interaction, Mail, Match, OutboxRow, Request
from site_agent.services import (
    activity,
    inter_site_home,
    interactions,
    local,
    offers,
    requests,
    totals,
    tracker,
)
from site_agent.services.requests import Wishes
from tests.faults.canary import dresses, found_in, of_folder
from tests.site_agent.services.conftest import Helped
from tests.support.agent import Agent, Province, a_request, add_person, add_supporter, candidates
from tests.support.clock import StoppedClock

NAME, PHONE, E164 = "Zephyrine Quillfeather", "250-555-0142", "+12505550142"
EMAIL, REASON = "z.quillfeather@canary.example", "discrimination"
WHO = Identity(NAME, ("call", "text"), ("evening",), phone=E164, email=EMAIL)
SECRETS = (NAME, "Quillfeather", PHONE, E164, "2505550142", EMAIL, REASON)


@dataclass
class Life:
    """Two sites, and what a search of their files found at each moment."""

    home: Agent
    there: Agent
    request_ids: tuple[str, str]
    thid: str
    keys: list[bytes]
    """The wrapped keys of all cases, as they lay in the database."""
    before: dict[str, bytes]
    """Every file while both requests are open."""
    after: dict[str, bytes]
    """Every file, and a fresh copy of each database, when the identities have gone."""
    totals: list[Any]


def folder(agent: Agent) -> Path:
    found: Path = agent.app.extensions["agent_config"].data_dir
    return found


def copied(agent: Agent, to: Path) -> Path:
    """A copy by SQLite's own backup."""
    to.mkdir(parents=True)
    with (
        sqlite3.connect(folder(agent) / "agent.sqlite") as live,
        sqlite3.connect(to / "agent.sqlite") as copy,
    ):
        live.backup(copy)
    live.close()
    copy.close()
    return to


def files(*agents: Agent, copies: Path) -> dict[str, bytes]:
    """Databases, write-ahead logs, shared memory, keys, and a copy made just now, each also value by value."""
    found = {}
    for agent in agents:
        for place, where in (("", folder(agent)), ("copy/", copied(agent, copies / agent.site_id))):
            found |= {f"{agent.name}/{place}{name}": data for name, data in of_folder(where)}
    return found


def asks(home: Agent, *, elsewhere: bool) -> str:
    """The physician's form; news by mail are wanted, and no mail server is there, so that they wait with an address."""
    with home.session() as session:
        new = a_request(
            home.now, identity=WHO, reason=REASON, elsewhere=elsewhere, mail_ok=True,
            wishes=Wishes(("woman",), (), "en"),
        )  # fmt: skip
        return requests.record(session, new, home.now).request.request_id


def helped_here(home: Agent, request_id: str) -> None:
    with home.session() as session:
        request = session.get_one(Request, request_id)
        declines, helps = (add_supporter(session, home.now, name) for name in ("Dr Ana Reyes", "Dr Bo Lind"))
        by = add_person(session, home.now).person_id
        offers.decline(session, local.ask(session, request, declines, home.now, by), home.now)
        offers.accept(session, local.ask(session, request, helps, home.now), home.now)
        assert (request.wishes, request.avoid) == (None, None), "erased with the yes"
        activity.note(session, by, "request-opened", request_id, home.now)
    once(home.app)  # the physician's news are queued
    with home.session() as session:
        talked(session, session.scalars(select(Match).where(Match.request_id == request_id)).one(), home)


def talked(session: Any, match: Match, agent: Agent) -> None:
    interactions.reached(session, match, agent.now, agent.now)
    entry = tracker.Entry(agent.now, "15-30", "phone", 3, tracker.ticket())
    tracker.record(session, match, entry, agent.now)


def helped_there(home: Agent, there: Agent, request_id: str) -> Helped:
    with home.session() as session:
        thid = str(session.get_one(Request, request_id).thid)
        inter_site_home.shortlisted(session, thid, 1, candidates(there.site_id), home.now)
    letters = home.said("match.letters")[-1].body
    match = Helped(home, there, letters.letters[0], request_id)
    with there.session() as session:
        match.in_hand(session, add_supporter(session, there.now))
        by = add_person(session, there.now).person_id
        activity.note(session, by, "match-opened", match.thid, there.now)
        talked(session, match.match(session), there)
    with home.session() as session:
        for state in ("in-hand", "in-touch"):
            inter_site_home.status(session, thid, state, home.now, home.now)
        request = session.get_one(Request, request_id)
        assert (request.state, request.wishes, request.avoid) == ("in-touch", None, None)
    return match


def hub_has_it(*agents: Agent) -> None:
    for agent in agents:
        with agent.session() as session:
            for row in session.scalars(select(OutboxRow).where(OutboxRow.state == "waiting")).all():
                outbox.settle(session, row, outcome="accepted", committed_at=agent.now)


def ended(life_of: tuple[Agent, Agent], request_ids: tuple[str, str], elsewhere: Helped) -> None:
    home, there = life_of
    with there.session() as session:
        interactions.close(session, elsewhere.match(session), there.now, jottings_destroyed=True)
    with home.session() as session:
        match = local.match_of(session, session.get_one(Request, request_ids[0]))
        assert match is not None
        interactions.close(session, match, home.now, jottings_destroyed=True)
        inter_site_home.status(
            session, str(session.get_one(Request, request_ids[1]).thid), "closed", home.now, home.now
        )
    hub_has_it(home, there)


def counted(*agents: Agent) -> Any:
    found = []
    for agent in agents:
        with agent.session() as session:
            found.append(totals.of(session))
    return found


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """The whole of it, lived once: two requests, two matches, an end, and thirty days."""
    place = tmp_path_factory.mktemp("life")
    province = Province(place, StoppedClock())
    home, there = province.agent("Kettle Basin"), province.agent("Cedar Inlet")
    ids = asks(home, elsewhere=False), asks(home, elsewhere=True)
    helped_here(home, ids[0])
    elsewhere = helped_there(home, there, ids[1])
    for agent in (home, there):
        once(agent.app)
    keys = []
    for agent in (home, there):
        with agent.session() as session:
            keys += [row.wrapped for row in session.scalars(select(CaseKey))]
    before = files(home, there, copies=place / "copies-before")
    ended((home, there), ids, elsewhere)
    sums = [counted(home, there)]
    province.clock.advance(days=30)
    for agent in (home, there):
        once(agent.app)
    after = files(home, there, copies=place / "copies-after")
    sums.append(counted(home, there))
    yield Life(home, there, ids, elsewhere.thid, keys, before, after, sums)
    for agent in (home, there):
        with agent.app.app_context():
            db.engine.dispose()


def test_while_it_is_open_its_keys_and_an_address_in_the_queue_are_in_the_files(life: Life) -> None:
    """The positive control: the same search over the same files."""
    assert len(life.keys) == 3
    for where in ("Kettle Basin/agent.sqlite", "Kettle Basin/copy/agent.sqlite"):
        assert (EMAIL, "raw") in found_in(life.before[where], SECRETS), where
        assert any(key in life.before[where] for key in life.keys), where


def test_nothing_of_it_is_in_any_file_when_the_identity_has_gone(life: Life) -> None:
    assert {"Kettle Basin/agent.sqlite-wal", "Kettle Basin/copy/agent.sqlite"} <= set(life.after)
    assert {
        name: found_in(data, SECRETS) for name, data in life.after.items() if found_in(data, SECRETS)
    } == {}


def test_no_key_of_a_case_is_in_any_file_either(life: Life) -> None:
    assert [name for name, data in life.after.items() if any(key in data for key in life.keys)] == []
    for agent in (life.home, life.there):
        with agent.session() as session:
            assert session.scalars(select(CaseKey)).all() == []


def test_the_write_ahead_log_is_cut_to_nothing(life: Life) -> None:
    assert {len(data) for name, data in life.after.items() if name.endswith("-wal")} == {0}


def test_coded_rows_stay_without_a_name_and_totals_are_what_they_were(life: Life) -> None:
    with life.home.session() as session:
        for request_id in life.request_ids:
            row = session.get_one(Request, request_id)
            assert (row.state, row.stage, row.case_id, row.identity) == ("closed", "mid", None, None)
        assert len(session.scalars(select(Interaction)).all()) == 1
        assert EMAIL not in session.scalars(select(Mail.to)).all()
    with life.there.session() as session:
        row = session.get_one(Match, life.thid)
        assert (row.state, row.case_id, row.card, row.identity) == ("closed", None, None, None)
    assert life.totals[0] == life.totals[1]
    assert life.totals[0][0]["2026Q4", "requests"] == 2


@pytest.mark.parametrize("dress", ["raw", "utf-16-le", "utf-16-be", "hex", "percent", "base64"])
def test_the_search_finds_a_name_in_each_dress(life: Life, tmp_path: Path, dress: str) -> None:
    for n, form in enumerate(dresses(NAME)[dress]):
        copy = tmp_path / str(n)
        shutil.copytree(copied(life.home, tmp_path / f"c{n}"), copy)
        with sqlite3.connect(copy / "agent.sqlite") as connection:
            connection.execute("update site set community = cast(? as blob) || x'41'", (b"x" * n + form,))
        connection.close()
        assert any((NAME, dress) in found_in(data, [NAME]) for _, data in of_folder(copy)), form


def test_totals_stay_when_the_coded_rows_have_gone_too(life: Life) -> None:
    """Last: it ends what the others look at."""
    life.home.clock.advance(days=2555)
    for agent in (life.home, life.there):
        once(agent.app)
        with agent.session() as session:
            for table in (Request, Match, Interaction):
                assert session.scalars(select(table)).all() == []
    assert counted(life.home, life.there) == life.totals[0]
