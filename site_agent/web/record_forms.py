"""The questions that record a request, one a page, and the order they come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired

from site_agent import words
from site_agent.web.contact_form import ContactForm
from ui import clock
from ui.forms import DateTimePartsField, Form, choices

OLDEST = timedelta(days=366)
"""A request older than this was not meant: the year is wrong."""


class DoorForm(Form):
    """How and when the physician asked."""

    door = RadioField(
        _l("How did the physician ask?"),
        [InputRequired(_l("Select how the physician asked"))],
        choices=choices({code: words.DOOR[code] for code in ("phone", "inbox", "paper")}),
    )
    received_at = DateTimePartsField(
        _l("When did they ask?"),
        [InputRequired(_l("Enter the day and time at which they asked"))],
        description=_l("The true time, even if you only record it now. For example, 27 3 2026, 4:40 pm"),
    )

    def validate_received_at(self, field: DateTimePartsField) -> None:
        """Neither in the future nor so long ago that the year must be wrong."""
        if field.data is None:
            return
        if field.data > clock.now():
            raise ValidationError(_("The time must be in the past. Check the day, and morning or afternoon"))
        if field.data < clock.now() - OLDEST:
            raise ValidationError(_("That is more than a year ago. Check the year"))


class StageForm(Form):
    """Career stage: a mid- or late-career physician is supported by somebody of an equal or later stage."""

    stage = RadioField(
        _l("What is their career stage?"),
        [InputRequired(_l("Select their career stage, or “Not known”"))],
        choices=choices(words.STAGE),
    )


class ReasonForm(Form):
    """Why, as a code. There is no box for a story, on purpose."""

    reason = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Select what it is about, or “Rather not say”"))],
        choices=choices(words.REASON),
    )


class ModalityForm(Form):
    """How they would like to talk."""

    modality = RadioField(
        _l("How would they like to talk?"),
        [InputRequired(_l("Select how they would like to talk"))],
        choices=choices(words.MODALITY),
    )


class LanguageForm(Form):
    """In which language."""

    language = SelectField(_l("In which language?"), [InputRequired(_l("Select a language"))], default="en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = choices(words.language_choices())


class WishesForm(Form):
    """What may be met and is never promised."""

    wishes = SelectMultipleField(_l("Whom would they rather talk with?"), choices=choices(words.WISH))


class PostsForm(Form):
    """Who may never be asked."""

    posts = SelectMultipleField(_l("Who supervises or assesses their work?"), choices=choices(words.POST))


class PlaceForm(Form):
    """From this site or from elsewhere."""

    place = RadioField(
        _l("Where should the supporter come from?"),
        [InputRequired(_l("Select where the supporter should come from"))],
        choices=choices({"elsewhere": _l("From elsewhere"), "here": _l("From this site")}),
    )


class AvoidForm(Form):
    """Sites that must never be asked, from the directory."""

    avoid = SelectMultipleField(_l("Which places should not be asked?"))

    def __init__(self, *args: Any, sites: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.avoid.choices = choices(sites)


class FewForm(Form):
    """Asked beforehand, because a short list narrows who could know."""

    few = RadioField(
        _l("If fewer than three places are left that could help?"),
        [InputRequired(_l("Select whether to send it or to wait"))],
        choices=choices(words.FEW),
    )


@dataclass(frozen=True)
class Step:
    """One page of the form."""

    name: str
    form: type[Form]
    title: LazyString


STEPS = (
    Step("door", DoorForm, _l("How and when did the request come?")),
    Step("stage", StageForm, _l("What is their career stage?")),
    Step("reason", ReasonForm, _l("What is it about?")),
    Step("modality", ModalityForm, _l("How would they like to talk?")),
    Step("language", LanguageForm, _l("In which language?")),
    Step("wishes", WishesForm, _l("Whom would they rather talk with?")),
    Step("posts", PostsForm, _l("Who supervises or assesses their work?")),
    Step("avoid", AvoidForm, _l("Which places should not be asked?")),
    Step("contact", ContactForm, _l("Who is it, and how can they be reached?")),
    Step("place", PlaceForm, _l("Where should the supporter come from?")),
    Step("few", FewForm, _l("If fewer than three places are left that could help?")),
)


def step_named(name: str) -> Step | None:
    """The question of that name."""
    return next((step for step in STEPS if step.name == name), None)
