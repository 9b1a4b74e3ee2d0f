"""Who assesses whose work, as a list: in with a preview of what is wrong in which row, and out again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from site_agent.models import AnySession, Supporter
from site_agent.services import evaluators, roster, step_back
from site_agent.services.errors import InvalidPhysicianError
from site_agent.services.evaluators import Physician
from site_agent.services.spreadsheet import Column, Row, RowError, Sheet, read, write

COLUMNS = (
    Column(
        "supporter-email",
        ("supporter-mail", "supporter-e-mail", "supporter", "email-of-the-supporter", "supporter-s-email"),
        required=True,
    ),
    Column("physician-name", ("physician", "name", "doctor", "physician-s-name", "assessed"), required=True),
    Column(
        "physician-email",
        ("physician-mail", "physician-e-mail", "email", "e-mail", "mail", "physician-s-email"),
    ),
)


@dataclass(frozen=True)
class Line:
    """One row of the list, read and checked."""

    n: int
    supporter: Supporter
    physician: Physician
    is_known: bool
    """The site has this line already."""


@dataclass(frozen=True)
class Preview:
    """What an import would add. Only a preview without errors can be applied."""

    entries: tuple[Line, ...] = ()
    errors: tuple[RowError, ...] = ()
    n_more_errors: int = 0
    text: str = ""
    is_guessed: bool = False
    unknown: tuple[str, ...] = ()
    """Headings that name no column, also those that were left out."""

    @property
    def new(self) -> list[Line]:
        """What would be added."""
        return [each for each in self.entries if not each.is_known]

    @property
    def n_same(self) -> int:
        """How many lines are there already."""
        return len(self.entries) - len(self.new)


def import_preview(
    session: AnySession, data: bytes | str, now: datetime, leave_out: Iterable[str] = ()
) -> Preview:
    """Read a list without the columns `leave_out`, and say what is wrong with it. Changes nothing and raises nothing,
    whatever the file holds."""
    sheet = read(data, COLUMNS, leave_out)
    here = {each.email: each for each in roster.everybody(session, now)}
    known = {(each.supporter_id, *_keys(each.physician)) for each in evaluators.everybody(session)}
    first: dict[tuple[str, str, str], int] = {}
    lines = []
    for row in sheet.rows:
        line = None if row.spoilt else _line(row, here, sheet)
        if line is None:
            continue
        key = (line.supporter.supporter_id, *_keys(line.physician))
        if first.setdefault(key, row.n) != row.n:
            mend = _("Row %(first)s says the same. Keep one of them.", first=first[key])
            sheet.wrong(row.n, "physician-name", mend, line.physician.name)
            continue
        lines.append(Line(line.n, line.supporter, line.physician, is_known=key in known))
    return Preview(tuple(lines), sheet.shown(), sheet.n_more(), sheet.text, sheet.is_guessed, sheet.unknown)


def import_apply(session: AnySession, preview: Preview, now: datetime) -> int:
    """Add what is new; returns how much. Raises ValueError for a preview with errors; nothing was changed."""
    if preview.errors:
        raise ValueError("a list with errors is not imported")
    for line in preview.new:
        evaluators.add(session, line.supporter, line.physician, now)
    step_back.look_again(session, now)
    return len(preview.new)


def export(session: AnySession, now: datetime) -> str:
    """CSV of every line, by supporter and then by physician."""
    lines = []
    by_id = {each.supporter_id: each for each in roster.everybody(session, now)}
    for each in evaluators.everybody(session):
        supporter = by_id.get(each.supporter_id)
        if supporter is not None:
            lines.append((supporter.email, each.physician.name, each.physician.email or ""))
    return write(COLUMNS, sorted(lines))


def _line(row: Row, here: dict[str, Supporter], sheet: Sheet) -> Line | None:
    cell = {column.code: row.cells.get(column.code, "") for column in COLUMNS}
    before = len(sheet.errors)
    supporter = here.get(cell["supporter-email"].lower())
    if supporter is None:
        mend = _("Nobody on the roster has this address. Check it, or add the supporter first.")
        sheet.wrong(row.n, "supporter-email", mend, cell["supporter-email"])
    given = Physician(cell["physician-name"], cell["physician-email"] or None)
    try:
        given = evaluators.checked(given)
    except InvalidPhysicianError as error:
        _say(error.fields, row, cell, sheet)
    if supporter is None or len(sheet.errors) > before:
        return None
    if evaluators.is_oneself(supporter, given):
        mend = _("This is the supporter. Name the physician whose work they assess.")
        sheet.wrong(row.n, "physician-name", mend, cell["physician-name"])
        return None
    return Line(row.n, supporter, given, is_known=False)


def _say(fields: tuple[str, ...], row: Row, cell: dict[str, str], sheet: Sheet) -> None:
    mends = {
        "name": _("Give the physician’s name, 120 letters at most."),
        "email": _("Give an email address like name@example.ca, or leave it empty."),
    }
    for field in fields:
        sheet.wrong(row.n, f"physician-{field}", mends[field], cell[f"physician-{field}"])


def _keys(physician: Physician) -> tuple[str, str]:
    return evaluators.plain_name(physician.name), evaluators.plain_email(physician.email or "")
