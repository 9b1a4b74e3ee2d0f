"""Whom to ask at this site: the list with its reasons, one press, answers by phone, and never without a next step."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from site_agent.models import (
    ContactClock,
    Event,
    Mail,
    OutboxRow,
    Request,
    Supporter,
)
from site_agent.services import evaluators
from tests.site_agent.web.helping import (
    asked,
    count,
    helped,
    match_of,
    offer_of,
    page,
    press,
)
from tests.support.desk import IDENTITY, Desk, text_of


def test_a_new_request_lists_who_could_be_asked_with_the_reasons(
    desk: Desk, coordinator: FlaskClient
) -> None:
    desk.supporter()
    desk.supporter("Dr. Cy Early", stage="early")
    shown = page(coordinator, desk.request())
    assert "Dr. Ada Okafor Helps nobody at the moment, has helped nobody this year" in shown
    assert "Dr. Cy Early" not in shown, "the excluded are a number only"
    assert "1 other supporter cannot be asked." in shown
    assert "Somebody should be asked by" in shown


def test_one_press_asks_and_says_until_when(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = asked(desk, coordinator)
    shown = page(coordinator, request_id)
    assert "Supporter asked" in shown
    assert "Was asked on Tue 3 Nov 2026, 10:00 am, and has until Wed 4 Nov 2026, 10:00 am." in shown
    assert desk.row(Request, request_id).state == "looking"
    assert count(desk, OutboxRow) == 0, "nothing of it reaches the hub"
    with desk.session() as session:
        assert session.scalars(select(Mail.kind)).all() == ["offer"]


def test_a_yes_by_phone_starts_the_clock_and_is_marked(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = helped(desk, coordinator)
    shown = page(coordinator, request_id)
    assert "To be reached" in shown
    assert "72 h 00 min left" in shown
    assert count(desk, ContactClock) == 1
    with desk.session() as session:
        by = session.scalars(select(Event.by).where(Event.code == "in-hand")).one()
    assert by is not None, "who wrote it down for the supporter"


def test_a_no_by_phone_leads_to_the_next_without_a_name(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = asked(desk, coordinator)
    desk.supporter("Dr. Bo Lind")
    said = press(coordinator, request_id, "no", offer=offer_of(desk, request_id))
    assert "kept without a name" in said
    shown = page(coordinator, request_id)
    assert "Ada Okafor" not in shown
    assert "Dr. Bo Lind" in shown
    assert "Choose a supporter" in shown


def test_an_answer_for_an_offer_that_is_no_longer_there_is_refused(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = asked(desk, coordinator)
    offer_id = offer_of(desk, request_id)
    press(coordinator, request_id, "no", offer=offer_id)
    assert "has moved on" in press(coordinator, request_id, "yes", offer=offer_id)


def test_with_nobody_left_the_waiver_of_the_stage_is_offered_and_kept(
    desk: Desk, coordinator: FlaskClient
) -> None:
    early = desk.supporter("Dr. Cy Early", stage="early")
    request_id = desk.request()
    shown = page(coordinator, request_id)
    assert "Nobody here can be asked." in shown
    assert "if the physician agrees to it" in shown
    assert "Cy Early" not in shown
    question = text_of(coordinator.get(f"/requests/{request_id}/waive-stage"))
    assert "Whoever assesses their work is still never asked" in question
    assert "Cy Early" not in question
    coordinator.post(f"/requests/{request_id}/waive-stage")
    shown = page(coordinator, request_id)
    assert "Dr. Cy Early" in shown
    assert "The physician agrees to an earlier career stage" in shown
    press(coordinator, request_id, "ask", supporter=early)
    match = match_of(desk, request_id)
    assert (match.state, match.stage_waived_by is not None) == ("asked", True)


def test_the_waiver_never_opens_the_rule_of_evaluators(desk: Desk, coordinator: FlaskClient) -> None:
    early = desk.supporter("Dr. Cy Early", stage="early")
    with desk.session() as session:
        physician = evaluators.Physician(IDENTITY.name, "")
        evaluators.add(session, session.get_one(Supporter, early), physician, desk.now)
    request_id = desk.request()
    coordinator.post(f"/requests/{request_id}/waive-stage")
    assert "Cy Early" not in page(coordinator, request_id)
    assert "cannot be asked" in press(coordinator, request_id, "ask", supporter=early)


@pytest.mark.parametrize(
    ("enrolled", "words"), [(True, "The next step is to look elsewhere"), (False, "1-800-663-6729")]
)
def test_a_request_is_never_without_a_next_step(
    desk: Desk, coordinator: FlaskClient, enrolled: bool, words: str
) -> None:
    if enrolled:
        desk.enrol()
    request_id = desk.request()
    shown = page(coordinator, request_id)
    assert words in shown
    coordinator.post(f"/requests/{request_id}/give-up")
    assert words in page(coordinator, request_id)


def test_giving_up_here_ends_the_asking_and_keeps_the_request_open(
    desk: Desk, coordinator: FlaskClient
) -> None:
    desk.enrol()
    request_id = asked(desk, coordinator)
    assert "told that there is nothing more to do" in text_of(
        coordinator.get(f"/requests/{request_id}/give-up")
    )
    coordinator.post(f"/requests/{request_id}/give-up")
    assert desk.row(Request, request_id).state == "unmatched"
    shown = page(coordinator, request_id)
    assert "Nobody of this site can help at the moment, and no other site was asked" in shown
    assert "No site could help" not in shown
    coordinator.post(f"/requests/{request_id}/elsewhere", data={"said_so": "y"})
    assert desk.row(Request, request_id).state == "looking"
    assert "Looking elsewhere" in page(coordinator, request_id)


def test_one_whom_nobody_elsewhere_could_help_may_stay_here(desk: Desk, coordinator: FlaskClient) -> None:
    desk.supporter()
    request_id = desk.request(elsewhere=True, state="unmatched")
    assert "Canary" not in page(coordinator, request_id)
    question = text_of(coordinator.get(f"/requests/{request_id}/stay-here"))
    assert "Does the physician agree" in question
    coordinator.post(f"/requests/{request_id}/stay-here", data={"said_so": "y"})
    shown = page(coordinator, request_id)
    assert "Dr. Wren Canary" in shown
    assert "Dr. Ada Okafor" in shown
