"""Supporters from a spreadsheet: a preview says which row is wrong and how to mend it; nothing is kept before.

CSV in UTF-8 (with or without a byte-order mark) or Windows-1252, separated by commas, semicolons or tabs. The
first row names the columns. Cells that a spreadsheet would run as a formula are refused.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date, datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import func, select

from protocol.codes import LANGUAGES, POSTS
from protocol.envelope import new_id
from site_agent.models import AnySession, Supporter
from site_agent.models.supporter import GENDERS, STAGES

MAX_ROWS = 10_000
"""Ours: far more than any roster; keeps one upload's memory bounded."""
MAX_ERRORS = 50
"""Shown at a time: whoever mends a list of hundreds mends the pattern."""
COLUMNS = (
    "name", "email", "phone", "stage", "languages", "modalities", "gender", "posts", "places", "foundations",
    "practice",
)  # fmt: skip
REQUIRED = ("name", "email", "stage")
WAYS = ("in-person", "phone", "video")
_ENCODINGS = ("utf-8-sig", "cp1252")
_SEPARATORS = ",;\t"
_FORMULA = "=+-@\t\r"
_MAX_PLACES = 9


@dataclass(frozen=True)
class ImportRow:
    """One supporter of the list, read and checked."""

    name: str
    email: str
    stage: str
    phone: str
    languages: tuple[str, ...]
    modalities: tuple[str, ...]
    gender: str
    posts: tuple[str, ...]
    max_open: int
    foundations_on: date | None
    practice_on: date | None


@dataclass(frozen=True)
class RowError:
    """What is wrong. `row` counts as the spreadsheet does, its first row being 1; `mend` says what to do."""

    row: int
    column: str
    mend: str


@dataclass(frozen=True)
class Preview:
    """What an import would add. Only a preview without errors can be applied."""

    rows: tuple[ImportRow, ...] = ()
    errors: tuple[RowError, ...] = ()
    n_more_errors: int = 0


@dataclass
class _Reading:
    errors: list[RowError] = field(default_factory=list)

    def wrong(self, row: int, column: str, mend: str) -> None:
        self.errors.append(RowError(row, column, mend))

    def preview(self, rows: list[ImportRow]) -> Preview:
        shown = tuple(self.errors[:MAX_ERRORS])
        return Preview(tuple(rows), shown, len(self.errors) - len(shown))


def import_preview(session: AnySession, data: bytes | str) -> Preview:
    """Read a list and say what is wrong with it. Changes nothing and raises nothing, whatever the file holds."""
    reading = _Reading()
    text = _decode(data)
    if text is None or "\0" in text:
        reading.wrong(1, "", _("This is not a CSV file. Save the list as “CSV UTF-8” and choose that file."))
        return reading.preview([])
    lines = _lines(text, reading)
    if lines is None:
        return reading.preview([])
    header = _header(lines[0], reading)
    if header is None:
        return reading.preview([])
    filled = [(n, cells) for n, cells in enumerate(lines[1:], start=2) if any(cell.strip() for cell in cells)]
    if len(filled) > MAX_ROWS:
        reading.wrong(MAX_ROWS + 2, "", _("A list has at most %(n)s supporters. Split it.", n=MAX_ROWS))
        return reading.preview([])
    if not filled:
        reading.wrong(2, "", _("The list has no supporters. Add a row for each below the first."))
    rows = [_row(n, header, cells, reading) for n, cells in filled]
    read = [row for row in rows if row is not None]
    _refuse_duplicates(session, filled, rows, reading)
    return reading.preview(read)


def import_apply(session: AnySession, preview: Preview, now: datetime) -> int:
    """Add everybody of a preview; returns how many. Raises ValueError for a preview with errors."""
    if preview.errors:
        raise ValueError("a list with errors is not imported")
    for row in preview.rows:
        session.add(
            Supporter(
                supporter_id=new_id(), **vars(row), added_at=now, paused=False, pin_failures=0, pin_lockouts=0
            )
        )
    session.flush()
    return len(preview.rows)


def _decode(data: bytes | str) -> str | None:
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _lines(text: str, reading: _Reading) -> list[list[str]] | None:
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        reading.wrong(1, "", _("A quotation mark is opened and not closed. Save the list as CSV again."))
        return None
    if not lines:
        reading.wrong(1, "", _("The file is empty."))
        return None
    return lines


