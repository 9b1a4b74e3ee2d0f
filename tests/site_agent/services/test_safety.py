"""The safety route keeps a time and a way, pauses the match, tells the keepers, and goes nowhere else (J04, J05)."""

from typing import Any

import pytest
from sqlalchemy import select

from site_agent.models import Event, Mail, Match, OutboxRow, SafetyReport, Supporter
from site_agent.services import safety
from tests.site_agent.services.conftest import Helped
from tests.support.agent import Agent, add_person


@pytest.fixture
def match(helped: Helped, session: Any, uma: Supporter) -> Match:
    return helped.in_hand(session, uma)


def add_keeper(session: Any, cedar: Agent, name: str = "Kit Eeper") -> None:
    add_person(session, cedar.now, name).roles = ("keeper",)
    session.flush()


def test_j05_time_and_way_are_kept_and_nothing_joins_them_to_a_match(
    helped: Helped, session: Any, match: Match
) -> None:
    row = safety.report(session, match, "crisis-line", safety.ticket(), helped.now)
    columns = {column.name for column in SafetyReport.__table__.columns}
    assert columns == {"report_id", "at", "route", "ticket", "debriefed_at"}
    assert not any(key in columns for key in ("thid", "supporter_id", "case_id"))
    assert (row.at, row.route) == (helped.now, "crisis-line")
    assert "paused" not in session.scalars(select(Event.code)).all()


def test_the_match_is_paused_until_the_coordinator_has_spoken_with_the_supporter(
    helped: Helped, session: Any, match: Match
) -> None:
    safety.report(session, match, "emergency", safety.ticket(), helped.now)
    assert match.paused_at == helped.now
    assert match.state == "in-hand"
    assert safety.resume(session, match, helped.now, "somebody")
    assert match.paused_at is None
    assert not safety.resume(session, match, helped.now, "somebody")


def test_j05_it_never_crosses_to_the_hub(helped: Helped, session: Any, match: Match, cedar: Agent) -> None:
    add_keeper(session, cedar)
    session.commit()
    before = session.scalars(select(OutboxRow.id)).all()
    safety.report(session, match, "college", safety.ticket(), helped.now)
    safety.resume(session, match, helped.now)
    session.commit()
    assert session.scalars(select(OutboxRow.id)).all() == before


def test_the_keepers_hear_that_something_waits_and_nobody_else_does(
    helped: Helped, session: Any, match: Match, cedar: Agent
) -> None:
    add_person(session, helped.now)
    add_keeper(session, cedar)
    add_keeper(session, cedar, "Gone Eeper")
    safety.keepers(session)[0].left_at = helped.now
    safety.report(session, match, "keeper", safety.ticket(), helped.now)
    mails = session.scalars(select(Mail).where(Mail.kind == "keeper")).all()
    assert [mail.to for mail in mails] == ["kit.eeper@example.ca"]
    assert mails[0].link.endswith("/safety/reports")


def test_pressed_twice_it_is_one_report_and_one_mail(
    helped: Helped, session: Any, match: Match, cedar: Agent
) -> None:
    add_keeper(session, cedar)
    ticket = safety.ticket()
    first = safety.report(session, match, "emergency", ticket, helped.now)
    assert safety.report(session, match, "emergency", ticket, helped.now) is first
    assert safety.reports(session) == [first]
    assert len(session.scalars(select(Mail).where(Mail.kind == "keeper")).all()) == 1


def test_without_a_match_it_is_kept_as_well(session: Any, cedar: Agent) -> None:
    safety.report(session, None, "programme-line", safety.ticket(), cedar.now)
    assert safety.n_waiting(session) == 1


def test_a_debrief_is_noted_once_and_can_be_taken_back(session: Any, cedar: Agent) -> None:
    row = safety.report(session, None, "keeper", safety.ticket(), cedar.now)
    assert safety.debrief_offered(session, row, cedar.now)
    assert not safety.debrief_offered(session, row, cedar.now)
    assert safety.n_waiting(session) == 0
    assert safety.debrief_not_offered(session, row)
    assert safety.n_waiting(session) == 1


@pytest.mark.parametrize("route", ["", "I called her husband"])
def test_j05_no_way_is_told_in_words(session: Any, cedar: Agent, route: str) -> None:
    with pytest.raises(ValueError, match="known ways"):
        safety.report(session, None, route, safety.ticket(), cedar.now)
