"""Supporters from a spreadsheet: every fault names its row and how to mend it, and nothing is half kept."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from site_agent.models import Supporter
from site_agent.services import roster_import
from site_agent.services.roster_import import ImportRow, Preview, import_apply, import_preview
from tests.support.agent import Agent, add_supporter

HEAD = "name,email,stage\n"
GOOD = HEAD + "Dr Ève Noël,eve@example.ca,late\n"


def faults(preview: Preview) -> list[tuple[int, str]]:
    assert all(error.mend for error in preview.errors)
    return [(error.row, error.column) for error in preview.errors]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_save_is_read(encoding: str, separator: str, end: str, session: Any) -> None:
    data = GOOD.replace(",", separator).replace("\n", end).encode(encoding)
    preview = import_preview(session, data)
    assert preview.errors == ()
    assert [(row.name, row.email, row.stage) for row in preview.rows] == [
        ("Dr Ève Noël", "eve@example.ca", "late")
    ]


def test_every_column_is_read(session: Any) -> None:
    text = (
        "Name;E-mail;Phone;Stage;Languages;Modalities;Gender;Posts;Places;Foundations;Practice\n"
        "Dr A;A@Example.ca;+1 250 555 0142;Mid;en/fr;phone / in person;Woman;department head;2;2025-09-17;2025-09-25\n"
    ).replace("E-mail", "email")
    preview = import_preview(session, text)
    assert preview.errors == ()
    assert preview.rows == (
        ImportRow(
            "Dr A", "a@example.ca", "mid", "+12505550142", ("en", "fr"), ("phone", "in-person"), "woman",
            ("department-head",), 2, date(2025, 9, 17), date(2025, 9, 25),
        ),
    )  # fmt: skip


def test_what_is_left_empty_takes_its_default(session: Any) -> None:
    (row,) = import_preview(session, GOOD).rows
    assert (row.languages, row.modalities, row.gender, row.posts, row.max_open) == (
        ("en",), ("in-person", "phone", "video"), "not-said", (), 1,
    )  # fmt: skip
    assert (row.foundations_on, row.practice_on, row.phone) == (None, None, "")


def test_applying_adds_everybody_untrained_and_unsigned(session: Any, cedar: Agent) -> None:
    assert import_apply(session, import_preview(session, GOOD), cedar.now) == 1
    (supporter,) = session.scalars(select(Supporter))
    assert (supporter.email, supporter.agreement_version, supporter.foundations_on) == (
        "eve@example.ca",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("=1+1,a@example.ca,mid", "name"),
        ("+Dr A,a@example.ca,mid", "name"),
        ("-Dr A,a@example.ca,mid", "name"),
        ("@Dr A,a@example.ca,mid", "name"),
        ("'Dr A',=cmd,mid", "email"),
        (",a@example.ca,mid", "name"),
        ("Dr A,nobody,mid", "email"),
        ("Dr A,,mid", "email"),
        ("Dr A,a@example.ca,ancient", "stage"),
        ("Dr A,a@example.ca,", "stage"),
        ('"Dr\nA",a@example.ca,mid', "name"),
        ("Dr A,a@example.ca,mid,extra", ""),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(row: str, column: str, session: Any) -> None:
    preview = import_preview(session, GOOD + row + "\n")
    assert faults(preview) == [(3, column)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("phone", "12"), ("phone", "=250"), ("languages", "en/klingon"), ("modalities", "pigeon"), ("gender", "x"),
        ("posts", "king"), ("places", "0"), ("places", "10"), ("places", "two"), ("places", "²"),
        ("places", "99999999999999999999"), ("foundations", "17/09/2025"), ("practice", "2025-13-01"),
    ],
)  # fmt: skip
def test_every_other_column_is_checked(column: str, value: str, session: Any) -> None:
    text = f"name,email,stage,{column}\nDr A,a@example.ca,mid,{value}\n"
    assert faults(import_preview(session, text)) == [(2, column)]


def test_all_faults_of_a_row_are_named_at_once(session: Any) -> None:
    assert faults(import_preview(session, HEAD + ",nobody,ancient\n")) == [
        (2, "name"), (2, "email"), (2, "stage"),
    ]  # fmt: skip


def test_the_same_address_twice_is_refused(session: Any, cedar: Agent) -> None:
    add_supporter(session, cedar.now, email="known@example.ca")
    text = HEAD + "A,a@example.ca,mid\nB,known@example.ca,mid\nC,A@example.ca,mid\n"
    assert faults(import_preview(session, text)) == [(3, "email"), (4, "email")]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", (1, "")),
        (b"name,email\nA,a@example.ca\n", (1, "stage")),
        (b"name,email,stage,salary\n", (1, "salary")),
        (b"name,email,stage,name\n", (1, "name")),
        (b"name,email,stage\n", (2, "")),
        (b"PK\x03\x04\x00\x00", (1, "")),
        (b"\x81\x8d\x8f", (1, "")),
        (b'name,email,stage\n"Dr A,a@example.ca,mid\n', (1, "")),
    ],
)
def test_a_file_that_is_no_list_says_so(data: bytes, fault: tuple[int, str], session: Any) -> None:
    preview = import_preview(session, data)
    assert fault in faults(preview)
    assert preview.rows == ()


def test_ten_thousand_rows_are_read_and_one_more_refused(session: Any, cedar: Agent) -> None:
    rows = [f"Dr {n},d{n}@example.ca,mid" for n in range(roster_import.MAX_ROWS + 1)]
    preview = import_preview(session, HEAD + "\n".join(rows[:-1]))
    assert (len(preview.rows), preview.errors) == (10_000, ())
    assert import_apply(session, preview, cedar.now) == 10_000
    assert faults(import_preview(session, HEAD + "\n".join(rows))) == [(10_002, "")]


def test_many_faults_are_counted_beyond_those_shown(session: Any) -> None:
    text = HEAD + "".join(f"Dr {n},nobody,mid\n" for n in range(70))
    preview = import_preview(session, text)
    assert (len(preview.errors), preview.n_more_errors) == (50, 20)


def test_a_list_with_faults_is_not_imported(session: Any, cedar: Agent) -> None:
    preview = import_preview(session, GOOD + "B,nobody,mid\n")
    with pytest.raises(ValueError, match="errors"):
        import_apply(session, preview, cedar.now)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda t: (HEAD + t).encode("utf-8", "replace"))
    )
)
def test_no_file_breaks_the_preview(data: bytes, session: Any) -> None:
    preview = import_preview(session, data)
    assert preview.rows or preview.errors