def _header(cells: list[str], reading: _Reading) -> list[str] | None:
    header = [re.sub(r"[\s_-]+", "-", cell.strip().lower()) for cell in cells]
    while header and not header[-1]:
        header.pop()
    known = ", ".join(COLUMNS)
    for name in header:
        if name not in COLUMNS:
            shown = name[:40]
            reading.wrong(1, shown, _("“%(name)s” is not a column. Use: %(known)s.", name=shown, known=known))
        elif header.count(name) > 1:
            reading.wrong(1, name, _("The column “%(name)s” stands twice. Keep one.", name=name))
    for name in REQUIRED:
        if name not in header:
            reading.wrong(
                1, name, _("The column “%(name)s” is missing. Name it in the first row.", name=name)
            )
    return None if reading.errors else header


def _row(n: int, header: list[str], cells: list[str], reading: _Reading) -> ImportRow | None:
    before = len(reading.errors)
    if any(cell.strip() for cell in cells[len(header) :]):
        reading.wrong(
            n, "", _("There are more cells than columns. Put a text with separators in quotation marks.")
        )
        return None
    given = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    for name, value in given.items():
        if value[:1] in _FORMULA and value and not (name == "phone" and value.startswith("+")):
            reading.wrong(n, name, _("A cell cannot begin with = + - or @. Type the value itself."))
        elif not value.isprintable():
            reading.wrong(n, name, _("The cell holds a line break or an invisible character. Type it anew."))
    if len(reading.errors) > before:
        return None
    cell = _Cells(n, given, reading)
    row = ImportRow(
        name=cell.name(),
        email=cell.email(),
        stage=cell.word("stage", STAGES, ""),
        phone=cell.phone(),
        languages=cell.words("languages", LANGUAGES, ("en",)),
        modalities=cell.words("modalities", WAYS, WAYS),
        gender=cell.word("gender", GENDERS, "not-said"),
        posts=cell.words("posts", POSTS, ()),
        max_open=cell.places(),
        foundations_on=cell.day("foundations"),
        practice_on=cell.day("practice"),
    )
    return row if len(reading.errors) == before else None


@dataclass(frozen=True)
class _Cells:
    n: int
    given: dict[str, str]
    reading: _Reading

    def name(self) -> str:
        value = self.given.get("name", "")
        if not 0 < len(value) <= 120:
            self.reading.wrong(self.n, "name", _("Give a name, 120 letters at most."))
        return value

    def email(self) -> str:
        value = self.given.get("email", "").lower()
        try:
            return validate_email(value, check_deliverability=False).normalized.lower()
        except EmailNotValidError:
            self.reading.wrong(self.n, "email", _("Give an email address like name@example.ca."))
            return value

    def phone(self) -> str:
        value = self.given.get("phone", "")
        if not value:
            return ""
        try:
            number = phonenumbers.parse(value, "CA")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number) or number.extension:
            self.reading.wrong(
                self.n, "phone", _("Give a phone number like 250-555-0142, or leave it empty.")
            )
            return ""
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def word(self, column: str, vocabulary: tuple[str, ...], default: str) -> str:
        value = self.given.get(column, "").lower().replace(" ", "-")
        if not value and default:
            return default
        if value not in vocabulary:
            self.reading.wrong(self.n, column, _("Use one of: %(known)s.", known=", ".join(vocabulary)))
        return value

    def words(self, column: str, vocabulary: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
        cell = self.given.get(column, "").lower()
        values = tuple(dict.fromkeys(part.strip().replace(" ", "-") for part in re.split(r"[,;/|]", cell)))
        if values == ("",):
            return default
        if any(value not in vocabulary for value in values):
            known = ", ".join(vocabulary)
            self.reading.wrong(
                self.n, column, _("Use these words, with / between them: %(known)s.", known=known)
            )
        return values

    def places(self) -> int:
        value = self.given.get("places", "") or "1"
        if not (value.isascii() and value.isdigit() and 0 < int(value[:3]) <= _MAX_PLACES and len(value) < 3):
            self.reading.wrong(
                self.n, "places", _("Give a whole number from 1 to %(most)s.", most=_MAX_PLACES)
            )
            return 1
        return int(value)

    def day(self, column: str) -> date | None:
        value = self.given.get(column, "")
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            mend = _("Write the day as year-month-day, like 2025-09-17, or leave it empty.")
            self.reading.wrong(self.n, column, mend)
            return None


def _refuse_duplicates(
    session: AnySession,
    filled: list[tuple[int, list[str]]],
    rows: list[ImportRow | None],
    reading: _Reading,
) -> None:
    known = set(session.scalars(select(func.lower(Supporter.email))))
    first: dict[str, int] = {}
    for (n, _cells), row in zip(filled, rows, strict=True):
        if row is None:
            continue
        if row.email in known:
            mend = _("Somebody on the roster has this address. Remove the row, or change them on their page.")
            reading.wrong(n, "email", mend)
        elif row.email in first:
            mend = _("Row %(first)s has the same address. Keep one of them.", first=first[row.email])
            reading.wrong(n, "email", mend)
        first.setdefault(row.email, n)
