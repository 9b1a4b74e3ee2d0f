"""The one answer that changes a setting: a number between bounds, a choice, or a short text such as a phone number."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange

from site_agent.extensions import db
from site_agent.forms.checks import WholeNumberField, one_line
from site_agent.services import policy
from site_agent.web.policy_words import NAMED, OPTION, label, value_words
from ui.forms import Form, choices


class ChangeForm(Form):
    """The base: `value` is the answer, `was` what stood there when the page was opened."""

    name = ""
    stands = ""
    first: str | None = None
    """The setting that has to be changed before this answer can hold."""
    was = HiddenField()

    def validate_was(self, field: Field) -> None:
        """Two people may have the page open."""
        if field.data != self.stands:
            # Sent again, the form says that its writer has seen what stands there now.
            field.data = self.stands
            field.raw_data = [self.stands]
            raise ValidationError(
                _(
                    "Somebody has changed this to “%(value)s” since you opened the page. Send it again to change it",
                    value=value_words(self.name, self.stands),
                )
            )

    def given(self) -> int | str:
        """The answer."""
        value: int | str | None = self.value.data
        return "" if value is None else value


def form_for(name: str, stands: str) -> ChangeForm:
    """The form that changes this setting."""
    if name in policy.NUMBERS:
        kind = _number_form(name)
        shown: int | str = int(stands)
    else:
        kind = _choice_form(name) if name in policy.CHOICES else _text_form(name)
        shown = stands
    kind.name, kind.stands = name, stands
    return kind(data={"value": shown, "was": stands})


def _number_form(name: str) -> type[ChangeForm]:
    rule = policy.NUMBERS[name]

    class NumberForm(ChangeForm):
        """A whole number between two bounds."""

        value = WholeNumberField(
            NAMED[name].label,
            [
                InputRequired(_l("Enter a whole number")),
                NumberRange(rule.least, rule.most, _l("Enter a number from %(min)s to %(max)s")),
            ],
        )

        def validate_value(self, field: Field) -> None:
            """Of two limits that follow one another, the second stays longer."""
            if field.data is None:
                return  # not a number, and said to be so
            other = policy.out_of_order(db.session, name, field.data)
            if other is not None:
                self.first = other
                stands = value_words(other, policy.values(db.session)[other])
                raise ValidationError(
                    _(
                        "That does not go with “%(label)s”, which is %(value)s. Change that first, or enter another",
                        label=label(other),
                        value=stands,
                    )
                )

    return NumberForm


def _choice_form(name: str) -> type[ChangeForm]:
    options = {option: OPTION[name, option] for option in policy.CHOICES[name].options}

    class ChoiceForm(ChangeForm):
        """One of a few."""

        value = RadioField(NAMED[name].label, [InputRequired(_l("Select one"))], choices=choices(options))

    return ChoiceForm


def _text_form(name: str) -> type[ChangeForm]:
    rule = policy.TEXTS[name]
    checks = [one_line, Length(max=rule.longest, message=_l("Use %(max)d characters or fewer"))]
    needed = [] if rule.may_be_empty else [InputRequired(_l("Enter what people should read"))]

    class TextForm(ChangeForm):
        """A short text."""

        value = StringField(NAMED[name].label, [*needed, *checks])

        def validate_value(self, field: Field) -> None:
            """Who leaves a page is led somewhere, and on a private line."""
            if rule.is_address and not policy.is_address(field.data or ""):
                raise ValidationError(_("Enter an address like https://weather.gc.ca/"))

    return TextForm
