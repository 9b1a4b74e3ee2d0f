"""Supporters from a spreadsheet: a preview says which row is wrong and how to mend it; nothing is kept before.

What `roster_export` writes goes in again: who is on the roster already is recognised by e-mail address, and is left
as they are or changed, as the coordinator says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from protocol.envelope import new_id
from site_agent.models import AnySession, Supporter
from site_agent.services import roster, step_back
from site_agent.services import roster_columns as columns
from site_agent.services.roster import EARLIEST, MAX_PLACES, Details
from site_agent.services.roster_columns import COLUMNS, WAYS, Spellings
from site_agent.services.spellings import MAX_EMAIL, MAX_NAME
from site_agent.services.spreadsheet import Row, RowError, Sheet, plain, read

__all__ = ["COLUMNS", "Entry", "Outcome", "Preview", "RowError", "import_apply", "import_preview"]

_FIELDS = {"places": "max_open", "foundations": "foundations_on", "practice": "practice_on"}
"""Fields of `Details` whose column has another name."""
_EMPTIED = ("phone", "posts", "foundations", "practice")
"""Columns in which an empty cell of somebody on the roster means that there is none; elsewhere it changes nothing."""


@dataclass(frozen=True)
class Entry:
    """One row of the list, read and checked."""

    n: int
    details: Details
    said: frozenset[str] = frozenset()
    """Fields that the row says something about; the others of `details` are defaults."""
    is_known: bool = False
    """Somebody on the roster has this address."""
    changes: tuple[str, ...] = ()
    """Fields in which the list differs from the roster."""


@dataclass(frozen=True)
class Preview:
    """What an import would do. Only a preview without errors can be applied."""

    entries: tuple[Entry, ...] = ()
    errors: tuple[RowError, ...] = ()
    n_more_errors: int = 0
    text: str = ""
    """The list as text, to be mended in place."""
    is_guessed: bool = False
    unknown: tuple[str, ...] = ()
    """Headings that name no column, also those that were left out."""

    @property
    def new(self) -> list[Entry]:
        """Who would be added."""
        return [each for each in self.entries if not each.is_known]

    @property
    def changed(self) -> list[Entry]:
        """Who is on the roster with other details."""
        return [each for each in self.entries if each.changes]

    @property
    def n_same(self) -> int:
        """How many are on the roster exactly so."""
        return len(self.entries) - len(self.new) - len(self.changed)


@dataclass(frozen=True)
class Outcome:
    """How many were added and changed."""

    n_added: int
    n_changed: int


@dataclass
class _Cells:
    """One row as it is read: each value, with what is wrong noted beside it."""

    row: Row
    sheet: Sheet
    spellings: Spellings
    today: date

    def wrong(self, column: str, mend: str) -> None:
        if column not in self.row.spoilt:
            self.sheet.wrong(self.row.n, column, mend, self.row.cells.get(column, ""))

    def cell(self, column: str) -> str:
        return self.row.cells.get(column, "")

    def name(self) -> str:
        value = self.cell("name")
        if not 0 < len(value) <= MAX_NAME:
            self.wrong("name", _("Give a name, %(n)s letters at most.", n=MAX_NAME))
        return value

    def email(self) -> str:
        value = columns.email(self.cell("email"))
        if value is None or len(value) > MAX_EMAIL:
            self.wrong("email", _("Give an email address like name@example.ca."))
        return value or ""

    def phone(self) -> str:
        value = columns.phone(self.cell("phone")) if self.cell("phone") else ""
        if value is None:
            mend = _("Give a phone number like 250-555-0142, without an extension, or leave it empty.")
            self.wrong("phone", mend)
        return value or ""

    def word(self, column: str, known: Mapping[str, str], default: str) -> str:
        cell = plain(self.cell(column))
        if not cell and default:
            return default
        if cell not in known:
            self.wrong(column, _("Use one of: %(known)s.", known=", ".join(columns.values(column))))
        return known.get(cell, "")

    def words(self, column: str, known: Mapping[str, str], default: tuple[str, ...]) -> tuple[str, ...]:
        if not self.cell(column):
            return default
        codes = columns.several(self.cell(column), known)
        if codes is None:
            may_be = ", ".join(columns.values(column))
            self.wrong(column, _("Use these, with / between them: %(known)s.", known=may_be))
        return codes or ()

    def places(self) -> int:
        value = self.cell("places") or "1"
        if not (value.isascii() and value.isdigit() and len(value) < 3 and 0 < int(value) <= MAX_PLACES):
            self.wrong("places", _("Give a whole number from 1 to %(n)s.", n=MAX_PLACES))
            return 1
        return int(value)

    def day(self, column: str) -> date | None:
        if not self.cell(column):
            return None
        value = columns.day(self.cell(column))
        if value is None:
            self.wrong(column, _("Write the day as year-month-day, like 2025-09-17, or leave it empty."))
        elif not EARLIEST <= value <= self.today:
            self.wrong(
                column, _("The day must be today or earlier, and not before %(year)s.", year=EARLIEST.year)
            )
        return value


def import_preview(
    session: AnySession, data: bytes | str, now: datetime, leave_out: Iterable[str] = ()
) -> Preview:
    """Read a list without the columns `leave_out`, and say what is wrong with it. Changes nothing and raises nothing,
    whatever the file holds."""
    sheet = read(data, COLUMNS, leave_out)
    spellings = Spellings()
    first: dict[str, int] = {}
    entries = [_entry(_Cells(row, sheet, spellings, now.date()), first) for row in sheet.rows]
    right = [each for each in entries if each is not None]
    known = {each.email: each for each in session.scalars(select(Supporter))}
    compared = tuple(_compared(each, known.get(each.details.email), now) for each in right)
    return Preview(compared, sheet.shown(), sheet.n_more(), sheet.text, sheet.is_guessed, sheet.unknown)


def import_apply(session: AnySession, preview: Preview, now: datetime, *, change: bool = False) -> Outcome:
    """Add everybody who is new, and with `change` bring those on the roster up to the list.

    Raises ValueError for a preview with errors; nothing was changed.
    """
    if preview.errors:
        raise ValueError("a list with errors is not imported")
    known = {each.email: each for each in session.scalars(select(Supporter))}
    for entry in preview.new:
        back = known.get(entry.details.email)
        supporter = back or Supporter(supporter_id=new_id(), added_at=now)
        roster.fill(supporter, asdict(entry.details))
        if back is None:
            session.add(supporter)
    changed = preview.changed if change else []
    for entry in changed:
        for name in entry.changes:
            setattr(known[entry.details.email], name, getattr(entry.details, name))
    step_back.look_again(session, now)
    return Outcome(len(preview.new), len(changed))


def _entry(cell: _Cells, first: dict[str, int]) -> Entry | None:
    """The row, or None if something is wrong with it. `first` has the row in which an address stood first."""
    before = len(cell.sheet.errors)
    known = cell.spellings
    details = Details(
        name=cell.name(),
        email=cell.email(),
        phone=cell.phone(),
        stage=cell.word("stage", known.stages, ""),
        languages=cell.words("languages", known.languages, ("en",)),
        modalities=cell.words("modalities", known.ways, WAYS),
        gender=cell.word("gender", known.genders, "not-said"),
        posts=cell.words("posts", known.posts, ()),
        max_open=cell.places(),
        foundations_on=cell.day("foundations"),
        practice_on=cell.day("practice"),
    )
    same = first.setdefault(details.email, cell.row.n) if details.email else cell.row.n
    if same != cell.row.n:
        cell.wrong("email", _("Row %(first)s has the same address. Keep one of them.", first=same))
    if cell.row.spoilt or len(cell.sheet.errors) > before:
        return None
    said = {name for name in cell.row.cells if cell.cell(name) or name in _EMPTIED}
    return Entry(cell.row.n, details, frozenset(_FIELDS.get(name, name) for name in said))


def _compared(entry: Entry, own: Supporter | None, now: datetime) -> Entry:
    if own is None or roster.has_left(own, now):
        return entry
    changes = [
        name
        for name in sorted(entry.said)
        if _even(getattr(entry.details, name)) != _even(getattr(own, name))
    ]
    return Entry(entry.n, entry.details, entry.said, is_known=True, changes=tuple(changes))


def _even(value: Any) -> Any:
    return tuple(sorted(value)) if isinstance(value, tuple) else value
