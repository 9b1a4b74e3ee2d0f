"""What is entered about somebody who signs in."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from site_agent import roles
from site_agent.forms.checks import one_line
from site_agent.models import Person
from site_agent.services.errors import ServiceError
from site_agent.services.people import DeputyDateError, Post
from site_agent.web.people_words import ROLE
from ui import clock
from ui.forms import DatePartsField, EmailField, Form, choices
from ui.signin.invitations import MAX_NAME_CHARS
from ui.timewords import to_local


class InviteForm(Form):
    """Who, where the invitation goes, and what they may do."""

    name = StringField(
        _l("Name"),
        [
            InputRequired(_l("Enter their name")),
            one_line,
            Length(max=MAX_NAME_CHARS, message=_l("The name must be %(max)d characters or fewer")),
        ],
    )
    email = EmailField(
        _l("Email"),
        [
            InputRequired(_l("Enter an email address")),
            Length(max=254, message=_l("The email address must be %(max)d characters or fewer")),
        ],
        description=_l("They sign in with it, and email from this site goes there."),
    )
    roles = SelectMultipleField(
        _l("What may they do?"), [InputRequired(_l("Select at least one role"))], choices=choices(ROLE)
    )
    deputy_until = DatePartsField(
        _l("Last day of a deputy"),
        [Optional()],
        description=_l(
            "For a deputy only, for example 27 Mar 2026. From the next day on the role allows nothing."
        ),
    )
    asked = HiddenField()
    """Filled in by the page that asks before a role is taken away."""

    def __init__(self, person: Person | None = None) -> None:
        kept: dict[str, Any] = {}
        if person is not None:
            kept = {"name": person.name, "roles": list(person.roles), "deputy_until": person.deputy_until}
        super().__init__(data=kept)

    def validate_deputy_until(self, field: Field) -> None:
        """A deputy has a last day."""
        is_deputy = roles.DEPUTY in (self.roles.data or [])
        if is_deputy and field.data and field.data < to_local(clock.now()).date():
            raise ValidationError(_("The day must be today or later"))

    def validate_roles(self, field: Field) -> None:
        """Optional stops before a check of an empty day, so its want is said here."""
        day = self.deputy_until
        if roles.DEPUTY in field.data and not any(day.parts.values()):
            raise ValidationError(_("A deputy stands in until a day: enter it below"))

    def post(self) -> Post:
        """What they are from now on; the day counts for a deputy only."""
        given = tuple(self.roles.data or ())
        is_deputy = roles.DEPUTY in given
        return Post(given, self.deputy_until.data if is_deputy else None)

    def mark(self, error: ServiceError) -> None:
        """Say beside the field what the site refuses."""
        field = self.deputy_until if isinstance(error, DeputyDateError) else self.roles
        field.errors = [str(error.mend)]


class PersonForm(InviteForm):
    """The same of somebody who is there; their address has a page of its own, since they sign in with it."""

    def __init__(self, person: Person) -> None:
        super().__init__(person)
        del self.email
