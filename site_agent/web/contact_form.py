"""Who asks, and how to reach them safely. It is sealed as soon as it is sent."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from protocol.messages.handover import Identity
from site_agent import words
from site_agent.forms.checks import one_line
from ui.forms import EmailField, Form, PhoneField, choices

MAX_NAME = 120
MAX_EMAIL = 254
MAX_PHONE = 20
"""As long as the sealed letter takes (`protocol.messages.handover`)."""


class ContactForm(Form):
    """Who, and how to reach them safely."""

    name = StringField(
        _l("Their name"),
        [
            InputRequired(_l("Enter the physician’s name")),
            one_line,
            Length(max=MAX_NAME, message=_l("The name must be %(max)d letters or fewer")),
        ],
    )
    phone = PhoneField(_l("Phone"))
    email = EmailField(
        _l("Email"),
        [Length(max=MAX_EMAIL, message=_l("The email address must be %(max)d letters or fewer"))],
        description=_l("Use a private mailbox: the organization may be able to read its own."),
    )
    ways = SelectMultipleField(
        _l("Safe ways to reach them"),
        [InputRequired(_l("Select at least one safe way to reach them"))],
        choices=choices(words.CONTACT_WAY),
    )
    times = SelectMultipleField(
        _l("Safe times to reach them"),
        [InputRequired(_l("Select at least one safe time to reach them"))],
        choices=choices(words.CONTACT_TIME),
    )

    def validate_phone(self, field: PhoneField) -> None:
        """Needed for a call, and short enough for the sealed letter."""
        if not field.data and not self.email.data:
            raise ValidationError(_("Enter a phone number or an email address"))
        if not field.data and set(self.ways.data or ()) - {"email"}:
            raise ValidationError(_("Enter a phone number, or select only email as a safe way"))

    def validate_email(self, field: EmailField) -> None:
        """Needed when email is a safe way."""
        if not field.data and "email" in (self.ways.data or ()):
            raise ValidationError(_("Enter an email address, or do not select email as a safe way"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also that the number, as it will be sealed, is not too long for the letter."""
        right: bool = super().validate(extra_validators)
        if right and len(self.phone.data or "") > MAX_PHONE:
            self.phone.errors = [_("Leave out the extension: the number is too long to be handed over")]
            right = False
        return right

    def identity(self) -> Identity:
        """Who, as it is sealed."""
        return Identity(
            name=self.name.data or "",
            phone=self.phone.data or None,
            email=self.email.data or None,
            ways=tuple(self.ways.data or ()),
            times=tuple(self.times.data or ()),
        )
