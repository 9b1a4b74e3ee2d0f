"""Presses in the same moment: of two supporters, two coordinators, a supporter and the clock, exactly one counts.

24 threads and 50 rounds, over one SQLite file that is made once and copied.
"""

import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from site_agent.extensions import db, prepare
from site_agent.models import Match, Offer, Request, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import local
from site_agent.services.errors import ServiceError
from tests.support.local import Here, here, site

__all__ = ["here", "site"]

THREADS = 24
ROUNDS = 50
Press = Callable[[Session], None]


class Ring:
    """24 threads that press together, round after round, each round on a copy of the same file."""

    def __init__(self, app: Flask, original: Path, folder: Path) -> None:
        self.app, self.original, self.file = app, original, folder / "race.sqlite"
        self.engine = prepare(create_engine(f"sqlite:///{self.file}", pool_size=THREADS, max_overflow=0))

    @contextmanager
    def database(self) -> Iterator[Any]:
        """A fresh copy, opened as the agent opens its own. The engine keeps what it has learnt of the statements."""
        shutil.copy(self.original, self.file)
        try:
            yield self.engine
        finally:
            self.engine.dispose()
            for each in self.file.parent.glob("race.sqlite*"):
                each.unlink()

    def press(self, engine: Any, presses: list[Press]) -> Counter[str]:
        """All at once; how often a press was taken, and how often kindly refused."""
        begin, outcomes = threading.Barrier(len(presses)), []

        def one(press: Press) -> None:
            with self.app.app_context():
                begin.wait()
                with Session(engine) as session:
                    try:
                        press(session)
                        session.commit()
                        outcomes.append("taken")
                    except ServiceError:
                        session.rollback()
                        outcomes.append("refused")

        threads = [threading.Thread(target=one, args=(press,)) for press in presses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(outcomes) == len(presses)
        return Counter(outcomes)


@pytest.fixture
def ring(here: Here, tmp_path: Path) -> Callable[[], Ring]:
    """Takes a copy of the site as it stands."""

    def take() -> Ring:
        here.session.commit()
        engine, original = db.engine, tmp_path / "original.sqlite"
        here.session.remove()
        with engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql(f"VACUUM INTO '{original}'")
            connection.exec_driver_sql("BEGIN")
        return Ring(here.agent.app, original, tmp_path)

    return take


def test_a_yes_in_the_second_of_the_lapse_and_the_yes_of_the_next_make_one_match(
    here: Here, ring: Callable[[], Ring]
) -> None:
    uma, vic = here.supporter(), here.supporter("Dr Vic Lund")
    here.set("next_by_itself", "yes")
    request = here.request()
    first = here.ask(request, uma)
    first_id, limit = first.offer_id, first.expires_at
    request_id, uma_id, vic_id = request.request_id, uma.supporter_id, vic.supporter_id

    def late_yes(second: timedelta) -> Press:
        return lambda session: helper.accept(session, session.get_one(Offer, first_id), limit + second)

    def lapse(session: Session) -> None:
        helper.lapse(session, session.get_one(Offer, first_id), limit)

    def next_yes(session: Session) -> None:
        offers = select(Offer).where(Offer.state == "open", Offer.offer_id != first_id)
        offer = session.scalar(offers)
        if offer is not None:
            helper.accept(session, offer, limit)

    in_time, too_late = late_yes(timedelta(microseconds=-1)), late_yes(timedelta())
    presses = [lapse, *[in_time] * 4, *[too_late] * 4, *[next_yes] * 15]
    winners: Counter[str] = Counter()
    races = ring()
    for _ in range(ROUNDS):
        with races.database() as engine:
            races.press(engine, presses)
            with here.agent.app.app_context(), Session(engine) as session:
                (match,) = session.scalars(select(Match)).all()
                row = session.get_one(Request, request_id)
                taken = session.scalars(select(Offer).where(Offer.state == "confirmed")).all()
                open_ = session.scalars(select(Offer).where(Offer.state == "open")).all()
                assert len(taken) + len(open_) == 1
                assert match.supporter_id == (taken or open_)[0].supporter_id
                assert (match.state, row.state) == (("in-hand", "in-hand") if taken else ("asked", "looking"))
                winners[str(match.supporter_id)] += 1
    assert set(winners) <= {uma_id, vic_id}


def test_the_other_page_is_told_kindly(here: Here) -> None:
    """The one whose offer lapsed a second before hears that it has moved on, and nothing has happened."""
    here.set("next_by_itself", "yes")
    uma, vic = here.supporter(), here.supporter("Dr Vic Lund")
    first = here.ask(here.request(), uma)
    here.clock.at = first.expires_at
    here.run()
    second = here.session.scalars(select(Offer).where(Offer.state == "open")).one()
    match = here.yes(second)
    with pytest.raises(ServiceError) as refused:
        helper.accept(here.session, first, here.now)
    assert "moved on" in str(refused.value.mend) or "no longer" in str(refused.value.mend)
    here.session.rollback()
    assert match.supporter_id == vic.supporter_id


def test_two_coordinators_who_choose_at_once_make_one_offer(here: Here, ring: Callable[[], Ring]) -> None:
    names = [here.supporter(f"Dr Number {n}").supporter_id for n in range(4)]
    request_id = here.request().request_id
    now = here.now

    def choose(who: str) -> Press:
        return lambda session: (
            local.ask(session, session.get_one(Request, request_id), session.get_one(Supporter, who), now)
            and None
        )

    races = ring()
    for _ in range(ROUNDS):
        with races.database() as engine:
            outcomes = races.press(engine, [choose(names[n % 4]) for n in range(THREADS)])
            assert outcomes == {"taken": 1, "refused": THREADS - 1}
            with Session(engine) as session:
                (offer,) = session.scalars(select(Offer)).all()
                (match,) = session.scalars(select(Match)).all()
                assert offer.supporter_id == match.supporter_id


def test_one_free_place_is_given_once(here: Here, ring: Callable[[], Ring]) -> None:
    who = here.supporter(max_open=1).supporter_id
    wanted = [here.request().request_id for _ in range(THREADS)]
    now = here.now

    def choose(request_id: str) -> Press:
        return lambda session: (
            local.ask(session, session.get_one(Request, request_id), session.get_one(Supporter, who), now)
            and None
        )

    races = ring()
    for _ in range(3):
        with races.database() as engine:
            outcomes = races.press(engine, [choose(each) for each in wanted])
            assert outcomes == {"taken": 1, "refused": THREADS - 1}
