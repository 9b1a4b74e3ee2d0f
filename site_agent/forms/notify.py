"""What somebody says who tells the programme of a physician: who tells, whom, and whether they agreed. No story."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from site_agent import words
from site_agent.forms.checks import one_line
from site_agent.services.outreach import MOST_PEOPLE, Notice, Told
from ui.forms import EmailField, Form, PhoneField, choices

MAX_NAME = 120
MAX_EMAIL = 254
PARTS = ("agreed", "name", "phone", "email")


class NotifyForm(Form):
    """Made by `notify_form`, which adds the questions about each person: `agreed_0`, `name_0`, …"""

    notifier = RadioField(_l("Who are you?"), [InputRequired(_l("Select who you are"))])
    reason = SelectField(
        _l("What is it about, in one word?"),
        default="not-said",
        choices=choices(words.REASON),
    )
    n_people = 1
    routine = False
    """Consent is asked for in the first message, so that it need not have been given (policy `routine_outreach`)."""

    def __init__(self, *args: Any, notifiers: words.Words, routine: bool, **values: Any) -> None:
        super().__init__(*args, **values)
        self.notifier.choices = choices(notifiers)
        self.routine = routine

    def numbers(self) -> list[int]:
        """Of the people that something was typed about; the first counts in any case."""
        return [n for n in range(self.n_people) if n == 0 or any(self.part(n, name).data for name in PARTS)]

    def part(self, n: int, name: str) -> Field:
        """One question about one person."""
        field: Field = self._fields[f"{name}_{n}"]
        return field

    def nobody_agreed(self) -> bool:
        """Everybody named has not agreed, and without that nobody is contacted: nothing is to be kept."""
        said = {self.part(n, "agreed").data for n in self.numbers()}
        return not self.routine and said == {"no"}

    def validate(self, extra_validators: Any = None) -> bool:
        """As every form, and of each person who is named: consent, a name, and a way to reach them."""
        extra = {f"{name}_{n}": [check] for n in self.numbers() for name, check in self._checks(n).items()}
        right: bool = super().validate(extra)
        return right

    def notice(self, attested_by: str | None = None) -> Notice:
        """As the services take it."""
        people = tuple(self._told(n) for n in self.numbers())
        return Notice(self.notifier.data, people, self.reason.data or "not-said", attested_by)

    def _told(self, n: int) -> Told:
        said = {name: self.part(n, name).data or None for name in PARTS}
        return Told(str(said["name"]), said["phone"], said["email"], said["agreed"] == "yes")

    def _checks(self, n: int) -> dict[str, Any]:
        def agreed(form: NotifyForm, field: Field) -> None:
            if field.data not in ("yes", "no"):
                raise ValidationError(_("Select whether they have agreed"))
            if field.data == "no" and not form.routine:
                raise ValidationError(
                    _("Leave this person out: empty their lines, and pass on the words below")
                )

        def named(form: NotifyForm, field: Field) -> None:
            if not field.data:
                raise ValidationError(_("Enter their name"))

        def reachable(form: NotifyForm, field: Field) -> None:
            if not field.data and not form.part(n, "email").data:
                raise ValidationError(_("Enter a phone number or an email address"))

        return {"agreed": agreed, "name": named, "phone": reachable}


def notify_form(notifiers: words.Words, routine: bool) -> NotifyForm:
    """A form with as many people as the page had, and one more if "Add another person" was pressed."""
    wanted = request.form.get("people", "1")
    n_people = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 3 else 1
    n_people += request.form.get("go") == "more"
    n_people = max(1, min(n_people, MOST_PEOPLE))
    fields: dict[str, Any] = {"n_people": n_people}
    for n in range(n_people):
        fields |= {f"{name}_{n}": field for name, field in _person().items()}
    made: NotifyForm = type("NotifyForm", (NotifyForm,), fields)(notifiers=notifiers, routine=routine)
    return made


def _person() -> dict[str, Field]:
    return {
        "agreed": RadioField(
            _l("Have they agreed that we contact them?"),
            choices=choices({"yes": _l("Yes, they told me so"), "no": _l("No, or I have not asked")}),
            validate_choice=False,
        ),
        "name": StringField(
            _l("Their name"),
            [one_line, Length(max=MAX_NAME, message=_l("The name must be %(max)d characters or fewer"))],
        ),
        "phone": PhoneField(_l("Their phone")),
        "email": EmailField(
            _l("Their email"),
            [Length(max=MAX_EMAIL, message=_l("The email address must be %(max)d characters or fewer"))],
        ),
    }
