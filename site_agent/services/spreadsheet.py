"""Lists from a spreadsheet, in and out: bytes or pasted text to rows of named cells, and rows to CSV.

Read are UTF-8 and UTF-16 with or without a byte-order mark and Windows-1252, with commas, semicolons or tabs between
the cells. What is wrong is said by row and column with its mend; nothing is raised, whatever a file holds.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flask_babel import format_decimal
from flask_babel import gettext as _

from site_agent.services.spellings import is_one_line

MAX_ROWS = 10_000
"""Ours: far more than any list of a site; keeps one upload's memory bounded."""
MAX_ERRORS = 50
"""Shown at a time: whoever mends a list of hundreds mends the pattern."""
MAX_SHOWN = 40
"""Characters of a wrong cell that are shown beside its row."""
FORMULA = "=+-@\t\r"
"""What makes a spreadsheet run a cell instead of showing it (OWASP, CSV injection)."""
_SEPARATORS = ",;\t"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_NARROW = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2007": " ", "\ufeff": None, "\u200b": None, "\u00ad": None}
)
"""Blanks of a special width, and marks that word processors leave behind."""


@dataclass(frozen=True)
class Column:
    """A column of a list: its code, and other names under which people have it."""

    code: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    several: bool = False
    """A cell holds several values; a line break between them is one more separator."""
    plus: bool = False
    """A value may begin with a plus sign, as a phone number does."""


@dataclass(frozen=True)
class RowError:
    """What is wrong. `row` counts as the spreadsheet does, its first row being 1; `mend` says what to do."""

    row: int
    column: str
    mend: str
    value: str = ""
    """What it says, cut short."""


@dataclass(frozen=True)
class Row:
    """One row that holds something: its number, and its cells by the code of their column."""

    n: int
    cells: dict[str, str]
    spoilt: frozenset[str] = frozenset()
    """Columns whose cell cannot be taken, whatever it would mean: that is noted, and nothing more about them."""


@dataclass
class Sheet:
    """A list as far as it could be read."""

    text: str = ""
    rows: list[Row] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    """Codes of the columns that the list has."""
    errors: list[RowError] = field(default_factory=list)
    is_guessed: bool = False
    """It was read as Windows-1252, in which every byte is some letter: accents want a look."""
    unknown: tuple[str, ...] = ()
    """Headings that name no column, also those that were left out; a heading that is empty has its number."""

    def wrong(self, row: int, column: str, mend: str, value: str = "") -> None:
        """Note what is wrong."""
        self.errors.append(RowError(row, column, mend, shortened(value)))

    def shown(self) -> tuple[RowError, ...]:
        """The first errors, what concerns the whole list before what concerns a row."""
        return tuple(sorted(self.errors, key=lambda each: (each.row > 1, each.row))[:MAX_ERRORS])

    def n_more(self) -> int:
        """How many more errors there are."""
        return max(0, len(self.errors) - MAX_ERRORS)


def read(data: bytes | str, columns: Sequence[Column], leave_out: Iterable[str] = ()) -> Sheet:
    """The rows of a list; `errors` of the sheet names what could not be read.

    Columns with a heading in `leave_out` that names no column are dropped, from `text` as well: nothing keeps them.
    """
    sheet = Sheet()
    text = _decode(data, sheet)
    if text is None:
        return sheet
    sheet.text = text
    lines = _lines(text, columns, sheet)
    if lines is None:
        return sheet
    unknown = _unknown(lines[0], columns)
    sheet.unknown = tuple(dict.fromkeys(unknown.values()))
    dropped = {place for place, name in unknown.items() if name in set(leave_out)}
    if dropped:
        lines = [[cell for place, cell in enumerate(line) if place not in dropped] for line in lines]
        sheet.text = _as_text(lines)
    header = _header(lines[0], columns, sheet)
    if header is None:
        return sheet
    sheet.columns = tuple(code for code in header if code)
    filled = [(n, cells) for n, cells in enumerate(lines[1:], start=2) if any(cell.strip() for cell in cells)]
    if not filled:
        sheet.wrong(2, "", _("The list has no rows. Add a row for each below the first."))
    if len(filled) > MAX_ROWS:
        sheet.wrong(
            MAX_ROWS + 2, "", _("A list has at most %(n)s rows. Split it.", n=format_decimal(MAX_ROWS))
        )
        return sheet
    kinds = {column.code: column for column in columns}
    for n, cells in filled:
        _read_row(n, [kinds.get(code) for code in header], cells, sheet)
    return sheet


