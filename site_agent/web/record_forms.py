"""The questions that record a request, four pages of them, and the order they come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired

from site_agent import words, words_doors
from site_agent.forms.checks import SomePlaceLeft
from site_agent.web.contact_form import ContactForm
from site_agent.web.received_form import ReceivedForm
from ui.forms import Form, choices


class CameForm(ReceivedForm):
    """How and when the physician asked, and where the supporter should come from: the rest depends on it."""

    place = RadioField(
        _l("Where should the supporter come from?"),
        [InputRequired(_l("Select where the supporter should come from"))],
        choices=choices({"here": _l("From this site"), "elsewhere": _l("From elsewhere")}),
    )


class AboutForm(Form):
    """What the rules of matching need. There is no box for a story, on purpose."""

    stage = RadioField(
        _l("What is their career stage?"),
        [InputRequired(_l("Select their career stage, or “Not known”"))],
        choices=choices(words.STAGE),
    )
    reason = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Select what it is about, or “Rather not say”"))],
        choices=choices(words.REASON),
    )
    modality = RadioField(
        _l("How would they like to talk?"),
        [InputRequired(_l("Select how they would like to talk"))],
        choices=choices(words.MODALITY),
        default="any",
    )
    language = SelectField(_l("In which language?"), [InputRequired(_l("Select a language"))], default="en")
    origin = SelectField(
        _l("Who gave them the idea to ask?"),
        [InputRequired(_l("Select who gave them the idea"))],
        choices=choices(words.ORIGIN),
        default="self",
    )
    hint = SelectField(
        _l("What brings them, in their words, if they said so?"),
        choices=choices([("", _l("Not said")), *words_doors.HINT.items()]),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = choices(words.language_choices())


class WishesForm(Form):
    """Who may never be asked, and what may be met and is never promised. A request that goes elsewhere also says
    which places must not hear of it, and what to do when few are left: a short list narrows who could know."""

    posts = SelectMultipleField(_l("Who supervises or assesses their work?"), choices=choices(words.POST))
    wishes = SelectMultipleField(_l("Whom would they rather talk with?"), choices=choices(words.WISH))
    avoid = SelectMultipleField(
        _l("Which places should not be asked?"),
        [
            SomePlaceLeft(
                _l(
                    "No place is left to ask. Untick one, or choose a supporter from this site on the first page"
                )
            )
        ],
    )
    few = RadioField(
        _l("If fewer than three places are left that could help?"),
        [InputRequired(_l("Select whether to send it or to wait"))],
        choices=choices(words.FEW),
    )

    def __init__(self, *args: Any, sites: Mapping[str, str], elsewhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if elsewhere:
            self.avoid.choices = choices(sites)
        else:
            del self.avoid, self.few


class WhoForm(ContactForm):
    """Who it is, and whether mail may tell them that something is new."""

    mail_ok = BooleanField(
        _l("They want an email when there is news: “you have a message”, and nothing else")
    )

    def validate_mail_ok(self, field: BooleanField) -> None:
        """Mail goes to an address."""
        if field.data and not self.email.data:
            raise ValidationError(_("Enter an email address, or leave out the email when there is news"))


@dataclass(frozen=True)
class Step:
    """One page of the form."""

    name: str
    form: type[Form]
    title: LazyString


STEPS = (
    Step("came", CameForm, _l("How did the physician ask?")),
    Step("about", AboutForm, _l("What should the supporter know?")),
    Step("wishes", WishesForm, _l("Who should be asked, and who never?")),
    Step("contact", WhoForm, _l("Who is it, and how can they be reached?")),
)
"""With the page to check the answers there are five, which an afternoon's call has patience for."""


def step_named(name: str) -> Step | None:
    """The page of that name."""
    return next((step for step in STEPS if step.name == name), None)
