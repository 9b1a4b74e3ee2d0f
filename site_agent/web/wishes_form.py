"""Wishes, language and places to avoid, said again by the physician: they were erased when a match was confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from site_agent import words
from site_agent.forms.checks import SomePlaceLeft
from site_agent.services.requests import Wishes
from ui.forms import Form, choices


class WishesAgainForm(Form):
    """One page, since the physician is on the phone."""

    wishes = SelectMultipleField(_l("Whom would they rather talk with?"), choices=choices(words.WISH))
    avoid = SelectMultipleField(
        _l("Which places should not be asked?"),
        [SomePlaceLeft(_l("No place is left to ask. Untick one, or withdraw the request"))],
    )
    language = SelectField(_l("In which language?"), [InputRequired(_l("Select a language"))], default="en")

    def __init__(self, *args: Any, sites: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.avoid.choices = choices(sites)
        self.language.choices = choices(words.language_choices())

    def wishes_said(self) -> Wishes:
        """As the services take them."""
        return Wishes(tuple(self.wishes.data or ()), tuple(self.avoid.data or ()), self.language.data)
