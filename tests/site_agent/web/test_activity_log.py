"""The log of who opened what: by whom and when, by person, and never with a physician's name."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from site_agent.models import Activity, Request
from site_agent.models.activity import CODES
from site_agent.services import activity, retention
from site_agent.web.activity_words import WHAT
from site_agent.web.refs import ref_of
from tests.support.desk import IDENTITY, Desk, text_of


def test_every_code_has_words() -> None:
    assert set(WHAT) == set(CODES)


def test_what_is_no_code_is_not_logged(desk: Desk) -> None:
    with desk.session() as session, pytest.raises(ValueError, match="tea-made"):
        activity.note(session, "p" * 22, "tea-made", None, desk.now)


def test_it_says_who_opened_what_without_a_physicians_name(desk: Desk) -> None:
    lead, request_id = desk.client("lead"), desk.request()
    thid = desk.match("in-hand", desk.supporter())
    lead.get(f"/requests/{request_id}")
    lead.get(f"/elsewhere/{thid}")
    lead.post(f"/requests/{request_id}/held")
    shown = text_of(lead.get("/activity"))
    for words in ("Lead Person", "Opened a request with its name", "Opened everything held", ref_of(thid)):
        assert words in shown
    assert desk.row(Request, request_id).ref in shown
    assert IDENTITY.name not in shown


def test_an_hour_of_looking_is_one_line(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = desk.request()
    for _ in range(3):
        coordinator.get(f"/requests/{request_id}")
    desk.clock.advance(hours=1)
    coordinator.get(f"/requests/{request_id}")
    with desk.session() as session:
        assert len(activity.of(session, request_id)) == 2


def test_the_lines_of_one_person(desk: Desk) -> None:
    lead, coordinator, request_id = desk.client("lead"), desk.client(), desk.request()
    lead.get(f"/requests/{request_id}")
    coordinator.get("/supporters/export.csv")
    with desk.session() as session:
        who = session.scalars(select(Activity.person_id).where(Activity.code == "request-opened")).one()
    shown = text_of(lead.get("/activity", query_string={"person": who}))
    assert "Opened a request with its name" in shown
    assert "Downloaded the list of supporters" not in shown
    assert "Opened a request with its name" in text_of(lead.get("/activity?person=nobody"))


def test_lines_lose_their_subject_when_the_case_is_erased(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = desk.request()
    coordinator.get(f"/requests/{request_id}")
    with desk.session() as session:
        retention.erase(session, session.get_one(Request, request_id))
        assert session.scalars(select(Activity.subject)).all() == [None]
    shown = text_of(coordinator.get("/activity"))
    assert "Opened a request with its name" in shown
    assert "Erased" in shown
    assert desk.row(Request, request_id).ref not in shown


def test_older_lines_are_a_page_further(desk: Desk) -> None:
    with desk.session() as session:
        for _ in range(51):
            desk.clock.advance(hours=1)
            activity.note(session, "p" * 22, "roster-exported", None, desk.now)
    coordinator = desk.client()
    first = coordinator.get("/activity")
    assert "start=50" in first.text
    assert text_of(coordinator.get("/activity?start=50")).count("Downloaded the list") == 1
    assert coordinator.get("/activity?start=-4").status_code == 200


@pytest.mark.parametrize("role", ["deputy", "keeper"])
def test_others_do_not_read_it(desk: Desk, role: str) -> None:
    assert desk.client(role).get("/activity").status_code == 403
