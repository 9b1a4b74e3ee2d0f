"""Today and the list of a site's desk over five years of requests, beside the same pages of a site that has only what
is open, and beside a page that asks the database for nothing much. Part of `make bench`.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from protocol.envelope import new_id
from site_agent.extensions import db
from site_agent.models import AnySession, Base, ContactClock, Event, Interaction, Match, Request, Supporter
from site_agent.services import local, match_end, offers
from tests.support.desk import Desk, make_desk

N_REQUESTS = 5000
YEARS = 5
N_OPEN = 30
"""What a site that size has open at a time."""
N_SUPPORTERS = 40
N_WARM = 5
N_TIMES = 100
PAGES = {
    "Today": "/",
    "list, open": "/requests",
    "list, over": "/requests?show=over",
    "one by its reference": "/requests?ref=QQQQ",
}
LIMIT_MS = 50.0
"""Issue "support inside a site": Today and the list, 95 of 100 times."""


@dataclass(frozen=True)
class Took:
    """Milliseconds a page took: the middle, 95 of 100, and the processor's part of the latter; and its queries."""

    p50: float
    p95: float
    cpu95: float
    n_queries: int


@dataclass
class Visits:
    """One page of one site, asked for again and again."""

    site: Desk
    client: FlaskClient
    path: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def once(self) -> None:
        """Ask for it, and keep how long it took."""
        began, spent = time.perf_counter(), time.process_time()
        answer = self.client.get(self.path)
        self.wall.append((time.perf_counter() - began) * 1000)
        self.cpu.append((time.process_time() - spent) * 1000)
        assert answer.status_code == 200

    def took(self) -> Took:
        """What came of it, but for the first times, when all is still to be loaded."""
        wall, cpu = self.wall[N_WARM:], self.cpu[N_WARM:]
        return Took(_part(wall, 50), _part(wall, 95), _part(cpu, 95), _n_queries(self))


def measure(folder: Path) -> list[tuple[str, Took, Took, Took]]:
    """For each page: a page of plain words, the page with only what is open, the page over five years.

    All are asked for in turn, so that a machine that is busy for a while slows them alike.
    """
    with ExitStack() as sites:
        plain = _visits(sites.enter_context(_site(folder / "plain", _bare)), {"help": "/help"})
        small = _visits(sites.enter_context(_site(folder / "small", open_work)), PAGES)
        large = _visits(sites.enter_context(_site(folder / "large", five_years)), PAGES)
        gc.collect()
        for _each in range(N_WARM + N_TIMES):
            for visits in (*plain.values(), *small.values(), *large.values()):
                visits.once()
        words = plain["help"].took()
        return [(name, words, small[name].took(), large[name].took()) for name in PAGES]


@contextmanager
def _site(folder: Path, furnish: Callable[[Desk], None]) -> Iterator[Desk]:
    folder.mkdir()
    for desk in make_desk(folder / "agent"):
        desk.enrol()
        furnish(desk)
        yield desk


def _visits(site: Desk, pages: dict[str, str]) -> dict[str, Visits]:
    client = site.client()
    return {name: Visits(site, client, path) for name, path in pages.items()}


def _n_queries(visits: Visits) -> int:
    seen = []
    with visits.site.app.app_context():
        engine = db.engine

    def note(*of_statement: Any) -> None:
        seen.append(of_statement)

    event.listen(engine, "before_cursor_execute", note)
    visits.client.get(visits.path)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def _part(values: list[float], percent: int) -> float:
    return sorted(values)[len(values) * percent // 100]


def _bare(desk: Desk) -> None:
    """Nobody has asked yet."""


def open_work(desk: Desk) -> None:
    """A roster, and requests at every stage, of the site and from elsewhere."""
    who = [
        desk.supporter(f"Dr. Number {n}", email=f"n{n}@example.ca", phone=f"+12505550{n + 100}", max_open=9)
        for n in range(N_SUPPORTERS)
    ]
    ids = [desk.request() for _ in range(N_OPEN)]
    with desk.session() as session:
        for n, request_id in enumerate(ids[: N_OPEN * 2 // 3]):
            offer = local.ask(
                session, session.get_one(Request, request_id), session.get_one(Supporter, who[n]), desk.now
            )
            if n % 2:
                offers.accept(session, offer, desk.now)
            match = match_end.match_of(session, session.get_one(Request, request_id))
            assert match is not None
            if n % 4 == 3:
                match.state, match.due_at = "overdue", desk.now - timedelta(hours=2)
    for n in range(6):
        desk.match()
        desk.match("in-touch", who[n], reached_at=desk.now - timedelta(hours=60))


def five_years(desk: Desk) -> None:
    """The same, and all that was closed before: rows as they are after retention."""
    open_work(desk)
    chance = random.Random(5)  # made-up cases, the same in each run
    with desk.session() as session:
        helpers = [each.supporter_id for each in session.query(Supporter)]
        rows: list[Base] = []
        for n in range(N_REQUESTS - N_OPEN):
            at = desk.now - timedelta(days=365 * YEARS * chance.random() + 40)
            rows += _closed(n, at, chance.choice(helpers))
        _insert(session, rows)


def _closed(n: int, at: datetime, helper: str) -> list[Base]:
    """One that is over; each fourth was from elsewhere."""
    thid, end = new_id(), at + timedelta(days=20)
    common: dict[str, Any] = {"state_at": end, "stage": "mid", "modality": "phone", "closed_at": end}
    rows: list[Base] = []
    request_id = None
    if n % 4:
        request_id = new_id()
        rows.append(
            Request(
                request_id=request_id, ref=f"R{n}", door="phone", origin="self", received_at=at, state="closed",
                elsewhere=False, few="send", round=0, restate=False, mail_ok=False, held=False, **common,
            )
        )  # fmt: skip
    rows.append(
        Match(
            thid=thid, request_id=request_id, state="closed", proposed_at=at, answer_by=at, confirmed_at=at,
            due_at=at, attempted_at=at, reached_at=at, supporter_id=helper, held=False, **common,
        )
    )  # fmt: skip
    rows.append(
        ContactClock(clock_id=new_id(), thid=thid, started_at=at, due_at=at, outcome="met", ended_at=at)
    )
    for code in ("in-hand", "attempted", "reached", "closed"):
        rows.append(Event(event_id=new_id(), subject=request_id or thid, code=code, at=at))
    for _each in range(2):
        rows.append(
            Interaction(
                interaction_id=new_id(), thid=thid, at=at, length="15-30", mode="phone", found=4, resources=(),
                more_needed=False, call_me=False, ticket=new_id(), entered_at=at,
            )
        )  # fmt: skip
    return rows


def _insert(session: AnySession, rows: list[Base]) -> None:
    for kind in (Request, Match, ContactClock, Event, Interaction):
        session.add_all([row for row in rows if isinstance(row, kind)])
        session.flush()
