"""The forms of the sign-in pages."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from ui.forms import Form
from ui.signin.passwords import MAX_LENGTH


class PasswordForm(Form):
    """Email and password. The email is not checked for its form: a wrong one is simply nobody's."""

    email = StringField(_l("Email address"), [InputRequired(_l("Enter your email address")), Length(max=254)])
    password = PasswordField(
        _l("Password"), [InputRequired(_l("Enter your password")), Length(max=MAX_LENGTH)]
    )

    def account(self) -> str:
        """The email as the store knows it."""
        return (self.email.data or "").strip().lower()


class CodeForm(Form):
    """The six digits of the authenticator app."""

    code = StringField(_l("Code"), [InputRequired(_l("Enter the 6 digits from your authenticator app"))])

    def validate_code(self, field: Field) -> None:
        typed = "".join(field.data.split())
        if not (len(typed) == 6 and typed.isascii() and typed.isdigit()):
            raise ValidationError(_("Enter the 6 digits from your authenticator app"))


class NewPasswordForm(Form):
    """A password somebody chooses."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password"))])

    def validate_password(self, field: Field) -> None:
        shortest = current_app.config["PASSWORD_MIN_LENGTH"]
        if len(field.data) < shortest:
            raise ValidationError(_("Choose a password of at least %(n)s characters", n=shortest))
        if len(field.data) > MAX_LENGTH:
            raise ValidationError(_("Choose a password of at most %(n)s characters", n=MAX_LENGTH))
