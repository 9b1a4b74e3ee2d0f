"""What a supporter says by phone about the help they give: an attempt, and that it has ended."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from ui import clock
from ui.forms import DateTimePartsField, Form, choices


class AttemptForm(Form):
    """The first contact."""

    what = RadioField(
        _l("What happened?"),
        [InputRequired(_l("Select what happened"))],
        choices=choices(
            {"attempted": _l("They left a message, or tried"), "reached": _l("The two have spoken")}
        ),
    )
    at = DateTimePartsField(
        _l("When was it?"),
        [InputRequired(_l("Enter the day and time of the attempt"))],
        default=clock.now,
        asks_which=True,
        description=_l(
            "The true time of the attempt, not of this call. For example, 27 Mar 2026, 4:40 pm or 16:40"
        ),
    )


class CloseForm(Form):
    """A reminder in the form of a question (J02). Either answer closes."""

    paper = RadioField(
        _l("Is everything that the supporter jotted down destroyed?"),
        [InputRequired(_l("Select whether the jottings are destroyed"))],
        choices=choices(
            {"yes": _l("Yes, or there was nothing on paper"), "no": _l("Not yet: I ask them to")}
        ),
    )
