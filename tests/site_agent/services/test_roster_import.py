"""Supporters from a spreadsheet: every fault names its row and how to mend it, and nothing is half kept."""

import csv
import io
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from protocol.codes import LANGUAGES
from site_agent.models import Supporter
from site_agent.services import roster, roster_columns, roster_export, spreadsheet
from site_agent.services.roster import Details
from site_agent.services.roster_import import Outcome, Preview, import_apply
from site_agent.services.roster_import import import_preview as preview_at
from tests.support.agent import Agent, add_supporter
from tests.support.clock import StoppedClock

HEAD = "name,email,stage\n"
GOOD = HEAD + "Dr Ève Noël,eve@example.ca,late\n"
NOW = StoppedClock().now()


def import_preview(session: Any, data: bytes | str, leave_out: tuple[str, ...] = ()) -> Preview:
    return preview_at(session, data, NOW, leave_out)


def faults(preview: Preview) -> list[tuple[int, str]]:
    assert all(error.mend for error in preview.errors)
    return [(error.row, error.column) for error in preview.errors]


def the_one(preview: Preview) -> Details:
    assert preview.errors == ()
    (entry,) = preview.entries
    return entry.details


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_save_is_read(encoding: str, separator: str, end: str, session: Any) -> None:
    data = GOOD.replace(",", separator).replace("\n", end).encode(encoding)
    preview = import_preview(session, data)
    row = the_one(preview)
    assert (row.name, row.email, row.stage) == ("Dr Ève Noël", "eve@example.ca", "late")
    assert preview.is_guessed == (encoding == "cp1252"), (
        "whoever looks at the preview is told to check accents"
    )


def test_every_column_is_read(session: Any) -> None:
    text = (
        "Name;E-mail;Phone;Stage;Languages;Modalities;Gender;Posts;Places;Foundations;Practice\n"
        "Dr A;A@Example.ca;+1 250 555 0142;Mid;en/fr;phone / in person;Woman;department head;2;2025-09-17;2025-09-25\n"
    )
    assert the_one(import_preview(session, text)) == Details(
        "Dr A", "a@example.ca", "mid", "+12505550142", ("en", "fr"), ("phone", "in-person"), "woman",
        ("department-head",), 2, date(2025, 9, 17), date(2025, 9, 25),
    )  # fmt: skip


def test_what_is_left_empty_takes_its_default(session: Any) -> None:
    row = the_one(import_preview(session, GOOD))
    assert (row.languages, row.modalities, row.gender, row.posts, row.max_open) == (
        ("en",), ("in-person", "phone", "video"), "not-said", (), 1,
    )  # fmt: skip
    assert (row.foundations_on, row.practice_on, row.phone) == (None, None, "")


def test_applying_adds_everybody_untrained_and_unsigned(session: Any, cedar: Agent) -> None:
    assert import_apply(session, import_preview(session, GOOD), cedar.now) == Outcome(1, 0)
    (supporter,) = session.scalars(select(Supporter))
    assert (supporter.email, supporter.agreement_version, supporter.foundations_on) == (
        "eve@example.ca",
        None,
        None,
    )


def test_every_wrong_cell_of_a_row_is_named_at_once_and_each_once(session: Any) -> None:
    preview = import_preview(
        session, HEAD + "Dr A,=cmd,ancient\n=1+1,nobody,mid\n" + "Dr B,b@example.ca,mid\n"
    )
    assert faults(preview) == [(2, "email"), (2, "stage"), (3, "name"), (3, "email")]
    assert [each.details.name for each in preview.entries] == ["Dr B"]


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
    text = HEAD + "A,a@example.ca,mid\nB,known@example.ca,mid\nC,A@example.ca,mid\nD,KNOWN@example.ca,mid\n"
    assert faults(import_preview(session, text)) == [(4, "email"), (5, "email")]


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
        (b'name,email,stage\n"Dr A,a@example.ca,mid\n', (2, "")),
    ],
)
def test_a_file_that_is_no_list_says_so(data: bytes, fault: tuple[int, str], session: Any) -> None:
    preview = import_preview(session, data)
    assert fault in faults(preview)
    assert preview.entries == ()


ODD = "Specialty,name,email,,stage,Notes\nSurgery,Dr A,a@example.ca,x,mid,=kind\n,Dr B,nobody,,mid,\n"


def test_columns_that_are_not_known_are_named_together_with_the_faults_of_the_rows(session: Any) -> None:
    preview = import_preview(session, ODD)
    assert faults(preview) == [(1, "Specialty"), (1, "column 4"), (1, "Notes"), (3, "email")]
    assert [each.details.name for each in preview.entries] == ["Dr A"]


def test_a_column_that_is_not_known_can_be_left_out_and_nothing_of_it_is_kept(session: Any) -> None:
    preview = import_preview(session, ODD, ("Notes", "Specialty", "column 4", "stage"))
    assert faults(preview) == [(3, "email")]
    assert preview.text == "name,email,stage\r\nDr A,a@example.ca,mid\r\nDr B,nobody,mid\r\n"
    assert preview.unknown == ("Specialty", "column 4", "Notes"), (
        "a longer file is sent once more, with its ticks"
    )


