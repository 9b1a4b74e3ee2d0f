"""Counts for each quarter: the same before and after the rows have gone, and nothing in them of a person."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Integer, select

from site_agent.models import Outreach, Total
from site_agent.models.total import CODES
from site_agent.services import interactions, outreach, policy, retention, totals
from tests.support.local import Here, here, site

__all__ = ["here", "site"]
LONG_AFTER = timedelta(days=2 * policy.NUMBERS["coded_days"].default)


def a_year(here: Here) -> None:
    """Met, not met, excused; withdrawn; one elsewhere; one outreach."""
    in_time = here.in_hand(here.request(), here.supporter())
    here.reached(in_time)
    here.close(in_time)
    late = here.in_hand(here.request(), here.supporter("Dr Vic Lund"))
    here.clock.advance(hours=80)
    here.run()
    interactions.attempted(here.session, late, here.now, here.now)
    here.close(late)
    here.clock.advance(days=90)
    soon = here.request()
    here.in_hand(soon, here.supporter("Dr Ana Reyes"))
    here.withdraw(soon)
    here.withdraw(here.request(elsewhere=True))
    told = outreach.Told("Dr Wren Canary", "+12505550142", None, agreed=True)
    outreach.record(here.session, outreach.Notice("colleague", (told,)), "seed", here.now)
    outreach.refuse(here.session, here.session.scalars(select(Outreach)).one(), False, here.now)
    here.session.commit()


def test_the_rows_go_and_the_totals_stay(here: Here) -> None:
    a_year(here)
    before = totals.of(here.session)
    assert before["2026Q4", "requests"] == before["2027Q1", "requests"] == 2
    assert {code: before["2026Q4", f"contact-{code}"] for code in ("met", "not-met")} == {
        "met": 1,
        "not-met": 1,
    }
    assert before["2027Q1", "contact-excused"] == before["2027Q1", "requests-elsewhere"] == 1
    assert before["2027Q1", "withdrawn"] == before["2026Q4", "closed"] == 2
    assert before["2027Q1", "outreach"] == 1
    assert here.session.scalars(select(Total)).all() == [], "rows that are here are counted, not copied"
    retention.run(here.session, here.now + LONG_AFTER)
    assert here.session.scalars(select(Outreach)).all() == []
    assert totals.of(here.session) == before
    retention.run(here.session, here.now + LONG_AFTER)
    assert totals.of(here.session) == before


def test_rows_that_end_in_turn_add_up(here: Here) -> None:
    for _ in range(2):
        here.withdraw(here.request())
        here.clock.advance(days=1)
    before = totals.of(here.session)
    kept = timedelta(days=policy.NUMBERS["coded_days"].default)
    retention.run(here.session, here.now - timedelta(days=2) + kept)
    assert totals.of(here.session) == before
    retention.run(here.session, here.now + kept)
    assert totals.of(here.session) == before
    assert {(row.quarter, row.code, row.n) for row in here.session.scalars(select(Total))} == {
        ("2026Q4", "requests", 2),
        ("2026Q4", "withdrawn", 2),
    }


@pytest.mark.parametrize(
    ("at", "quarter"),
    [
        (datetime(2027, 1, 1, 6, tzinfo=UTC), "2026Q4"),
        (datetime(2027, 1, 1, 8, tzinfo=UTC), "2027Q1"),
        (datetime(2027, 7, 1, 8, tzinfo=UTC), "2027Q3"),
    ],
)
def test_a_quarter_is_one_of_the_sites_own_calendar(here: Here, at: datetime, quarter: str) -> None:
    here.clock.at = at
    here.request(received_at=at)
    assert totals.of(here.session) == {(quarter, "requests"): 1}


def test_a_total_holds_a_quarter_a_code_and_a_number() -> None:
    columns = {column.name: column.type for column in Total.__table__.columns}
    assert set(columns) == {"quarter", "code", "n"}
    assert isinstance(columns["n"], Integer)
    assert not {"reason", "stage", "origin", "site"} & {part for code in CODES for part in code.split("-")}
