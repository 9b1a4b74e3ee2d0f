"""Checks of typed text that WTForms does not have, and choices from the directory, that several forms share."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from wtforms import Field, IntegerField, SelectMultipleField
from wtforms import Form as WTForm
from wtforms.validators import StopValidation, ValidationError

from site_agent.extensions import db
from site_agent.services import directory
from site_agent.services.spellings import is_one_line

_MOST = 10**9
"""Beyond every bound of a form: a longer number is out of bounds just the same."""


def one_line(form: WTForm, field: Field) -> None:
    """Text in any script, without line breaks and without signs that hide, turn or pile up on what stands around
    them (`spellings.is_one_line`)."""
    if field.data and not is_one_line(field.data):
        raise StopValidation(
            _("Type it again: it holds a line break, an invisible character or a pile of accents")
        )


class WholeNumberField(IntegerField):
    """A whole number; anything else is refused in words that say so."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
            # No float holds hundreds of digits, and NumberRange asks for one.
            self.data = None if self.data is None else max(-_MOST, min(_MOST, self.data))
        except ValueError:
            raise ValueError(_("Enter a whole number, in digits")) from None


@dataclass(frozen=True)
class SomePlaceLeft:
    """Of the places that should not be asked: with all of them ticked nobody could ever be found."""

    mend: LazyString

    def __call__(self, form: WTForm, field: SelectMultipleField) -> None:
        """Where there are no places yet, nothing can be ticked, and the hub may know some later."""
        offered = {value for value, *_rest in field.iter_choices()}
        if offered and offered <= set(field.data or ()):
            raise ValidationError(str(self.mend))


def places() -> dict[str, str]:
    """The other sites, any of which a physician may wish to avoid: id to "name, community"."""
    return {site.site_id: f"{site.name}, {site.community}" for site in directory.others(db.session)}
