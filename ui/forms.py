"""Forms: the base class, and the fields that WTForms does not have.

A form that is not right is shown again with status 422 and with everything that was typed still in it:

    form = RequestForm()
    if form.validate_on_submit(): ...
    return render_form("requests/new.html", form)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask import render_template, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from flask_wtf.form import _Auto, _is_submitted
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, PasswordField, StringField, ValidationError
from wtforms import Form as WTForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.form import BaseForm

from ui.dateparts import DatePartsField, DateTimePartsField

__all__ = [
    "DatePartsField",
    "DateTimePartsField",
    "EmailField",
    "Form",
    "PhoneField",
    "choices",
    "error_list",
    "phone_words",
    "render_form",
]

REGION = "CA"
_NORTH_AMERICAN = re.compile(r"\+1([2-9]\d\d)(\d{3})(\d{4})", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
"""C0 but for tab and line ends, DEL, C1, and what stands for a sign that could not be read."""


class Form(FlaskForm):  # type: ignore[misc]
    """The base of every form: CSRF, and no white space around what was typed (passwords are left as they are).

    A field takes text, and only a FileField a file: what else a program sends under its name is not looked at.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: BaseForm, formdata: Any) -> Any:
            if formdata is not _Auto:
                return formdata
            if not _is_submitted():
                return None
            wanted = {field.name for field in form if isinstance(field, FileField)}
            files = [(name, file) for name, file in request.files.items(multi=True) if name in wanted]
            return CombinedMultiDict((MultiDict(files), request.form)) if files or request.form else None

        def bind_field(self, form: WTForm, unbound_field: Any, options: dict[str, Any]) -> Field:
            if issubclass(unbound_field.field_class, StringField) and not issubclass(
                unbound_field.field_class, PasswordField
            ):
                options["filters"] = [*unbound_field.kwargs.get("filters", ()), _strip]
            field: Field = super().bind_field(form, unbound_field, options)
            return field

    def process(self, *args: Any, **kwargs: Any) -> None:
        """As every form; of white space alone nothing is left, so InputRequired has to see that nothing was typed."""
        super().process(*args, **kwargs)
        for field in self:
            if isinstance(field, StringField):
                _take_out_controls(field)
                if field.data == "":
                    field.raw_data = [""]


def _take_out_controls(field: StringField) -> None:
    """A paste may bring signs that no screen shows and no database looks for. They go, and somebody looks again at
    what is left: the rest of what was typed stays in the box. A password is never changed, and never sent back."""
    if not field.raw_data or not isinstance(field.data, str) or not _CONTROL.search(field.data):
        return
    if isinstance(field, PasswordField):
        if "\ufffd" in field.data:
            _wrong(field, _("Type it by hand: it holds a sign that cannot be read"))
        return
    field.data = _CONTROL.sub("", field.data).strip()
    _wrong(
        field,
        _("Look at this again, then send it: signs that cannot be seen came with it and were taken out"),
    )


def _wrong(field: Field, mend: str) -> None:
    field.process_errors = [*field.process_errors, mend]


def _strip(typed: str | None) -> str | None:
    return typed.strip() if isinstance(typed, str) else typed


class PhoneField(StringField):
    """A phone number, Canadian unless it begins with +; `data` becomes E.164, with ";ext=" if it has one.

    What was typed stays in the box until it is right. Empty is for InputRequired to refuse.
    """

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        if not self.data or validation_stopped or self.errors:
            return
        number = _parse_phone(self.data)
        if number is None or not phonenumbers.is_valid_number(number):
            raise ValidationError(
                _(
                    "Enter a phone number with its area code, like 250 555 0123, or +44 20 7946 0000 from abroad"
                )
            )
        extension = f";ext={number.extension}" if number.extension else ""
        self.data = phonenumbers.format_number(
            _without_extension(number), phonenumbers.PhoneNumberFormat.E164
        )
        self.data += extension

    def _value(self) -> str:
        return phone_words(self.data) if self.data else ""


def phone_words(stored: str) -> str:
    """A kept number as people here write it: "(250) 555-0123", or "+44 20 7946 0000"; other text as it is."""
    usual = _NORTH_AMERICAN.fullmatch(stored)
    if usual:  # as the library would: but a page may hold dozens
        return "({}) {}-{}".format(*usual.groups())
    number = _parse_phone(stored)
    if number is None or not stored.startswith("+"):
        return stored
    national = number.country_code == 1
    form = (
        phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, form)


def _parse_phone(typed: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException:
        return None


def _without_extension(number: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber:
    return phonenumbers.PhoneNumber(
        country_code=number.country_code,
        national_number=number.national_number,
        italian_leading_zero=number.italian_leading_zero,
        number_of_leading_zeros=number.number_of_leading_zeros,
    )


class EmailField(StringField):
    """An email address, checked by its form only (no look-up); `data` is normalised when it is right."""

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        if not self.data or validation_stopped or self.errors:
            return
        try:
            self.data = validate_email(self.data, check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValidationError(_("Enter an email address like name@example.ca")) from None


def choices(pairs: Mapping[str, Any] | Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """What a radio, checkbox or select field takes, from value and text: choices({"en": _l("English")})."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return [SelectChoice(value, text) for value, text in items]


def error_list(form: WTForm) -> list[dict[str, str]]:
    """The form's errors in the order of its fields, each with a link to the part to mend."""
    errors = [{"text": str(text), "href": "#main-content"} for text in form.form_errors]
    for field in form:
        if field.errors:
            errors.append({"text": str(field.errors[0]), "href": f"#{first_control(field)}"})
    return errors


def first_control(field: Field) -> str:
    """The id of the control an error link should put the reader in: the first wrong part, the first choice."""
    if isinstance(field, DatePartsField):
        return f"{field.id}-{field.first_wrong()}"
    return str(field.id)


def render_form(template: str, form: WTForm, **context: Any) -> tuple[str, int]:
    """The page with the form: status 200 the first time, 422 when there is something to mend."""
    return render_template(template, form=form, **context), 422 if form.errors else 200
