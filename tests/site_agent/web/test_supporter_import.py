"""A list of supporters: what is wrong is said by row with its mend, nothing is added unseen, and once only."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from site_agent.models import CaseKey, Draft, Supporter
from tests.support.desk import Desk, draft_of, text_of

GOOD = """name,email,stage,foundations,practice
Dr. Ada Okafor,ada@example.ca,late,2025-09-17,2025-09-25
Dr. Bo Lind,bo@example.ca,mid,,
"""


def upload(client: FlaskClient, data: bytes) -> TestResponse:
    return client.post("/supporters/import", data={"file": (io.BytesIO(data), "list.csv")})


def count(desk: Desk) -> int:
    with desk.session() as session:
        return session.scalar(select(func.count()).select_from(Supporter)) or 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_list_is_shown_before_anybody_is_added(
    desk: Desk, coordinator: FlaskClient, encoding: str, separator: str
) -> None:
    text = GOOD.replace("Okafor", "Hébert").replace(",", separator)
    answer = upload(coordinator, text.encode(encoding))
    if encoding == "utf-16":
        assert answer.status_code == 422
        assert "Save the list as “CSV UTF-8”" in text_of(answer)
        return
    draft_id = draft_of(answer)
    shown = text_of(coordinator.get(f"/supporters/import/{draft_id}"))
    assert "Add 2 supporters?" in shown
    assert "Dr. Ada Hébert" in shown
    assert count(desk) == 0


def test_the_press_adds_them_once(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = draft_of(upload(coordinator, GOOD.encode()))
    answer = coordinator.post(f"/supporters/import/{draft_id}", follow_redirects=True)
    assert "2 supporters were added" in text_of(answer)
    again = coordinator.post(f"/supporters/import/{draft_id}", follow_redirects=True)
    assert "That list was added already" in text_of(again)
    assert count(desk) == 2


def test_nothing_of_the_list_stays_behind(desk: Desk, coordinator: FlaskClient) -> None:
    coordinator.post(f"/supporters/import/{draft_of(upload(coordinator, GOOD.encode()))}")
    with desk.session() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0
        assert session.scalar(select(func.count()).select_from(CaseKey)) == 0


WRONG = [
    (b"", "The file is empty"),
    (b"name,email,stage\n", "The list has no supporters"),
    (b"name,email\nAda,ada@example.ca\n", "The column “stage” is missing"),
    (b"name,email,stage,remarks\nAda,ada@example.ca,late,kind\n", "“remarks” is not a column"),
    (b"name,email,stage\nAda,ada@,late\n", "Row 2"),
    (b"name,email,stage\n=1+1,ada@example.ca,late\n", "cannot begin with = + - or @"),
    (b"name,email,stage\nAda,a@example.ca,late\nBo,a@example.ca,mid\n", "Row 2 has the same address"),
    (b"\x00\x01\x02", "This is not a CSV file"),
]


@pytest.mark.parametrize(("data", "said"), WRONG)
def test_what_is_wrong_is_said_with_its_mend_and_nothing_is_added(
    desk: Desk, coordinator: FlaskClient, data: bytes, said: str
) -> None:
    answer = upload(coordinator, data)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert count(desk) == 0


def test_somebody_who_is_on_the_roster_is_not_added_again(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = draft_of(upload(coordinator, GOOD.encode()))
    desk.supporter("Dr. Ada Already", email="ada@example.ca")
    answer = coordinator.post(f"/supporters/import/{draft_id}")
    assert "The roster has changed" in text_of(answer)
    assert count(desk) == 1


def test_ten_thousand_rows_are_taken_and_more_are_refused(desk: Desk, coordinator: FlaskClient) -> None:
    rows = "".join(f"Dr. {n},s{n}@example.ca,mid\n" for n in range(10_001))
    answer = upload(coordinator, ("name,email,stage\n" + rows).encode())
    assert answer.status_code == 422
    assert "at most 10000 supporters" in text_of(answer)


def test_a_file_too_large_for_a_roster_is_refused(desk: Desk, coordinator: FlaskClient) -> None:
    desk.app.config["MAX_CONTENT_LENGTH"] = 1000
    assert upload(coordinator, b"x" * 2000).status_code == 413


def test_no_file_at_all_is_asked_for(coordinator: FlaskClient) -> None:
    for typed in ({}, {"file": "not a file"}):
        answer = coordinator.post("/supporters/import", data=typed)
        assert answer.status_code == 422
        assert "Choose a CSV file" in text_of(answer)


def test_the_example_can_be_added_as_it_is(desk: Desk, coordinator: FlaskClient) -> None:
    example = coordinator.get("/supporters/import/example.csv")
    assert example.headers["Content-Disposition"].startswith("attachment")
    assert upload(coordinator, example.data).status_code == 303


def test_a_colleague_does_not_see_the_list(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = draft_of(upload(coordinator, GOOD.encode()))
    answer = desk.client().get(f"/supporters/import/{draft_id}", follow_redirects=True)
    assert "Okafor" not in answer.text
