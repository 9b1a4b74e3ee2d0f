"""What a coordinator enters about a supporter, and about a pause. No field takes a remark."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from site_agent import words
from site_agent.forms.checks import WholeNumberField, one_line
from site_agent.services.roster import EARLIEST, MAX_PLACES, Details
from ui import clock
from ui.forms import DatePartsField, EmailField, Form, PhoneField, choices
from ui.timewords import to_local

MODALITIES = {code: words.MODALITY[code] for code in ("in-person", "phone", "video")}


class SupporterForm(Form):
    """Who, how to reach them, and what a match is found by."""

    name = StringField(
        _l("Name"),
        [
            InputRequired(_l("Enter the supporter’s name")),
            one_line,
            Length(max=120, message=_l("The name must be %(max)d characters or fewer")),
        ],
    )
    email = EmailField(
        _l("Email"),
        [
            InputRequired(_l("Enter an email address")),
            Length(max=254, message=_l("The email address must be %(max)d characters or fewer")),
        ],
        description=_l("Links go there. Email never names a physician or a reason."),
    )
    phone = PhoneField(_l("Phone (optional)"))
    stage = RadioField(
        _l("Career stage"),
        [InputRequired(_l("Select their career stage"))],
        choices=choices(words.SUPPORTER_STAGE),
        description=_l("A mid- or late-career physician is offered somebody of the same or a later stage."),
    )
    languages = SelectMultipleField(
        _l("Languages they can support in"),
        [InputRequired(_l("Select at least one language"))],
        default=["en"],
    )
    modalities = SelectMultipleField(
        _l("Ways they can talk"),
        [InputRequired(_l("Select at least one way to talk"))],
        choices=choices(MODALITIES),
        default=list(MODALITIES),
    )
    max_open = WholeNumberField(
        _l("How many physicians at a time?"),
        [
            InputRequired(_l("Enter how many physicians at a time, for example 1")),
            NumberRange(1, MAX_PLACES, _l("Enter a number from %(min)s to %(max)s")),
        ],
        default=1,
        description=_l("They say so themselves."),
    )
    gender = RadioField(
        _l("Gender"),
        choices=choices(words.GENDER),
        default="not-said",
        description=_l("Only to meet the wishes “a woman” and “a man”."),
    )
    posts = SelectMultipleField(
        _l("Posts they hold over others"),
        choices=choices(words.POST),
        description=_l("They are never asked about a physician whose request names one of these posts."),
    )
    foundations_on = DatePartsField(
        _l("Training, first part (foundations)"),
        [Optional()],
        description=_l("The day it was finished, for example 27 Mar 2026. Leave empty if it is not."),
    )
    practice_on = DatePartsField(
        _l("Training, second part (practice)"),
        [Optional()],
        description=_l("The day it was finished, for example 27 Mar 2026. Leave empty if it is not."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages.choices = choices(words.language_choices())

    def validate_foundations_on(self, field: DatePartsField) -> None:
        """A training that was finished lies in the past."""
        if field.data and field.data > to_local(clock.now()).date():
            raise ValidationError(_("The day must be today or earlier"))
        if field.data and field.data < EARLIEST:
            raise ValidationError(_("Enter the year with four digits, for example 2025"))

    validate_practice_on = validate_foundations_on

    def details(self) -> Details:
        """What was entered, as the roster takes it."""
        values = {name: value for name, value in self.data.items() if name != "csrf_token"}
        for several in ("languages", "modalities", "posts"):
            values[several] = tuple(values[several])
        return Details(**values | {"phone": self.phone.data or ""})

    def mark(self, names: Iterable[str]) -> None:
        """Say beside each field that the roster refused what is wrong with it."""
        for name in names:
            text = _("Check this answer")
            if name == "email":
                text = _("Somebody on the roster, or who was on it, has this address. Use another one")
            elif name == "name":
                text = _("Type the name again, with 120 letters at most")
            elif name == "phone":
                text = _("Leave out the extension, or leave the number empty")
            self[name].errors = [text]


class PauseForm(Form):
    """Until when; nobody asks why."""

    until = DatePartsField(
        _l("Until which day? (optional)"),
        [Optional()],
        description=_l("They can be asked again on that day. Leave empty to pause until you end it."),
    )

    def validate_until(self, field: DatePartsField) -> None:
        """A pause that ended already would be none."""
        if field.data and field.data <= to_local(clock.now()).date():
            raise ValidationError(_("The day must be after today"))
        if field.data and not _is_near(field.data):
            raise ValidationError(_("The day must be within two years; leave it empty for longer"))


class LeaveForm(Form):
    """When; nobody asks why."""

    when = RadioField(
        _l("When do they leave?"),
        [InputRequired(_l("Select when they leave"))],
        choices=choices({"now": _l("At once"), "later": _l("After a last day")}),
    )
    last_day = DatePartsField(
        _l("Their last day"),
        description=_l("Only if they leave later, for example 27 Mar 2026."),
    )

    def validate_last_day(self, field: DatePartsField) -> None:
        """Needed for a notice, and still to come."""
        if self.when.data == "later" and not field.data:
            raise ValidationError(_("Enter their last day, or select “At once”"))
        if self.when.data == "later" and not _is_near(field.data):
            raise ValidationError(_("The day must be today or later, and within two years"))

    def on(self) -> date | None:
        """The last day, or None for at once."""
        return self.last_day.data if self.when.data == "later" else None


def _is_near(day: date) -> bool:
    today = to_local(clock.now()).date()
    return today <= day <= today + timedelta(days=730)
