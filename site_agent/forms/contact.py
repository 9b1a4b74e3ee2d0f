"""What holds for a physician's contact details, whoever types them in: at the desk, or the physician themselves."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import SelectMultipleField, StringField, ValidationError

from protocol.messages.handover import Identity
from ui.forms import EmailField, Form, PhoneField

MAX_NAME = 120
MAX_EMAIL = 254
MAX_PHONE = 20
"""As long as the sealed letter takes (`protocol.messages.handover`)."""


class ContactRules(Form):
    """The fields are the inheriting form's, in its own words."""

    name: StringField
    phone: PhoneField
    email: EmailField
    ways: SelectMultipleField
    times: SelectMultipleField

    def validate_phone(self, field: PhoneField) -> None:
        """Needed for every way but email."""
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
