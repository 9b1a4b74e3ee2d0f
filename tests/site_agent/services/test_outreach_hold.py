"""A legal hold on an outreach, and what it keeps besides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from site_agent.clock.due import run_due
from site_agent.models import Activity, CaseKey, Outreach, SecretLink
from site_agent.services import activity, holds, outreach, policy, retention
from site_agent.services.outreach import Notice, Told
from tests.support.agent import Agent, add_person

CODED = timedelta(days=policy.NUMBERS["coded_days"].default)
WHO = Told("Dr. Jo Ek", "+12505550142", "jo@example.ca", agreed=True)


@pytest.fixture
def row(session: Any, cedar: Agent) -> Outreach:
    """One that has ended, and that was opened."""
    outreach.record(session, Notice("colleague", (WHO,)), "seed", cedar.now)
    row = session.scalars(select(Outreach)).one()
    outreach.invite(session, row, cedar.now)
    outreach.refuse(session, row, False, cedar.now)
    activity.note(session, "p" * 22, "outreach-opened", row.outreach_id, cedar.now)
    session.commit()
    return row  # type: ignore[no-any-return]


def later(cedar: Agent, session: Any, by: timedelta) -> None:
    cedar.clock.at += by
    run_due(lambda: session, cedar.now)
    session.expire_all()


def test_while_it_lasts_nothing_of_it_goes_and_lifting_resumes(
    cedar: Agent, session: Any, row: Outreach
) -> None:
    by, outreach_id = add_person(session, cedar.now).person_id, row.outreach_id
    assert holds.put(session, row, cedar.now, by)
    assert not holds.put(session, row, cedar.now, by), "twice is once"
    session.commit()
    later(cedar, session, CODED + timedelta(days=1))
    assert outreach.contact_of(session, row) is not None
    assert session.scalars(select(SecretLink.subject).where(SecretLink.kind == "outreach")).all() == [
        outreach_id
    ]
    opened = select(Activity.subject).where(Activity.code == "outreach-opened")
    assert session.scalars(opened).all() == [outreach_id]
    assert holds.lift(session, row, cedar.now, by)
    session.commit()
    later(cedar, session, timedelta(seconds=5))
    assert session.scalars(select(Outreach)).all() == []
    assert session.scalars(select(CaseKey)).all() == []
    assert session.scalars(opened).all() == []
    assert session.scalars(select(SecretLink.subject).where(SecretLink.kind == "outreach")).all() == []


def test_a_hold_that_was_put_a_moment_ago_stops_the_erasing(
    cedar: Agent, session: Any, row: Outreach
) -> None:
    cedar.clock.advance(days=31)
    [due] = outreach.forgettable(session, cedar.now)
    holds.put(session, row, cedar.now, add_person(session, cedar.now).person_id)
    assert not outreach.forget(session, due, cedar.now)
    assert outreach.contact_of(session, row) is not None


def test_without_one_row_and_key_go_together(cedar: Agent, session: Any, row: Outreach) -> None:
    retention.run(session, cedar.now + CODED)
    assert session.scalars(select(Outreach)).all() == session.scalars(select(CaseKey)).all() == []


def test_both_acts_are_logged(cedar: Agent, session: Any, row: Outreach) -> None:
    by = add_person(session, cedar.now).person_id
    holds.put(session, row, cedar.now, by)
    holds.lift(session, row, cedar.now, by)
    lines = select(Activity.code).where(Activity.person_id == by, Activity.subject == row.outreach_id)
    assert sorted(session.scalars(lines)) == ["hold-lifted", "hold-set"]