def test_ten_thousand_rows_are_read_and_one_more_refused(session: Any, cedar: Agent) -> None:
    rows = [f"Dr {n},d{n}@example.ca,mid" for n in range(spreadsheet.MAX_ROWS + 1)]
    preview = import_preview(session, HEAD + "\n".join(rows[:-1]))
    assert (len(preview.new), preview.errors) == (10_000, ())
    assert import_apply(session, preview, cedar.now) == Outcome(10_000, 0)
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
    assert preview.entries or preview.errors


@pytest.mark.parametrize(
    "head",
    [
        "Full name,E-mail,Career stage", "Supporter,Mail,Stage", "Physician;E-Mail address;CAREER_STAGE",
        "Name\te-mail  address\tCareer", "sep=;\nname;email;stage", '"Name","E-mail","Career\nstage"',
    ],
)  # fmt: skip
def test_headings_are_known_as_people_write_them(head: str, session: Any) -> None:
    separator = next(each for each in "\t;," if each in head.replace("sep=;", ""))
    row = separator.join(("Dr A", "a@example.ca", "Mid-career"))
    assert the_one(import_preview(session, f"{head}\n{row}\n")).stage == "mid"


MORE = "name,email,career stage,languages,ways to talk,gender,posts\n"


EN_PA, THREE, FR_ASE, NOT = ("en", "pa"), ("cmn", "yue", "fa"), ("fr", "ase"), "not-said"
EITHER = ("in-person", "video")


@pytest.mark.parametrize(
    ("cells", "stage", "languages", "ways", "gender"),
    [
        ("Late career,English; Punjabi,In person / by video call,Female", "late", EN_PA, EITHER, "woman"),
        ('Senior,"Mandarin, Cantonese and Farsi",Phone,m', "late", THREE, ("phone",), "man"),
        ("early,français / American Sign Language,Zoom & telephone,Not said", "early", FR_ASE, ("video", "phone"), NOT),
        ('MID CAREER,"Persian\nArabic",face to face,-', "mid", ("fa", "ar"), ("in-person",), "not-said"),
    ],
)  # fmt: skip
def test_values_are_known_as_people_write_them(
    cells: str,
    stage: str,
    languages: tuple[str, ...],
    ways: tuple[str, ...],
    gender: str,
    session: Any,
) -> None:
    row = the_one(
        import_preview(session, f"{MORE}Dr A,a@example.ca,{cells},Quality or patient safety officer\n")
    )
    assert (row.stage, row.languages, row.modalities, row.gender) == (stage, languages, ways, gender)
    assert row.posts == ("quality-officer",)


def test_every_language_is_known_by_its_english_name_and_by_its_code(session: Any) -> None:
    for code in LANGUAGES:
        for written in (code, roster_columns.language_name(code).upper()):
            text = f"name,email,stage,languages\nA,a@example.ca,mid,{written}\n"
            assert the_one(import_preview(session, text)).languages == (code,)


@pytest.mark.parametrize(
    "written", ["2025-09-17", "2025/9/17", "17 Sep 2025", "Sep. 17, 2025", "17-Sep-25", "September 17 2025"]
)
def test_a_day_is_known_as_spreadsheets_write_it(written: str, session: Any) -> None:
    text = f'name,email,stage,practice\nA,a@example.ca,mid,"{written}"\n'
    assert the_one(import_preview(session, text)).practice_on == date(2025, 9, 17)


@pytest.mark.parametrize(
    "written", ["05/09/2025", "2025-02-30", "0025-09-17", "2099-01-01", "45917", "last year"]
)
def test_a_day_that_cannot_be_or_could_be_two_is_refused(written: str, session: Any) -> None:
    text = f"name,email,stage,practice\nA,a@example.ca,mid,{written}\n"
    (error,) = import_preview(session, text).errors
    assert (error.row, error.column, error.value) == (2, "practice", written)


def test_the_same_address_is_found_also_beside_another_fault(session: Any) -> None:
    text = HEAD + "Dr A,a@example.ca,ancient\nDr B,A@example.ca,mid\nDr C,a@example.ca,old\n"
    assert faults(import_preview(session, text)) == [(2, "stage"), (3, "email"), (4, "stage"), (4, "email")]


def test_the_wrong_value_stands_beside_its_row_cut_short_and_tame(session: Any) -> None:
    text = HEAD + f"Dr A,{'x' * 200},mid\nDr\u202e B,b@example.ca,mid\n"
    long, turned = import_preview(session, text).errors
    assert (len(long.value), long.value[-1]) == (40, "…")
    assert turned.value == "Dr B"


def test_faults_come_in_the_order_of_the_list(session: Any) -> None:
    text = HEAD + "Dr A,nobody,mid\nDr B,b@example.ca,mid\n=B,c@example.ca,mid\nDr D,B@example.ca,mid\n"
    assert faults(import_preview(session, text)) == [(2, "email"), (4, "name"), (5, "email")]


