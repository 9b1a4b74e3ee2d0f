"""A list from a spreadsheet, as a file or pasted; one with mistakes comes back as text, to be mended in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectMultipleField, TextAreaField, ValidationError

from site_agent.extensions import db
from site_agent.services import drafts
from site_agent.web.desk import staff_id
from ui import clock
from ui.forms import Form

MAX_BACK = 50_000
"""Characters of a list that come back into the box: some 500 rows, which a person still mends by hand."""


class ListForm(Form):
    """The list, one way or the other; a file goes before what is in the box."""

    file = FileField(_l("The list, as a CSV file"))
    text = TextAreaField(_l("Or paste the rows from your spreadsheet"))
    leave_out = SelectMultipleField(_l("Leave these columns out"), choices=[], validate_choice=False)

    def validate_file(self, field: FileField) -> None:
        """One of the two is needed."""
        if not field.data and not self.text.data:
            raise ValidationError(_("Choose a CSV file, or paste the rows"))

    def data_sent(self) -> bytes | str:
        """What was sent."""
        if not self.file.data:
            return str(self.text.data)
        with self.file.data.stream as sent:
            data: bytes = sent.read()
        return data

    def left_out(self) -> list[str]:
        """The headings whose columns are not to be read."""
        return list(self.leave_out.data or ())

    def mend(self, text: str, unknown: Sequence[str]) -> None:
        """Say that the list is not right yet, and put it into the box if it is not too long for one.

        Of the headings that are not known, those that the list still has may be left out.
        """
        self.leave_out.choices = [(name, name) for name in unknown]
        wrong = self.file if self.file.data or len(text) > MAX_BACK else self.text
        wrong.errors = [_("The list is not right yet. Mend what is listed here and send it again")]
        self.text.data = text if len(text) <= MAX_BACK else ""


@dataclass(frozen=True)
class Kept:
    """A list that was right when it was sent."""

    text: str
    is_guessed: bool


def keep(text: str, *, is_guessed: bool) -> str:
    """Keep a list that is right, sealed like any form under way, since it holds names; the draft's id."""
    draft = drafts.begin(db.session, staff_id(), clock.now())
    drafts.put(
        db.session, draft, {"list": {"csv": [text], "guessed": ["yes"] if is_guessed else []}}, clock.now()
    )
    db.session.commit()
    return draft.draft_id


def kept(draft_id: str) -> Kept | None:
    """The list, or None when it was used already, is too old or is somebody else's."""
    draft = drafts.find(db.session, draft_id, staff_id(), clock.now())
    if draft is None:
        return None
    answers = drafts.read(db.session, draft).get("list")
    return None if answers is None else Kept(answers["csv"][0], bool(answers["guessed"]))


def take(draft_id: str) -> bool:
    """Use the list up. False if another press was faster."""
    draft = drafts.find(db.session, draft_id, staff_id(), clock.now())
    return draft is not None and drafts.take(db.session, draft)
