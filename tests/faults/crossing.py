"""A hub, a home site and a helping site as processes over copies of one enrolled province, to be killed and compared.

The people of the sites press their buttons in the test's own process, over the same databases.
"""

from __future__ import annotations

import functools
import random
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import select

import ui.signin.passwords
from site_agent.extensions import db
from site_agent.keys import AgentKeys
from site_agent.models import Match, Offer
from site_agent.services import inter_site_helper, requests
from tests.faults.injected import CHEAP, FileClock
from tests.faults.launcher import KILLED, LauncherError, Server, Zygote, until
from tests.support.agent import a_request, new_app
from tests.support.federation import Federation

HOME, HELPER = "kettle", "selkirk"
N_SUPPORTERS, PLACES = 8, 9
MOST_AT_ONCE = N_SUPPORTERS * PLACES
_SETTINGS = {"CALLS_PER_SECOND": "1000", "SECRET": "for tests only"}


def enrolled_province(folder: Path) -> Path:
    """Data folders of a hub and two sites that know each other; made once and copied."""
    federation = Federation(folder)
    federation.site("Kettle")
    names = [f"Dr Supporter {letter}" for letter in "ABCDEFGH"[:N_SUPPORTERS]]
    federation.site("Selkirk", *names, max_open=PLACES)
    federation.settle()
    federation.close_down()
    (folder / "clock").write_text(federation.clock.now().isoformat())
    return folder