@pytest.mark.parametrize(
    "name", ["علی‌رضا کمالی", "שרה לוי", "Zoe\u0308 Noe\u0308l", "Dr. <script>alert(1)</script>"]
)
def test_names_of_every_script_are_kept_as_they_are(name: str, session: Any) -> None:
    assert the_one(import_preview(session, f"{HEAD}{name},a@example.ca,mid\n")).name == unicodedata.normalize(
        "NFC", name
    )


@pytest.mark.parametrize("name", ["A\u200b", "\u00a0Dr\u00a0A ", "Dr\u202fA"])
def test_odd_blanks_are_evened_out(name: str, session: Any) -> None:
    assert the_one(import_preview(session, f"{HEAD}{name},a@example.ca,mid\n")).name in ("A", "Dr A")


def test_a_pile_of_marks_is_no_name(session: Any) -> None:
    assert faults(import_preview(session, f"{HEAD}A{chr(0x316) * 20},a@example.ca,mid\n")) == [(2, "name")]


def test_a_workbook_is_told_from_a_list(session: Any) -> None:
    (error,) = import_preview(session, b"PK\x03\x04" + b"\x00\x81" * 50).errors
    assert "workbook" in error.mend


def exported(session: Any) -> str:
    return roster_export.export(session)


def test_what_comes_out_goes_in_and_changes_nothing(session: Any, cedar: Agent) -> None:
    add_supporter(
        session,
        cedar.now,
        "Dr A",
        posts=("supervisor",),
        languages=("en", "cmn", "ase"),
        phone="+442079460000",
    )
    add_supporter(
        session,
        cedar.now,
        'Dr "B", the = one',
        email="b@example.ca",
        phone="+12505550142",
        modalities=("phone",),
    )
    preview = import_preview(session, exported(session).encode())
    assert (preview.errors, preview.new, preview.changed, preview.n_same) == ((), [], [], 2)


def test_what_comes_out_goes_in_at_another_site(session: Any, cedar: Agent, province: Any) -> None:
    add_supporter(
        session, cedar.now, "Dr A", posts=("supervisor", "chief-of-staff"), gender="woman", max_open=3
    )
    text = exported(session)
    other = province.agent("Selkirk Ridge")
    session.rollback()
    with other.session() as there:
        import_apply(there, import_preview(there, text), NOW)
        assert exported(there) == text


@pytest.mark.parametrize("name", ["=1+1", "+Dr A", "-Dr A", "@Dr A", '=HYPERLINK("http://x")'])
def test_a_name_that_is_a_formula_goes_out_as_text_and_comes_back(
    name: str, session: Any, cedar: Agent
) -> None:
    roster.add(session, Details(name, "a@example.ca", "mid"), cedar.now)
    text = exported(session)
    (cells,) = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]
    assert cells[0] == "'" + name
    assert import_preview(session, text).n_same == 1


def test_no_cell_of_a_list_begins_like_a_formula(session: Any, cedar: Agent) -> None:
    add_supporter(session, cedar.now, "Dr A", phone="+442079460000", email="-dash@example.ca")
    for cells in csv.reader(io.StringIO(exported(session).removeprefix("\ufeff"))):
        assert all(cell[:1] not in tuple("=+-@\t\r") for cell in cells)


CHANGE = "name,email,stage,practice,phone\nDr Uma Ross-Lee,dr.uma.ross@example.ca,late,,250-555-0142\n"


def test_who_is_on_the_roster_is_shown_with_what_differs_and_left_alone(session: Any, cedar: Agent) -> None:
    uma = add_supporter(session, cedar.now, languages=("fr",))
    preview = import_preview(session, CHANGE)
    (entry,) = preview.changed
    assert entry.changes == ("name", "phone", "practice_on"), "a column that the list has not is no change"
    assert import_apply(session, preview, NOW) == Outcome(0, 0)
    assert uma.name == "Dr Uma Ross"


def test_who_is_on_the_roster_is_changed_when_that_is_wanted(session: Any, cedar: Agent) -> None:
    uma = add_supporter(session, cedar.now, languages=("fr",))
    assert import_apply(session, import_preview(session, CHANGE), NOW, change=True) == Outcome(0, 1)
    assert (uma.name, uma.phone, uma.practice_on, uma.languages) == (
        "Dr Uma Ross-Lee", "+12505550142", None, ("fr",),
    )  # fmt: skip
    assert uma.agreement_version is not None


def test_who_had_left_is_back_and_signs_again(session: Any, cedar: Agent) -> None:
    uma = add_supporter(session, cedar.now)
    roster.leave(session, uma, cedar.now)
    preview = import_preview(session, CHANGE)
    assert (len(preview.new), preview.changed) == (1, [])
    import_apply(session, preview, cedar.now)
    assert roster.everybody(session) == [uma]
    assert (uma.name, uma.agreement_version, uma.pin_hash) == ("Dr Uma Ross-Lee", None, None)
