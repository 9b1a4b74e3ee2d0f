"""Reports of the safety route have an end: then nothing of them is in any file, and their count stays."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from site_agent.clock.loop import once
from site_agent.models import Match, Outreach, Request, SafetyReport
from site_agent.services import holds, policy, requests, retention, safety, tickets, totals
from tests.faults.canary import found_in, of_folder
from tests.support.agent import Agent, a_request, add_person

KEPT = timedelta(days=policy.NUMBERS["safety_days"].default)
TICKET = "zephyrine-quillfeather-was-here-canary-0001"


def reported(session: Any, agent: Agent) -> SafetyReport:
    row = safety.report(session, None, "crisis-line", TICKET, agent.now)
    session.commit()
    return row


def reports(session: Any) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(SafetyReport.report_id)))


def everywhere(agent: Agent, to: Path) -> dict[str, bytes]:
    """Every file of the site, and a copy of its database made just now."""
    folder: Path = agent.app.extensions["agent_config"].data_dir
    to.mkdir()
    live, copy = sqlite3.connect(folder / "agent.sqlite"), sqlite3.connect(to / "agent.sqlite")
    live.backup(copy)
    live.close()
    copy.close()
    return {f"{place.name}/{name}": data for place in (folder, to) for name, data in of_folder(place)}


def test_time_and_way_go_after_a_year_and_the_count_stays(cedar: Agent, session: Any, tmp_path: Path) -> None:
    row = reported(session, cedar)
    secrets = (row.report_id, tickets.kept(TICKET))
    before = everywhere(cedar, tmp_path / "before")
    assert {word for data in before.values() for word, _ in found_in(data, secrets)} == set(secrets)
    counts = totals.of(session)
    assert counts["2026Q4", "safety-route"] == 1
    session.commit()
    cedar.clock.at += KEPT - timedelta(hours=1)
    once(cedar.app)
    assert len(reports(session)) == 1
    session.commit()
    cedar.clock.advance(hours=1)
    once(cedar.app)
    assert reports(session) == []
    session.commit()
    after = everywhere(cedar, tmp_path / "after")
    assert {name: found for name, data in after.items() if (found := found_in(data, secrets))} == {}
    assert totals.of(session) == counts


def test_the_site_sets_how_long_and_no_shorter_than_its_floor(cedar: Agent, session: Any) -> None:
    reported(session, cedar)
    policy.put(session, "safety_days", 30)
    policy.put(session, "floor_days", 60)
    retention.run(session, cedar.now + timedelta(days=59))
    assert len(reports(session)) == 1
    retention.run(session, cedar.now + timedelta(days=60))
    assert reports(session) == []


@pytest.mark.parametrize("kind", [Request, Match, Outreach], ids=lambda kind: kind.__name__)
def test_none_goes_while_anything_is_under_a_legal_hold(cedar: Agent, session: Any, kind: type[Any]) -> None:
    """No report says which match it was about."""
    reported(session, cedar)
    subject, by = of_kind(session, cedar, kind), add_person(session, cedar.now).person_id
    holds.put(session, subject, cedar.now, by)
    retention.run(session, cedar.now + 2 * KEPT)
    assert len(reports(session)) == 1
    holds.lift(session, subject, cedar.now, by)
    retention.run(session, cedar.now + 2 * KEPT)
    assert reports(session) == []


def of_kind(session: Any, cedar: Agent, kind: type[Any]) -> Any:
    now = cedar.now
    if kind is Request:
        return requests.record(session, a_request(now, elsewhere=False), now).request
    row = {
        Match: {"thid": "t" * 22, "stage": "mid", "modality": "any", "proposed_at": now, "answer_by": now},
        Outreach: {"outreach_id": "o" * 22, "ref": "AB12CD", "notifier": "colleague", "consent": "agreed",
                   "received_at": now},
    }[kind]  # fmt: skip
    subject = kind(state_at=now, **row)
    session.add(subject)
    session.flush()
    return subject
