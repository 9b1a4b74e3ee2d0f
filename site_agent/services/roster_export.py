"""The roster as a list: the same columns that an import reads, and nothing of whom anybody supported."""

from site_agent.models import AnySession, Supporter
from site_agent.services import roster
from site_agent.services.roster_columns import COLUMNS, language_name
from site_agent.services.spreadsheet import write
from ui.forms import phone_words


def export(session: AnySession) -> str:
    """CSV of everybody on the roster, by name."""
    return write(COLUMNS, (_cells(each) for each in roster.everybody(session)))


def _cells(row: Supporter) -> tuple[str, ...]:
    return (
        row.name,
        row.email,
        phone_words(row.phone),
        row.stage,
        " / ".join(language_name(code) for code in row.languages),
        " / ".join(row.modalities),
        row.gender,
        " / ".join(row.posts),
        str(row.max_open),
        row.foundations_on.isoformat() if row.foundations_on else "",
        row.practice_on.isoformat() if row.practice_on else "",
    )