@dataclass
class Crossing:
    """The processes, and the databases that they leave."""

    zygote: Zygote
    folder: Path
    servers: dict[str, Server] = field(default_factory=dict)
    armed: set[str] = field(default_factory=set)
    """Who is to die, and has not yet."""
    _read: dict[str, sqlite3.Connection] = field(default_factory=dict)
    _apps: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def copy(cls, zygote: Zygote, province: Path, folder: Path) -> Crossing:
        """A province of its own, not started yet."""
        shutil.copytree(province, folder, dirs_exist_ok=True)
        crossing = cls(zygote, folder)
        clock = folder / "clock"
        for name, kind in (("hub", "hub"), (HOME, "agent"), (HELPER, "agent")):
            settings = {f"ALONGSIDE_{kind.upper()}_DATA_DIR": str(folder / name)}
            if kind == "hub":
                settings |= {f"ALONGSIDE_HUB_{key}": value for key, value in _SETTINGS.items()}
            crossing.servers[name] = Server(zygote, kind, folder / name, clock, settings)
            file = "hub.sqlite" if kind == "hub" else "agent.sqlite"
            crossing._read[name] = sqlite3.connect(folder / name / file, isolation_level=None, timeout=30)
        with _cheap_hashing():
            for name in (HOME, HELPER):
                crossing._apps[name] = new_app(folder / name, FileClock(clock))  # type: ignore[arg-type]
                crossing.calls_hub_at(name, f"http://127.0.0.1:{crossing.servers['hub'].port}")
        return crossing

    def start(self, *names: str) -> None:
        """Start these processes, or all."""
        for name in names or self.servers:
            self.servers[name].start()

    def stop(self) -> None:
        """Stop everything, and give the files back."""
        for server in self.servers.values():
            server.ask_to_stop()
        for server in self.servers.values():
            server.stop()
        for app in self._apps.values():
            with app.app_context():
                db.engine.dispose()
        for connection in self._read.values():
            connection.close()

    def rows(self, name: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a database holds now."""
        return self._read[name].execute(query, values).fetchall()

    def count(self, name: str, query: str) -> int:
        """One number from a database."""
        return int(self.rows(name, query)[0][0])

    def site_id(self, name: str) -> str:
        """What the hub calls a site."""
        return str(self.rows(name, "select site_id from enrolment")[0][0])

    def calls_hub_at(self, name: str, address: str) -> None:
        """From its next exchange on, this site calls its hub there."""
        self._read[name].execute("update enrolment set hub_url = ?", (address,))

    def keys(self, name: str) -> AgentKeys:
        """A site's keys."""
        keys: AgentKeys = self._apps[name].extensions["agent_keys"]
        return keys

    def now(self) -> datetime:
        """What time it is for all processes."""
        return FileClock(self.folder / "clock").now()

    @contextmanager
    def session(self, name: str) -> Iterator[Any]:
        """As a page of that site: one commit at the end."""
        with self._apps[name].app_context():
            yield db.session
            db.session.commit()

    def wait(self, what: str, check: Any) -> Any:
        """Until it is so; whoever was to die meanwhile is started again, and does not die twice."""

        def look() -> Any:
            self._look_after_victims()
            found = check()
            if not found:
                self._wake_whoever_has_something_to_do()
            return found

        return until(what, look)

    def wait_for_deaths(self) -> None:
        """Each armed process has died, at its marked point and nowhere else."""
        self.wait(f"the crash of {sorted(self.armed)}", lambda: not self.armed)

    def arm(self, name: str, point: str, n: int) -> None:
        """The n-th time from now that this process reaches the point, it dies."""
        self.armed.add(name)
        self.servers[name].arm(point, n)

    def _look_after_victims(self) -> None:
        for name, server in self.servers.items():
            code = server.died()
            if code is None:
                continue
            if code != KILLED or name not in self.armed:
                raise LauncherError(f"{name} ended with {code}: {server.log.read_text()[-3000:]}")
            self.armed.remove(name)
            server.disarm()
            server.start()

    def _wake_whoever_has_something_to_do(self) -> None:
        for name in (HOME, HELPER):
            if not self.is_quiet(name):
                self.servers[name].wake()

    def is_quiet(self, name: str) -> bool:
        """Nothing is left to say between this site and the hub."""
        site_id = self.site_id(name)
        sent = self.rows("hub", "select last_n from outbound where site_id = ?", site_id)
        acknowledged = self.rows("hub", "select cursor from inbound where site_id = ?", site_id)
        waiting = self.count(name, "select count(*) from outbox where state = 'waiting'")
        return sent == acknowledged and not waiting

    # what people do

    def ask(self, n: int) -> None:
        """So many physicians ask for somebody from elsewhere; their messages are queued in one commit."""
        now = self.now()
        with self.session(HOME) as session:
            for _ in range(n):
                requests.record(session, a_request(now), now)

    def in_state(self, *states: str) -> list[str]:
        """The requests from elsewhere at the helping site that are in one of these states, in order."""
        marks = ",".join("?" * len(states))
        found = self.rows(HELPER, f"select thid from match where state in ({marks}) order by rowid", *states)
        return [thid for (thid,) in found]

    def say_yes(self, thids: Sequence[str]) -> None:
        """Supporters are asked and say yes, all in one commit."""
        now = self.now()
        with self.session(HELPER) as session:
            for thid in thids:
                match = session.get_one(Match, thid)
                first = inter_site_helper.candidates(session, match, now).candidates[0]
                inter_site_helper.accept(
                    session, inter_site_helper.ask(session, match, first.supporter, now), now
                )

    def give_all_back(self) -> None:
        """Whoever saw a name is close to that physician; the rest is passed."""
        now = self.now()
        with self.session(HELPER) as session:
            for match in session.scalars(select(Match).where(Match.state != "ended")).all():
                if match.state == "released":
                    offer = session.scalars(
                        select(Offer).where(Offer.thid == match.thid, Offer.state == "accepted")
                    ).one()
                    inter_site_helper.answer_name(session, offer, True, now)
                else:
                    inter_site_helper.pass_on(session, match, now)


def play(crossing: Crossing, dice: random.Random, n: int, *, with_names: bool) -> None:
    """So many requests go out and come to the helping site, some are taken if names are to cross too, and all are
    given back; then quiet."""
    before = crossing.count(HELPER, "select count(*) from match")
    crossing.ask(n)
    crossing.wait("proposals", lambda: crossing.count(HELPER, "select count(*) from match") == before + n)
    if with_names:
        _take_some(crossing, dice)
    # What is given back before its delivery was acknowledged would be voided in the log, whether it came or not.
    crossing.wait("acknowledgements", lambda: is_quiet(crossing))
    crossing.give_all_back()
    crossing.wait_for_deaths()
    crossing.wait("quiet", lambda: is_quiet(crossing))


def _take_some(crossing: Crossing, dice: random.Random) -> None:
    """Two yeses at two times, or at once if one was asked."""
    thids = crossing.in_state("proposed")
    taken = dice.sample(thids, dice.randint(min(2, len(thids)), len(thids)))
    cut = dice.randint(1, max(1, len(taken) - 1))
    for part in (taken[:cut], taken[cut:]):
        crossing.say_yes(part)
        crossing.wait("names", lambda: not crossing.in_state("accepted"))


def is_quiet(crossing: Crossing) -> bool:
    """Nothing is left to say on either side."""
    if not all(crossing.is_quiet(name) for name in (HOME, HELPER)):
        return False
    return not crossing.count(HOME, "select count(*) from request where shortlist is not null")


@contextmanager
def _cheap_hashing() -> Iterator[None]:
    cheap = functools.partial(ui.signin.passwords.PasswordHasher, **CHEAP)
    with mock.patch.object(ui.signin.passwords, "PasswordHasher", cheap):
        yield
