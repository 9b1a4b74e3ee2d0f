"""Who asks, and how to reach them safely. It is sealed as soon as it is sent."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from site_agent import words
from site_agent.forms.checks import one_line
from site_agent.forms.contact import MAX_EMAIL, MAX_NAME, ContactRules
from ui.forms import EmailField, PhoneField, choices


class ContactForm(ContactRules):
    """Who, and how to reach them safely."""

    name = StringField(
        _l("Their name"),
        [
            InputRequired(_l("Enter the physician’s name")),
            one_line,
            Length(max=MAX_NAME, message=_l("The name must be %(max)d characters or fewer")),
        ],
    )
    phone = PhoneField(_l("Phone"))
    email = EmailField(
        _l("Email"),
        [Length(max=MAX_EMAIL, message=_l("The email address must be %(max)d characters or fewer"))],
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
