"""The agent's own scheduler over a restart, and with a second program on one file: each thing once, then silence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from site_agent.clock import reminding
from site_agent.clock.loop import background, once
from site_agent.extensions import db
from site_agent.models import Mail, Match, Request
from site_agent.services import interactions, local, offers, requests
from tests.support.agent import Agent, Province, a_request, add_supporter, new_app
from tests.support.clock import StoppedClock


@dataclass
class Machine:
    """One site's data folder, and the programs that were started over it."""

    agent: Agent
    programs: list[Flask]

    def start(self) -> Flask:
        """The program once more, over what lies on the disk."""
        folder: Path = self.agent.app.extensions["agent_config"].data_dir
        self.programs.append(new_app(folder, self.agent.clock))
        return self.programs[-1]

    def n(self, kind: str) -> int:
        with self.agent.session() as session:
            return len(session.scalars(select(Mail).where(Mail.kind == kind)).all())

    def dispose(self) -> None:
        for app in self.programs:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Somebody said yes a moment ago."""
    agent = Province(tmp_path, StoppedClock()).agent("Cedar Inlet")
    machine = Machine(agent, [agent.app])
    with agent.session() as session:
        request = requests.record(session, a_request(agent.now, elsewhere=False), agent.now).request
        offer = local.ask(session, request, add_supporter(session, agent.now), agent.now)
        offers.accept(session, offer, agent.now)
    yield machine
    machine.dispose()


def test_a_nudge_that_fired_does_not_fire_again_after_a_restart(machine: Machine) -> None:
    machine.agent.clock.advance(hours=24)
    once(machine.agent.app)
    machine.dispose()
    once(machine.start())
    assert machine.n("nudge") == 1


def test_what_came_due_while_the_machine_was_off_fires_once_when_it_is_on(machine: Machine) -> None:
    machine.dispose()
    machine.agent.clock.advance(hours=50)
    app = machine.start()
    for _ in range(3):
        once(app)
    assert machine.n("nudge") == 1


def test_two_programs_over_one_file_fire_each_thing_once(machine: Machine) -> None:
    programs, gate = [machine.agent.app, machine.start()], threading.Barrier(2)

    def run(app: Flask) -> None:
        for _ in range(5):
            gate.wait()
            once(app)

    for hours, nudges in ((24, 1), (24, 2), (24, 2)):
        machine.agent.clock.advance(hours=hours)
        threads = [threading.Thread(target=run, args=(app,)) for app in programs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert machine.n("nudge") == nudges
    with machine.agent.session() as session:
        assert session.scalars(select(Match.state)).one() == "overdue"


def test_of_two_programs_that_found_the_same_thing_due_one_does_it(machine: Machine) -> None:
    programs = [machine.agent.app, machine.start()]
    machine.agent.clock.advance(hours=24)
    now, found = machine.agent.now, []
    for app in programs:
        with app.app_context():
            found.append(list(reminding.to_nudge(db.session, now)))
            db.session.rollback()
    assert found[0] == found[1] != []
    for app, keys in zip(programs, found, strict=True):
        with app.app_context():
            assert reminding.nudge(db.session, keys[0], now) is (app is programs[0])
            db.session.commit()
    assert machine.n("nudge") == 1


def test_a_round_that_broke_off_before_its_commit_is_made_up_for(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.agent.clock.advance(hours=24)
    with monkeypatch.context() as patched:
        patched.setattr("site_agent.clock.reminding._write", lambda *_: 1 / 0)
        once(machine.agent.app)
    assert machine.n("nudge") == 0
    once(machine.start())
    assert machine.n("nudge") == 1


@pytest.mark.parametrize("end", ["close", "withdraw"])
def test_it_falls_silent_with_the_end_also_over_a_restart(machine: Machine, end: str) -> None:
    with machine.agent.session() as session:
        request = session.scalars(select(Request)).one()
        match = local.match_of(session, request)
        assert match is not None
        if end == "close":
            interactions.close(session, match, machine.agent.now)
        else:
            requests.withdraw(session, request, machine.agent.now)
    app = machine.start()
    once(app)
    before = [machine.n(kind) for kind in ("nudge", "tracker", "coordinator")]
    for _ in range(4):
        machine.agent.clock.advance(hours=25)
        once(app)
    assert [machine.n(kind) for kind in ("nudge", "tracker", "coordinator")] == before == [0, 0, 0]


def test_the_loop_itself_works_until_it_is_told_to_stop(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("site_agent.clock.loop.EVERY_SECONDS", 0.01)
    machine.agent.clock.advance(hours=24)
    stop, worked, rounds = threading.Event(), threading.Event(), []

    def counted(app: Flask) -> int:
        rounds.append(once(app))
        if len(rounds) == 3:
            worked.set()
        return rounds[-1]

    monkeypatch.setattr("site_agent.clock.loop.once", counted)
    thread = threading.Thread(target=background(machine.agent.app), args=(stop,))
    thread.start()
    assert worked.wait(30)
    stop.set()
    thread.join(30)
    assert not thread.is_alive()
    assert machine.n("nudge") == 1
