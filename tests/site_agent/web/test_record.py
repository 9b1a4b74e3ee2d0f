"""Recording a request: five pages at most, nothing lost on the way, recorded once, its secrets shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from site_agent.models import CaseKey, DirectorySite, Draft, Enrolment, OutboxRow, Request
from site_agent.services import drafts, requests
from site_agent.web.places import places
from site_agent.web.record_forms import STEPS
from tests.site_agent.web.steps import ANSWERS, CAME, HERE, fill, fill_here, send
from tests.support.desk import OTHERS, Desk, draft_of, text_of


@pytest.fixture(autouse=True)
def enrolled(desk: Desk) -> None:
    """The site has a hub, and a directory of places to avoid."""
    desk.enrol()


def count(desk: Desk, kind: type[Any]) -> int:
    with desk.session() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def only_request(desk: Desk) -> str:
    with desk.session() as session:
        return session.scalars(select(Request.request_id)).one()


@pytest.mark.parametrize(
    ("name", "community", "shown"),
    [
        ("Fraser Bend MSA", "Fraser Bend", "Fraser Bend MSA"),
        ("Kettle Division", "Grand Forks, Trail", "Kettle Division (Grand Forks, Trail)"),
    ],
)
def test_a_place_to_avoid_says_once_where_it_is(desk: Desk, name: str, community: str, shown: str) -> None:
    with desk.session() as session:
        site = session.get_one(DirectorySite, min(OTHERS))
        site.name, site.community = name, community
        session.flush()
        assert places(session)[min(OTHERS)] == shown


def test_a_request_is_recorded_as_it_was_said(desk: Desk, coordinator: FlaskClient) -> None:
    send(coordinator, fill(coordinator))
    with desk.session() as session:
        row = session.scalars(select(Request)).one()
        assert (row.door, row.stage, row.modality, row.few) == ("paper", "mid", "phone", "wait")
        assert row.received_at.isoformat() == "2026-11-02T23:40:00+00:00", "4:40 pm at the site"
        details = requests.details(session, row)
        assert details is not None
        assert (row.origin, row.mail_ok, details.hint) == ("cmpa", False, "coping")
        assert (details.reason, details.language, details.posts) == ("complaint", "fr", ("department-head",))
        assert (set(details.wishes), details.avoid) == ({"woman", "same-background"}, (min(OTHERS),))


def test_one_with_no_place_left_to_ask_is_not_recorded(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator, wishes=ANSWERS["wishes"] | {"avoid": list(OTHERS)})
    assert send(coordinator, draft_id).headers["Location"].endswith("/wishes")
    shown = coordinator.post(
        f"/requests/new/{draft_id}/wishes", data=ANSWERS["wishes"] | {"avoid": list(OTHERS)}
    )
    assert "No place is left to ask" in text_of(shown)
    assert count(desk, Request) == 0


def test_one_for_elsewhere_sets_out_at_once(desk: Desk, coordinator: FlaskClient) -> None:
    send(coordinator, fill(coordinator))
    with desk.session() as session:
        assert session.scalars(select(Request.state)).one() == "looking"
        assert session.scalars(select(OutboxRow.type)).all() == ["match.request"]


def test_one_for_here_stays_here(desk: Desk, coordinator: FlaskClient) -> None:
    send(coordinator, fill_here(coordinator))
    assert desk.row(Request, only_request(desk)).state == "new"
    assert count(desk, OutboxRow) == 0


def test_a_site_that_is_not_enrolled_yet_records_all_the_same(desk: Desk, coordinator: FlaskClient) -> None:
    with desk.session() as session:
        session.get_one(Enrolment, 1).state = "pending"
    answer = send(coordinator, fill(coordinator))
    assert answer.status_code == 200
    assert desk.row(Request, only_request(desk)).state == "new"


def test_the_check_says_in_a_sentence_that_no_post_is_left_out(desk: Desk, coordinator: FlaskClient) -> None:
    check = text_of(coordinator.get(f"/requests/new/{fill_here(coordinator)}/check"))
    assert "Never asked Nobody is left out because of a post" in check
    check = text_of(coordinator.get(f"/requests/new/{fill(coordinator)}/check"))
    assert "Never asked Department or division head" in check


def test_link_and_code_are_shown_with_the_answer_and_never_again(
    desk: Desk, coordinator: FlaskClient
) -> None:
    draft_id = fill(coordinator)
    answer = send(coordinator, draft_id)
    assert "https://cedar.example.ca/r/" in text_of(answer)
    assert 'href="https://hub.example.ca/withdraw"' in answer.text
    again = send(coordinator, draft_id)
    assert again.status_code == 303
    page = coordinator.get(f"/requests/{only_request(desk)}")
    assert "/r/" not in page.text.replace("/requests/", "")


def test_the_page_to_hand_over_does_not_name_the_physician(desk: Desk, coordinator: FlaskClient) -> None:
    answer = send(coordinator, fill(coordinator))
    assert answer.status_code == 200
    assert "Canary" not in answer.text


def test_after_a_call_the_page_speaks_to_whoever_recorded_it(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill_here(coordinator, came=HERE | {"door": "phone"})
    check = text_of(coordinator.get(f"/requests/new/{draft_id}/check"))
    assert "You then get a link to hand to the physician" in check
    assert "a code" not in check.split("You then get")[1].split(".")[0]
    shown = text_of(send(coordinator, draft_id))
    assert "Their link" in shown
    assert "Your link" not in shown


def test_pressing_twice_records_once(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator)
    send(coordinator, draft_id)
    second = coordinator.post(f"/requests/new/{draft_id}/check", follow_redirects=True)
    assert "was sent or deleted already" in text_of(second)
    assert count(desk, Request) == 1


def test_answers_are_still_there_on_the_way_back(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator)
    page = coordinator.get(f"/requests/new/{draft_id}/contact").text
    assert 'value="Dr. Wren Canary"' in page
    assert 'value="250 555 0142"' in page


def test_going_back_keeps_even_what_is_not_right_yet(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator)
    typed = ANSWERS["contact"] | {"phone": "12", "go": "back"}
    back = coordinator.post(f"/requests/new/{draft_id}/contact", data=typed)
    assert back.headers["Location"].endswith("/wishes")
    assert 'value="12"' in coordinator.get(f"/requests/new/{draft_id}/contact").text


def test_what_is_not_right_is_said_with_everything_kept(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator)
    answer = coordinator.post(
        f"/requests/new/{draft_id}/contact",
        data={"name": "Dr. Wren Canary", "phone": "555", "ways": ["call"]},
    )
    assert answer.status_code == 422
    assert "Error:" in answer.text
    shown = text_of(answer)
    assert "Enter a phone number with its area code" in shown
    assert "Select at least one safe time" in shown
    assert 'value="Dr. Wren Canary"' in answer.text
    assert 'value="555"' in answer.text


def test_an_unfinished_form_leads_to_the_question_that_is_left(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = draft_of(coordinator.post("/requests/new", data=CAME))
    answer = coordinator.get(f"/requests/new/{draft_id}/check")
    assert answer.headers["Location"].endswith("/about")
    assert send(coordinator, draft_id).headers["Location"].endswith("/about")
    assert count(desk, Request) == 0


def test_a_change_leads_straight_back_to_the_check(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator)
    answer = coordinator.post(
        f"/requests/new/{draft_id}/about?change=1", data=ANSWERS["about"] | {"stage": "late"}
    )
    assert answer.headers["Location"].endswith("/check")
    assert "Late career" in text_of(coordinator.get(f"/requests/new/{draft_id}/check"))


def test_the_check_shows_every_answer_with_a_way_to_change_it(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator)
    page = coordinator.get(f"/requests/new/{draft_id}/check")
    shown = text_of(page)
    for text in (
        "The paper sheet, Mon 2 Nov 2026, 4:40 pm",
        "A complaint",
        "French",
        "A woman",
        "River Bend",
        "The CMPA",
    ):
        assert text in shown
    for step in ("came", *ANSWERS):
        assert f"{step}?change=1" in page.text
    assert '<span class="app-number">(250) 555-0142</span>' in page.text, "no line ends within a number"


def test_there_are_five_pages_at_most_with_the_check(coordinator: FlaskClient) -> None:
    assert len(STEPS) + 1 <= 5
    assert "page 1 of 4" in text_of(coordinator.get("/requests/new"))


def test_what_is_asked_only_for_elsewhere_is_not_asked_for_here(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill_here(coordinator)
    shown = text_of(coordinator.get(f"/requests/new/{draft_id}/wishes"))
    assert "River Bend" not in shown
    assert "Fewer than three" not in text_of(coordinator.get(f"/requests/new/{draft_id}/check"))
    coordinator.post(f"/requests/new/{draft_id}/came?change=1", data=CAME)
    answer = coordinator.get(f"/requests/new/{draft_id}/check")
    assert answer.headers["Location"].endswith("/wishes"), "now it is"


def test_a_crafted_answer_is_refused_with_everything_kept(desk: Desk, coordinator: FlaskClient) -> None:
    twice = ANSWERS["about"]
    draft_id = fill(coordinator, about=twice, contact=ANSWERS["contact"] | {"times": ["evening", "evening"]})
    answer = send(coordinator, draft_id)
    assert answer.status_code == 422
    assert "Answer this page again: Who is it, and how can they be reached?" in text_of(answer)
    assert "Error:" in answer.text
    assert count(desk, Request) == 0
    assert 'value="Dr. Wren Canary"' in coordinator.get(f"/requests/new/{draft_id}/contact").text
    coordinator.post(f"/requests/new/{draft_id}/contact", data=ANSWERS["contact"])
    assert send(coordinator, draft_id).status_code == 200


NAMES = [
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "ד״ר שרה לוי",
    "Zoe\u0308 N\u0303",
    "Robert'); DROP TABLE",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_name_however_it_is_written(desk: Desk, coordinator: FlaskClient, name: str) -> None:
    draft_id = fill(coordinator, contact=ANSWERS["contact"] | {"name": name})
    page = coordinator.get(f"/requests/new/{draft_id}/check")
    assert name in text_of(page)
    assert "<script>alert" not in page.text
    assert send(coordinator, draft_id).status_code == 200


CONTACTS = [
    ({"name": ""}, "Enter the physician’s name"),
    ({"name": "W" * 121}, "120 characters or fewer"),
    ({"name": "Wren\u202e"}, "invisible character"),
    ({"phone": "+1 250 555 0142 ext. 123456"}, "Leave out the extension"),
    ({"phone": "", "email": ""}, "Enter a phone number or an email address"),
    ({"phone": "", "email": "wren@example.ca"}, "Enter a phone number, or select only email"),
    ({"phone": "", "email": "wren@", "ways": ["email"]}, "Enter an email address like"),
    ({"email": "w" * 260 + "@example.ca"}, "254 characters or fewer"),
    ({"ways": ["email"]}, "Enter an email address, or do not select email"),
    ({"mail_ok": "y"}, "Enter an email address, or leave out the email"),
    ({"ways": []}, "Select at least one safe way"),
    ({"ways": ["pigeon"]}, "is not a valid choice"),
]


@pytest.mark.parametrize(("wrong", "said"), CONTACTS)
def test_contact_details_that_cannot_reach_anybody_are_refused(
    desk: Desk, coordinator: FlaskClient, wrong: dict[str, Any], said: str
) -> None:
    draft_id = draft_of(coordinator.post("/requests/new", data=CAME))
    answer = coordinator.post(f"/requests/new/{draft_id}/contact", data=ANSWERS["contact"] | wrong)
    assert answer.status_code == 422
    assert said in text_of(answer)


@pytest.mark.parametrize(("step", "n_missing"), [("about", 6), ("wishes", 1)])
def test_each_choice_is_asked_for(desk: Desk, coordinator: FlaskClient, step: str, n_missing: int) -> None:
    draft_id = draft_of(coordinator.post("/requests/new", data=CAME))
    answer = coordinator.post(f"/requests/new/{draft_id}/{step}", data={"go": "on"})
    assert answer.status_code == 422
    assert answer.text.count('class="govuk-error-message"') == n_missing


def test_a_draft_is_its_writers_own(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator)
    colleague = desk.client()
    assert "Canary" not in colleague.get(f"/requests/new/{draft_id}/contact", follow_redirects=True).text
    assert send(colleague, draft_id).status_code == 303
    assert count(desk, Request) == 0


def test_nothing_that_was_typed_is_in_the_cookie_or_in_clear_on_the_disk(
    desk: Desk, coordinator: FlaskClient
) -> None:
    fill(coordinator)
    with coordinator.session_transaction() as cookie:
        assert set(cookie) <= {"token", "seen", "since", "csrf_token"}
    folder = desk.app.extensions["agent_config"].data_dir
    for path in folder.iterdir():
        assert b"Canary" not in path.read_bytes(), path.name


def test_stopping_destroys_what_was_typed(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator)
    answer = coordinator.post(f"/requests/new/{draft_id}/drop", follow_redirects=True)
    assert "What was typed is deleted" in text_of(answer)
    assert (count(desk, Draft), count(desk, CaseKey)) == (0, 0)


def test_a_draft_left_lying_is_gone_after_a_day(desk: Desk, coordinator: FlaskClient) -> None:
    fill(coordinator)
    desk.clock.advance(hours=25)
    with desk.session() as session:
        assert drafts.sweep(session, desk.now) == 1
    assert (count(desk, Draft), count(desk, CaseKey)) == (0, 0)


def test_an_old_draft_is_not_opened_even_before_it_is_swept(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator)
    with desk.session() as session:
        session.get_one(Draft, draft_id).changed_at = desk.now - timedelta(hours=25)
    answer = coordinator.get(f"/requests/new/{draft_id}/contact", follow_redirects=True)
    assert "was sent or deleted already" in text_of(answer)


def test_before_the_first_question_there_is_none(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator)
    assert 'value="back"' not in coordinator.get(f"/requests/new/{draft_id}/came").text
    answer = coordinator.post(f"/requests/new/{draft_id}/came", data=CAME | {"go": "back"})
    assert answer.headers["Location"].endswith("/came")


def test_who_types_the_contact_details_is_told_that_they_know_them(
    desk: Desk, coordinator: FlaskClient
) -> None:
    draft_id = draft_of(coordinator.post("/requests/new", data=CAME))
    shown = text_of(coordinator.get(f"/requests/new/{draft_id}/contact"))
    assert "You know it now." in shown
    assert "and you if the request stays at this site" in shown
    assert "ever sees" not in shown


def test_one_from_days_ago_says_that_it_is_late(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill(coordinator)
    assert "waited long" not in text_of(coordinator.get(f"/requests/new/{draft_id}/check"))
    long_ago = CAME | {"received_at-day": "28", "received_at-month": "Oct"}
    coordinator.post(f"/requests/new/{draft_id}/came?change=1", data=long_ago)
    shown = text_of(coordinator.get(f"/requests/new/{draft_id}/check"))
    assert "asked 5 days ago and has waited long. Record it now, and call them." in shown