def write(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> str:
    """CSV that spreadsheet programs open as UTF-8, with no cell that they would run; `read` takes it back."""
    head = [column.code for column in columns]
    return "\ufeff" + _as_text([head, *([harmless(cell) for cell in row] for row in rows)])


def harmless(cell: str) -> str:
    """A cell that is shown as text; the apostrophe goes again when the list is read."""
    return f"'{cell}" if cell[:1] and cell[0] in FORMULA else cell


def plain(text: str) -> str:
    """A heading or a code without capitals, accents and punctuation: "E-mail  address" is "e-mail-address"."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in folded if not unicodedata.combining(each))
    return re.sub(r"[\W_]+", "-", re.sub(r"\([^)]*\)|[’']", "", letters)).strip("-")


def shortened(value: str) -> str:
    """The beginning of a cell on one line, with signs that would turn or hide what stands around it left out."""
    line = " ".join(value.split())
    shown = "".join(each for each in line if each.isprintable())
    return shown if len(shown) <= MAX_SHOWN else shown[: MAX_SHOWN - 1] + "…"


def _decode(data: bytes | str, sheet: Sheet) -> str | None:
    text = data if isinstance(data, str) else _text_of(data, sheet)
    if text is None or "\0" in text:
        workbook = isinstance(data, bytes) and data.startswith(_WORKBOOKS)
        kind = _("This is a workbook, not a CSV file.") if workbook else _("This is not a CSV file.")
        sheet.wrong(1, "", kind + " " + _("Save the list as “CSV UTF-8” and choose that file."))
        return None
    return text.removeprefix("\ufeff")


def _text_of(data: bytes, sheet: Sheet) -> str | None:
    for encoding in (_utf16(data), "utf-8-sig", "cp1252"):
        try:
            if encoding:
                text = data.decode(encoding)
                sheet.is_guessed = encoding == "cp1252"
                return text
        except UnicodeDecodeError:
            continue
    return None


def _utf16(data: bytes) -> str | None:
    """UTF-16 by its mark, or because every other byte of the first row is nought."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = data[:64]
    if len(start) >= 8 and not any(start[1::2]) and all(start[0::2]):
        return "utf-16-le"
    return "utf-16-be" if len(start) >= 8 and not any(start[0::2]) and all(start[1::2]) else None


def _lines(text: str, columns: Sequence[Column], sheet: Sheet) -> list[list[str]] | None:
    first, _end, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=,"):
        text = rest  # Excel's own note of the separator; it shows no row for it
    if not text.strip():
        sheet.wrong(1, "", _("The file is empty."))
        return None
    separator = max(_SEPARATORS, key=lambda each: _n_known(text, each, columns))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[list[str]] = []
    try:
        lines.extend(reader)
    except csv.Error:
        mend = _(
            "A quotation mark is opened and not closed, or stands inside a cell. Save the list as CSV again."
        )
        sheet.wrong(len(lines) + 1, "", mend)
        return None
    return lines


def _n_known(text: str, separator: str, columns: Sequence[Column]) -> tuple[int, int]:
    try:
        first = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error:
        return 0, 0
    names = _names(columns)
    return sum(plain(cell) in names for cell in first), len(first)


def _names(columns: Sequence[Column]) -> dict[str, str]:
    return {name: column.code for column in columns for name in (plain(column.code), *column.aliases)}


def _as_text(lines: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue()


def _without_empty_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _unknown(cells: list[str], columns: Sequence[Column]) -> dict[int, str]:
    """Headings that name no column, by their place; none if no heading is known, since then there is no header."""
    names = _names(columns)
    if not any(plain(cell) in names for cell in cells):
        return {}
    headings = enumerate(_without_empty_end(cells))
    return {place: _heading(cell, place) for place, cell in headings if plain(cell) not in names}


def _heading(cell: str, place: int) -> str:
    return shortened(cell) or _("column %(n)s", n=place + 1)


def _header(cells: list[str], columns: Sequence[Column], sheet: Sheet) -> list[str] | None:
    """The code of each column, empty for one that is not known: the rows are read all the same, so that every fault
    is named at once. None if they cannot be."""
    cells = _without_empty_end(cells)
    names, known = _names(columns), ", ".join(column.code for column in columns)
    found = [names.get(plain(cell), "") for cell in cells]
    if not any(found):
        mend = _(
            "The first row names the columns. Put a row above it with these names: %(known)s.", known=known
        )
        sheet.wrong(1, "", mend, ", ".join(cells))
        return None
    for name in _unknown(cells, columns).values():
        mend = _("“%(name)s” is not a column. Leave it out, or name it: %(known)s.", name=name, known=known)
        sheet.wrong(1, name, mend)
    readable = len(sheet.errors)
    for cell, code in zip(cells, found, strict=True):
        if code and found.count(code) > 1:
            sheet.wrong(1, shortened(cell), _("The column “%(name)s” stands twice. Keep one.", name=code))
    for column in columns:
        if column.required and column.code not in found:
            mend = _("The column “%(name)s” is missing. Name it in the first row.", name=column.code)
            sheet.wrong(1, column.code, mend)
    return None if len(sheet.errors) > readable else found


def _read_row(n: int, header: list[Column | None], cells: list[str], sheet: Sheet) -> None:
    if any(cell.strip() for cell in cells[len(header) :]):
        mend = _("There are more cells than columns. Put a text with separators in quotation marks.")
        sheet.wrong(n, "", mend, " | ".join(cells[len(header) :]))
        return
    given, spoilt = {}, set()
    for column, cell in zip(header, cells, strict=False):
        if column is None:
            continue
        value = _tidy(cell, column)
        if value[:1] == "'" and value[1:2] and value[1] in FORMULA:
            value = value[1:]
        elif value and value[0] in FORMULA and not (column.plus and value[0] == "+"):
            mend = _("A cell cannot begin with = + - or @. Type the value itself.")
            sheet.wrong(n, column.code, mend, value)
            spoilt.add(column.code)
        if value and not is_one_line(value):
            mend = _("The cell holds a line break or an invisible character. Type it anew.")
            sheet.wrong(n, column.code, mend, value)
            spoilt.add(column.code)
        given[column.code] = value
    sheet.rows.append(Row(n, given, frozenset(spoilt)))


def _tidy(cell: str, column: Column) -> str:
    value = unicodedata.normalize("NFC", cell.translate(_NARROW)).strip()
    if column.several:
        value = re.sub(r"\s*[\r\n]+\s*", " / ", value)
    return "" if value in ("-", "–", "—") else value
