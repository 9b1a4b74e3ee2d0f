"""The forms of the sign-in pages."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from ui.forms import EmailField, Form
from ui.signin.passwords import MAX_LENGTH
from ui.signin.recovery import looks_like_one

MAX_ANSWER_CHARS = 20_000
"""Of a passkey's answer (ours: one with an attestation is some 3,000)."""


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


def _new_password() -> PasswordField:
    return PasswordField(_l("New password"), [InputRequired(_l("Choose a password"))])


class NewPasswordForm(Form):
    """A password somebody chooses."""

    password = _new_password()

    def validate_password(self, field: Field) -> None:
        shortest = current_app.config["PASSWORD_MIN_LENGTH"]
        if len(field.data) < shortest:
            raise ValidationError(_("Choose a password of at least %(n)s characters", n=shortest))
        if len(field.data) > MAX_LENGTH:
            raise ValidationError(_("Choose a password of at most %(n)s characters", n=MAX_LENGTH))


class ChangePasswordForm(NewPasswordForm):
    """The password somebody has, and the one they choose in its place."""

    current = PasswordField(
        _l("Current password"), [InputRequired(_l("Enter your current password")), Length(max=MAX_LENGTH)]
    )

    password = _new_password()  # made after it, so that its error comes second as well

    def __init__(self, has_one: bool) -> None:
        super().__init__()
        if not has_one:
            del self.current


class RecoveryForm(Form):
    """One of the ten codes."""

    code = StringField(_l("Recovery code"), [InputRequired(_l("Enter one of your recovery codes"))])

    def validate_code(self, field: Field) -> None:
        if not looks_like_one(field.data):
            raise ValidationError(_("Enter one of your recovery codes: 16 letters and digits"))


class AddressForm(Form):
    """Another email address for somebody's account."""

    email = EmailField(
        _l("New email address"),
        [
            InputRequired(_l("Enter an email address")),
            Length(max=254, message=_l("The email address must be %(max)d characters or fewer")),
        ],
        description=_l("They sign in with it."),
    )


class PasskeyForm(Form):
    """What the device answered, as the script wrote it down."""

    credential = HiddenField(validators=[Length(max=MAX_ANSWER_CHARS)])

    def answer(self) -> str:
        """The answer as JSON; empty when it cannot be one."""
        return self.credential.data or "" if self.validate_on_submit() else ""
