"""Everything held as a page to print, and the legal hold: opened on purpose, logged, and seen by the physician."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from site_agent.models import Activity, Event, Match, Person, Request, Supporter
from site_agent.public.standing import standing
from site_agent.services import interactions, local, offers, retention, tracker
from tests.support.desk import IDENTITY, Desk, text_of

PRIVILEGE = ("not a record", "privileged", "confidential record")


def log(desk: Desk) -> list[tuple[str, str | None]]:
    with desk.session() as session:
        lines = select(Activity.code, Activity.subject).order_by(Activity.at, Activity.code)
        return [(code, subject) for code, subject in session.execute(lines)]


def helped(desk: Desk) -> str:
    """A request of this site, in touch, with a talk noted; its id."""
    request_id, who = desk.request(), desk.supporter()
    with desk.session() as session:
        row = session.get_one(Request, request_id)
        offer = local.ask(session, row, session.get_one(Supporter, who), desk.now)
        offers.accept(session, offer, desk.now)
        match = session.get_one(Match, offer.thid)
        interactions.reached(session, match, desk.now, desk.now)
        entry = tracker.Entry(desk.now, "15-30", "phone", 2, "t" * 43, resources=("counselling",))
        tracker.record(session, match, entry, desk.now)
    return request_id


def test_a_question_comes_first_and_opens_and_logs_nothing(desk: Desk, coordinator: FlaskClient) -> None:
    asked = text_of(coordinator.get(f"/requests/{desk.request(elsewhere=True)}/held"))
    assert "It opens the name" in asked
    assert "The physician will see" in asked
    assert IDENTITY.name not in asked
    assert log(desk) == []


def test_j03_the_sheet_has_everything_of_an_own_request_in_words(
    desk: Desk, coordinator: FlaskClient
) -> None:
    request_id = helped(desk)
    said = text_of(coordinator.post(f"/requests/{request_id}/held"))
    for words in (
        IDENTITY.name,
        "(250) 555-0142",
        "Evenings",
        "Burnout",
        "By phone",
        "15 to 30 minutes",
        "Counselling",
    ):
        assert words in said
    for words in (
        "Dr. Ada Okafor",
        "Request recorded",
        "The two have spoken",
        "hard",
        "Who opened it",
        "policy version",
    ):
        assert words in said
    for words in (
        "What is kept where, and until when",
        "30 days after it has ended",
        "7 years after it has ended",
        "Backups",
        "kept for good",
    ):
        assert words in said
    assert "could be asked for in a legal proceeding" in said
    assert not any(words in said.lower() for words in PRIVILEGE)
    assert ("held-printed", request_id) in log(desk)


def test_it_opens_a_closed_name_only_with_the_line_that_the_physician_reads(
    desk: Desk, coordinator: FlaskClient
) -> None:
    desk.enrol()
    request_id = desk.request(elsewhere=True, door="form")
    assert IDENTITY.name in text_of(coordinator.post(f"/requests/{request_id}/held"))
    assert {code for code, _ in log(desk)} == {"held-printed", "name-opened"}
    with desk.app.test_request_context():
        shown = standing(desk.row(Request, request_id))
    texts = [str(each["text"]) for each in shown.openings]
    assert "The coordinator of your site opened your name" in texts
    assert "The coordinator of your site printed everything held" in texts


def test_of_a_match_from_elsewhere_the_name_stands_there_once_it_is_confirmed_and_the_phone_never(
    desk: Desk, coordinator: FlaskClient
) -> None:
    who = desk.supporter()
    before, after = desk.match("released", who), desk.match("in-hand", desk.supporter("Dr. Bo Lind"))
    early = text_of(coordinator.post(f"/elsewhere/{before}/held"))
    assert IDENTITY.name not in early
    assert "Only the supporter may open the name yet" in early
    late = text_of(coordinator.post(f"/elsewhere/{after}/held"))
    assert IDENTITY.name in late
    assert "555-0142" not in late
    assert "Only the supporter’s page shows how to reach them" in late
    assert "It is never told which site helps" in late


def test_what_was_erased_is_said_to_be(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = helped(desk)
    with desk.session() as session:
        interactions.close(session, local.match_of(session, session.get_one(Request, request_id)), desk.now)
        retention.run(session, desk.now + timedelta(days=30))
    said = text_of(coordinator.post(f"/requests/{request_id}/held"))
    assert IDENTITY.name not in said
    assert "Burnout" not in said
    assert "Erased" in said
    assert "15 to 30 minutes" in said, "the coded row stays"


def test_the_page_is_ready_for_paper(desk: Desk, coordinator: FlaskClient) -> None:
    page = coordinator.post(f"/requests/{desk.request()}/held")
    assert page.headers["Cache-Control"] == "no-store"
    assert 'class="govuk-body app-no-print">Print it from your browser' in page.text


@pytest.mark.parametrize("role", ["coordinator", "lead"])
def test_a_hold_is_set_with_a_question_logged_and_shown_to_the_physician(desk: Desk, role: str) -> None:
    client, request_id = desk.client(role), desk.request()
    assert "Set a legal hold?" in text_of(client.get(f"/requests/{request_id}/hold"))
    assert not desk.row(Request, request_id).held
    for _ in range(2):
        page = text_of(client.post(f"/requests/{request_id}/hold", follow_redirects=True))
    assert "Kept longer because the law asks for it" in page
    assert [code for code, _ in log(desk) if code.startswith("hold")] == ["hold-set"]
    with desk.session() as session:
        held = session.scalars(select(Event.code).where(Event.subject == request_id)).all()
    assert held.count("hold-set") == 1
    with desk.app.test_request_context():
        said = [unescape(str(each["text"])) for each in standing(desk.row(Request, request_id)).history]
    assert "It must be kept for now, by law" in said
    assert "Lift the legal hold?" in text_of(client.get(f"/requests/{request_id}/hold/lift"))
    client.post(f"/requests/{request_id}/hold/lift")
    assert not desk.row(Request, request_id).held
    assert {code for code, _ in log(desk)} >= {"hold-set", "hold-lifted"}


def test_a_deputy_reads_of_a_hold_and_sets_none(desk: Desk) -> None:
    thid = desk.match("in-hand", desk.supporter())
    coordinator = desk.client()
    coordinator.post(f"/elsewhere/{thid}/hold")
    assert desk.row(Match, thid).held
    with desk.session() as session:
        deputy = session.scalars(select(Person)).one()
        deputy.roles, deputy.deputy_until = ("deputy",), desk.now.date() + timedelta(days=3)
    shown = text_of(coordinator.get(f"/elsewhere/{thid}"))
    assert "Kept longer because the law asks for it" in shown
    assert "Lift the legal hold" not in shown
    assert coordinator.post(f"/elsewhere/{thid}/hold/lift").status_code == 403


def test_the_help_of_an_own_request_has_no_second_sheet_or_hold(desk: Desk, coordinator: FlaskClient) -> None:
    request_id = helped(desk)
    with desk.session() as session:
        thid = session.scalars(select(Match.thid).where(Match.request_id == request_id)).one()
    for path in ("held", "hold", "hold/lift"):
        assert coordinator.post(f"/elsewhere/{thid}/{path}").status_code == 404
