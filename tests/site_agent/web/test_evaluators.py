"""Whose work a supporter assesses, on the pages: entered, taken off, in and out as a list."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from site_agent.models import Activity, Evaluator, Offer, Request, Supporter
from site_agent.services import evaluators, local
from tests.support.desk import IDENTITY, Desk, draft_of, text_of

LIST = b"supporter-email,physician-name,physician-email\nokafor@example.ca,Dr. Zed Quill,z@example.ca\n"


def names(desk: Desk) -> list[str]:
    with desk.session() as session:
        return [each.physician.name for each in evaluators.everybody(session)]


def add(client: FlaskClient, supporter: str, name: str, email: str = "") -> TestResponse:
    return client.post(
        f"/supporters/{supporter}/assesses", data={"name": name, "email": email}, follow_redirects=True
    )


def test_a_physician_is_entered_and_taken_off(desk: Desk, coordinator: FlaskClient) -> None:
    ada = desk.supporter()
    assert "Nobody is entered" in text_of(coordinator.get(f"/supporters/{ada}"))
    answer = add(coordinator, ada, "Dr. Zed Quill", "Z@example.ca")
    assert "Dr. Zed Quill" in text_of(answer)
    assert "1 physician. They are never asked" in text_of(coordinator.get(f"/supporters/{ada}"))
    with desk.session() as session:
        line = session.scalars(select(Evaluator.evaluator_id)).one()
    page = f"/supporters/{ada}/assesses/{line}"
    assert "no longer assess" in text_of(coordinator.get(page))
    assert names(desk) == ["Dr. Zed Quill"]
    for _twice in range(2):
        answer = coordinator.post(page, follow_redirects=True)
        assert answer.status_code == 200
    assert names(desk) == []


def test_who_is_asked_about_a_physician_and_put_down_as_assessing_them_is_asked_no_longer(
    desk: Desk, coordinator: FlaskClient
) -> None:
    ada, request_id = desk.supporter(), desk.request()
    with desk.session() as session:
        supporter = session.get_one(Supporter, ada)
        offer = local.ask(session, session.get_one(Request, request_id), supporter, desk.now)
        offer_id = offer.offer_id
    add(coordinator, ada, IDENTITY.name)
    assert desk.row(Offer, offer_id).state == "not-taken"


@pytest.mark.parametrize(
    ("name", "email", "said"),
    [
        ("", "", "Enter the physician’s name"),
        ("Q" * 121, "", "120 characters or fewer"),
        ("…", "", "Enter a name with letters"),
        ("Dr Okafor, Ada", "", "of somebody else than the supporter"),
        ("Back\u202eward", "", "invisible character"),
        ("Dr. Zed", "nobody", "Enter an email address like"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_on_the_form(
    desk: Desk, coordinator: FlaskClient, name: str, email: str, said: str
) -> None:
    answer = add(coordinator, desk.supporter(), name, email)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert f'value="{name}"' in answer.text or not name
    assert names(desk) == []


@pytest.mark.parametrize("name", ["=1+1 Quill", "<script>alert(1)</script>", "שרה לוי"])
def test_a_name_of_any_script_is_shown_as_it_is(desk: Desk, coordinator: FlaskClient, name: str) -> None:
    answer = add(coordinator, desk.supporter(), name)
    assert name in text_of(answer)
    assert "<script>alert" not in answer.text
    assert name in text_of(coordinator.get("/supporters/assessing"))


def test_a_line_of_another_supporter_is_not_found(desk: Desk, coordinator: FlaskClient) -> None:
    ada, bo = desk.supporter(), desk.supporter("Dr. Bo Lind")
    add(coordinator, ada, "Dr. Zed Quill")
    with desk.session() as session:
        line = session.scalars(select(Evaluator.evaluator_id)).one()
    coordinator.post(f"/supporters/{bo}/assesses/{line}")
    assert names(desk) == ["Dr. Zed Quill"]


def upload(client: FlaskClient, data: bytes) -> TestResponse:
    return client.post("/supporters/assessing/import", data={"file": (io.BytesIO(data), "list.csv")})


def test_a_list_is_shown_then_added_once(desk: Desk, coordinator: FlaskClient) -> None:
    desk.supporter()
    draft_id = draft_of(upload(coordinator, LIST))
    page = f"/supporters/assessing/import/{draft_id}"
    assert "Add 1 line?" in text_of(coordinator.get(page))
    assert names(desk) == []
    assert "1 line was added" in text_of(coordinator.post(page, follow_redirects=True))
    assert "used already" in text_of(coordinator.post(page, follow_redirects=True))
    assert names(desk) == ["Dr. Zed Quill"]


def test_what_is_downloaded_goes_in_again_and_is_logged(desk: Desk, coordinator: FlaskClient) -> None:
    ada = desk.supporter()
    add(coordinator, ada, "=Dr. Formula Quill")
    add(coordinator, ada, 'Dr. "Quoted", Comma', "q@example.ca")
    sent = coordinator.post("/supporters/assessing/list.csv")
    assert "'=Dr. Formula Quill" in sent.text
    shown = text_of(coordinator.get(upload(coordinator, sent.data).headers["Location"]))
    assert "2 lines are there already" in shown
    with desk.session() as session:
        assert session.scalar(select(func.count()).select_from(Activity)) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("nobody@example.ca,Dr. Zed,", "Row 2 supporter-email nobody@example.ca Nobody on the roster"),
        ("okafor@example.ca,,", "Row 2 physician-name – Give the physician’s name"),
        ("okafor@example.ca,Dr. Zed,zed", "Row 2 physician-email zed Give an email address"),
        ("okafor@example.ca,Ada Okafor,", "This is the supporter"),
        ("okafor@example.ca,Dr. Zed,\nOKAFOR@example.ca,Zed,", "Row 2 says the same"),
        ("okafor@example.ca,=1+1,", "cannot begin with"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(
    desk: Desk, coordinator: FlaskClient, row: str, said: str
) -> None:
    desk.supporter()
    answer = upload(coordinator, LIST.split(b"\n")[0] + b"\n" + row.encode())
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert names(desk) == []


def test_a_list_about_somebody_who_left_in_the_meantime_adds_nothing(
    desk: Desk, coordinator: FlaskClient
) -> None:
    ada = desk.supporter()
    draft_id = draft_of(upload(coordinator, LIST))
    with desk.session() as session:
        session.get_one(Supporter, ada).left_at = desk.now
    answer = coordinator.post(f"/supporters/assessing/import/{draft_id}")
    assert "no longer fits" in text_of(answer)
    assert names(desk) == []


def test_the_example_reads_as_a_list(desk: Desk, coordinator: FlaskClient) -> None:
    desk.supporter("Dr. Example Name", email="example.name@example.ca")
    example = coordinator.get("/supporters/assessing/import/example.csv")
    assert upload(coordinator, example.data).status_code == 303


def test_a_roster_list_under_way_is_not_taken_for_this_one(desk: Desk, coordinator: FlaskClient) -> None:
    data = {"file": (io.BytesIO(b"name,email,stage\nAda,ada@example.ca,late\n"), "list.csv")}
    draft_id = draft_of(coordinator.post("/supporters/import", data=data))
    answer = coordinator.post(f"/supporters/assessing/import/{draft_id}")
    assert "no longer fits" in text_of(answer)
