"""The questions a physician answers to ask for a supporter: coded, without a box for a story, on one page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length

from protocol.codes import LANGUAGES
from site_agent.forms import ask_words as words
from site_agent.forms.checks import SomePlaceLeft, one_line
from site_agent.forms.contact import MAX_EMAIL, MAX_NAME, ContactRules
from site_agent.services.requests import NewRequest, Wishes
from ui.forms import EmailField, PhoneField, choices

PLACE_LEFT = SomePlaceLeft(
    _l("No place is left to ask. Untick one, or choose a supporter from your own site")
)


class AskForm(ContactRules):
    """In the order of the page, which is the order of its errors."""

    reason = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Select what it is about, or “Rather not say”"))],
        choices=choices(words.REASON),
    )
    place = RadioField(
        _l("Where should the supporter come from?"),
        [InputRequired(_l("Select where the supporter should come from"))],
        choices=choices(words.PLACE),
    )
    stage = RadioField(
        _l("Where are you in your career?"),
        [InputRequired(_l("Select your career stage, or “Rather not say”"))],
        choices=choices(words.STAGE),
    )
    posts = SelectMultipleField(_l("Who supervises or assesses your work?"), choices=choices(words.POST))
    avoid = SelectMultipleField(_l("Which places should not be asked?"))
    few = RadioField(
        _l("If fewer than three places are left that could help?"),
        default="send",
        choices=choices(words.FEW),
        validate_choice=False,
    )
    modality = RadioField(
        _l("How would you like to talk?"),
        [AnyOf(words.MODALITY, _l("Select how you would like to talk"))],
        default="any",
        choices=choices(words.MODALITY),
        validate_choice=False,
    )
    language = SelectField(
        _l("In which language?"),
        [AnyOf(LANGUAGES, _l("Select a language"))],
        default="en",
        validate_choice=False,
    )
    wishes = SelectMultipleField(_l("Whom would you rather talk with?"), choices=choices(words.WISH))
    hint = RadioField(
        _l("What brings you?"),
        [AnyOf(("", *words.HINT), _l("Select what brings you, or “Rather not say”"))],
        default="",
        choices=choices({"": _l("Rather not say"), **words.HINT}),
        validate_choice=False,
    )
    origin = RadioField(
        _l("Who suggested it?"),
        [AnyOf(words.ORIGIN, _l("Select who suggested it"))],
        default="self",
        choices=choices(words.ORIGIN),
        validate_choice=False,
    )
    name = StringField(
        _l("Your name"),
        [
            DataRequired(_l("Enter your name")),
            one_line,
            Length(max=MAX_NAME, message=_l("Your name must be %(max)d characters or fewer")),
        ],
    )
    phone = PhoneField(_l("Your own phone"))
    email = EmailField(
        _l("Your own email"),
        [Length(max=MAX_EMAIL, message=_l("The email address must be %(max)d characters or fewer"))],
    )
    ways = SelectMultipleField(
        _l("Safe ways to reach you"),
        [InputRequired(_l("Select at least one safe way to reach you"))],
        choices=choices(words.CONTACT_WAY),
    )
    times = SelectMultipleField(
        _l("Safe times to reach you"),
        [InputRequired(_l("Select at least one safe time to reach you"))],
        choices=choices(words.CONTACT_TIME),
    )
    mail_ok = BooleanField(_l("Send me news by email"))

    def __init__(self, *args: Any, sites: Mapping[str, str], **values: Any) -> None:
        super().__init__(*args, **values)
        self.language.choices = choices(words.language_choices())
        self.avoid.choices = choices(sites)

    @property
    def is_elsewhere(self) -> bool:
        """Whether somebody from another place is asked for."""
        return bool(self.place.data == "elsewhere")

    def validate_avoid(self, field: SelectMultipleField) -> None:
        """Asked only of those who want somebody from elsewhere."""
        if self.is_elsewhere:
            PLACE_LEFT(self, field)

    def validate_few(self, field: RadioField) -> None:
        """Asked only of those who want somebody from elsewhere."""
        if self.is_elsewhere and field.data not in words.FEW:
            raise ValidationError(_("Select whether to send it or to wait"))

    def validate_mail_ok(self, field: BooleanField) -> None:
        """There has to be somewhere to send it."""
        if field.data and not self.email.data:
            raise ValidationError(_("Enter an email address, or do not ask for news by email"))

    def wishes_said(self) -> Wishes:
        """What is erased once a match is confirmed; places count only for a request that goes elsewhere."""
        avoid = self.avoid.data if self.is_elsewhere else ()
        return Wishes(tuple(self.wishes.data or ()), tuple(avoid or ()), self.language.data or "en")

    def new_request(self, door: str, now: datetime, by: str | None = None) -> NewRequest:
        """As the services record it. Only after it was validated."""
        return NewRequest(
            door=door,
            received_at=now,
            stage=self.stage.data,
            modality=self.modality.data,
            reason=self.reason.data,
            identity=self.identity(),
            wishes=self.wishes_said(),
            posts=tuple(self.posts.data or ()),
            elsewhere=self.is_elsewhere,
            few=self.few.data if self.is_elsewhere else "send",
            origin=self.origin.data,
            by=by,
            hint=self.hint.data or None,
            mail_ok=bool(self.mail_ok.data),
        )
