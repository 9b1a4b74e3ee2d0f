"""A list of supporters: what is wrong is said by row with its mend, nothing is added unseen, and once only."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from site_agent.models import Activity, CaseKey, Draft, Supporter
from site_agent.services.roster_columns import values
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
    draft_id = draft_of(answer)
    shown = text_of(coordinator.get(f"/supporters/import/{draft_id}"))
    assert "Add 2 supporters?" in shown
    assert "Dr. Ada Hébert" in shown
    assert ("Look at the accents" in shown) == (encoding == "cp1252")
    assert count(desk) == 0


def test_the_press_adds_them_once(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = draft_of(upload(coordinator, GOOD.encode()))
    answer = coordinator.post(f"/supporters/import/{draft_id}", follow_redirects=True)
    assert "2 supporters were added" in text_of(answer)
    again = coordinator.post(f"/supporters/import/{draft_id}", follow_redirects=True)
    assert "That list was used already" in text_of(again)
    assert count(desk) == 2


def test_nothing_of_the_list_stays_behind(desk: Desk, coordinator: FlaskClient) -> None:
    coordinator.post(f"/supporters/import/{draft_of(upload(coordinator, GOOD.encode()))}")
    with desk.session() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0
        assert session.scalar(select(func.count()).select_from(CaseKey)) == 0


WRONG = [
    (b"", "The file is empty"),
    (b"name,email,stage\n", "The list has no rows"),
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
    ada = desk.supporter("Dr. Ada Already", email="ada@example.ca")
    answer = coordinator.post(f"/supporters/import/{draft_id}", follow_redirects=True)
    assert "1 supporter was added" in text_of(answer)
    assert (count(desk), desk.row(Supporter, ada).name) == (2, "Dr. Ada Already")


def test_who_is_on_the_roster_is_changed_only_when_asked_for(desk: Desk, coordinator: FlaskClient) -> None:
    ada = desk.supporter("Dr. Ada Already", email="ada@example.ca")
    draft_id = draft_of(upload(coordinator, GOOD.encode()))
    shown = text_of(coordinator.get(f"/supporters/import/{draft_id}"))
    assert "Dr. Ada Already" in shown
    assert "Add 1 supporter?" in shown
    assert coordinator.post(f"/supporters/import/{draft_id}", data={"known": "all"}).status_code == 422
    answer = coordinator.post(
        f"/supporters/import/{draft_id}", data={"known": "change"}, follow_redirects=True
    )
    assert "1 supporter was added. 1 was changed." in text_of(answer)
    assert desk.row(Supporter, ada).name == "Dr. Ada Okafor"


def download(client: FlaskClient) -> TestResponse:
    return client.post("/supporters/list.csv")


def test_what_is_downloaded_goes_in_again_and_does_nothing(desk: Desk, coordinator: FlaskClient) -> None:
    desk.supporter("=Dr. Formula", email="f@example.ca", languages=("en", "ase"))
    desk.supporter('Dr. "Quoted", Comma', email="q@example.ca", posts=("supervisor",))
    sent = download(coordinator)
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert "'=Dr. Formula" in sent.text
    shown = text_of(coordinator.get(upload(coordinator, sent.data).headers["Location"]))
    assert "Nothing to add" in shown
    assert "2 are on the roster already, unchanged" in shown


def test_a_download_is_logged_and_holds_nothing_of_any_match(desk: Desk, coordinator: FlaskClient) -> None:
    thid = desk.match("in-hand", desk.supporter())
    text = download(coordinator).text
    assert thid not in text
    assert "Canary" not in text
    with desk.session() as session:
        (line,) = session.scalars(select(Activity)).all()
        assert (line.code, line.subject) == ("roster-exported", None)


def test_rows_are_pasted_from_a_spreadsheet(desk: Desk, coordinator: FlaskClient) -> None:
    pasted = "Name\tE-mail\tCareer stage\r\nDr. Ada Okafor\tada@example.ca\tLate career\r\n"
    draft_id = draft_of(coordinator.post("/supporters/import", data={"text": pasted}))
    coordinator.post(f"/supporters/import/{draft_id}")
    assert count(desk) == 1


def test_what_is_wrong_comes_back_with_the_rows_to_mend_them_there(
    desk: Desk, coordinator: FlaskClient
) -> None:
    answer = upload(
        coordinator, b"name,email,stage\nDr. Ada,ada@example.ca,ancient\nDr. Bo,bo@example.ca,mid\n"
    )
    shown = text_of(answer)
    assert answer.status_code == 422
    assert "Row 2 stage ancient Use one of: early, mid, late." in shown
    assert "1 row is right" in shown
    assert "Dr. Ada,ada@example.ca,ancient" in answer.text, "in the box"


def test_a_list_goes_on_without_the_columns_that_are_ticked(desk: Desk, coordinator: FlaskClient) -> None:
    text = "name,email,stage,Specialty,Notes\nDr. Ada,ada@example.ca,late,Surgery,kind\n"
    shown = text_of(upload(coordinator, text.encode()))
    assert "“Specialty” is not a column" in shown
    assert "Leave these columns out" in shown
    one = coordinator.post("/supporters/import", data={"text": text, "leave_out": ["Notes"]})
    assert one.status_code == 422
    assert ",kind" not in one.text, "what is left out does not come back"
    sent = {"text": text, "leave_out": ["Notes", "Specialty"]}
    coordinator.post(f"/supporters/import/{draft_of(coordinator.post('/supporters/import', data=sent))}")
    assert count(desk) == 1


def test_a_long_list_with_a_fault_does_not_come_back(desk: Desk, coordinator: FlaskClient) -> None:
    rows = "".join(f"Dr. {n},s{n}@example.ca,{'mid' if n else 'x'}\n" for n in range(3000))
    answer = upload(coordinator, ("name,email,stage\n" + rows).encode())
    assert answer.status_code == 422
    assert "s2999@example.ca" not in answer.text


def test_a_script_in_a_list_is_shown_as_text(desk: Desk, coordinator: FlaskClient) -> None:
    text = "name,email,stage\n<script>alert(1)</script>,ada@example.ca,late\n"
    answer = coordinator.get(upload(coordinator, text.encode()).headers["Location"])
    assert "<script>alert" not in answer.text
    assert "<script>alert(1)</script>" in text_of(answer)


def test_a_list_that_no_longer_fits_adds_nothing(desk: Desk, coordinator: FlaskClient) -> None:
    text = GOOD.replace("2025-09-17", desk.now.date().isoformat())
    draft_id = draft_of(upload(coordinator, text.encode()))
    desk.clock.advance(hours=-24)
    answer = coordinator.post(f"/supporters/import/{draft_id}")
    assert "no longer fits" in text_of(answer)
    assert count(desk) == 0


def test_ten_thousand_rows_are_taken_and_more_are_refused(desk: Desk, coordinator: FlaskClient) -> None:
    rows = "".join(f"Dr. {n},s{n}@example.ca,mid\n" for n in range(10_001))
    answer = upload(coordinator, ("name,email,stage\n" + rows).encode())
    assert answer.status_code == 422
    assert "at most 10,000 rows" in text_of(answer)


def test_a_file_too_large_for_a_roster_is_refused(desk: Desk, coordinator: FlaskClient) -> None:
    desk.app.config["MAX_CONTENT_LENGTH"] = 1000
    assert upload(coordinator, b"x" * 2000).status_code == 413


def test_no_file_at_all_is_asked_for(coordinator: FlaskClient) -> None:
    for typed in ({}, {"file": "not a file"}):
        answer = coordinator.post("/supporters/import", data=typed)
        assert answer.status_code == 422
        assert "Choose a CSV file, or paste the rows" in text_of(answer)


def test_the_example_can_be_added_as_it_is(desk: Desk, coordinator: FlaskClient) -> None:
    example = coordinator.get("/supporters/import/example.csv")
    assert example.headers["Content-Disposition"] == "attachment; filename=supporters-template.csv"
    assert upload(coordinator, example.data).status_code == 303


def test_the_page_says_what_each_coded_column_may_hold(coordinator: FlaskClient) -> None:
    shown = text_of(coordinator.get("/supporters/import"))
    for code in ("stage", "languages", "modalities", "gender", "posts"):
        assert f"{code} {'(needed)' if code == 'stage' else ''}: {', '.join(values(code))}" in shown
    assert "places : how many physicians they take on at a time, from 1 to 9." in shown


def test_a_wrong_language_is_answered_with_all_that_may_stand_there(coordinator: FlaskClient) -> None:
    answer = upload(coordinator, b"name,email,stage,languages\nAda,a@example.ca,mid,Klingon\n")
    assert f"Use these, with / between them: {', '.join(values('languages'))}." in text_of(answer)


def test_a_colleague_does_not_see_the_list(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = draft_of(upload(coordinator, GOOD.encode()))
    answer = desk.client().get(f"/supporters/import/{draft_id}", follow_redirects=True)
    assert "Okafor" not in answer.text
