"""A day on which the two talk again (H03): a date and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, ValidationError
from wtforms.validators import InputRequired, StopValidation

from site_agent.extensions import db
from site_agent.public import bp
from site_agent.public.offer_stage import Stage, act, offering, to_offer
from site_agent.services import tracker
from ui import clock
from ui.dateparts import DatePartsField
from ui.forms import Form, choices, render_form
from ui.timewords import to_local

_WEEKS = {"week": 1, "fortnight": 2, "month": 4}
_FURTHEST = timedelta(days=366)
"""Ours: support is short; a day that is further off is a slip of the finger."""


class CheckInForm(Form):
    """In some weeks, on a day, or not at all. `on` counts only with "other"."""

    when = RadioField(
        _l("When do you check in with each other again?"),
        [InputRequired(_l("Select when you check in again, or “No day is set”"))],
        choices=choices(
            {
                "week": _l("In a week"),
                "fortnight": _l("In two weeks"),
                "month": _l("In four weeks"),
                "other": _l("On another day"),
                "none": _l("No day is set"),
            }
        ),
    )
    on = DatePartsField(_l("Which day, if another?"))

    def validate_on(self, field: DatePartsField) -> None:
        """Needed for another day: one that is still to come."""
        if self.when.data != "other":
            field.errors = []
            if any(field.parts.values()):
                raise ValidationError(_("Select “On another day” above, or clear this day"))
            return
        if field.errors:
            raise StopValidation()
        today = to_local(clock.now()).date()
        if field.data is None:
            raise ValidationError(_("Enter the day"))
        if not today < field.data <= today + _FURTHEST:
            raise ValidationError(_("Enter a day after today and within a year"))

    def chosen(self) -> date | None:
        """The day, or None for none."""
        if self.when.data == "none":
            return None
        if self.when.data == "other":
            day: date = self.on.data
            return day
        return to_local(clock.now()).date() + timedelta(weeks=_WEEKS[self.when.data])


@bp.route("/offer/check-in", methods=["GET", "POST"])
@offering("helping")
def check_in(stage: Stage) -> Response | tuple[str, int]:
    """Set it, change it or take it away."""
    form = CheckInForm()
    if not form.validate_on_submit():
        return render_form("public/offer_check_in.html", form, about=stage.visit.subject)
    day = form.chosen()
    said = _("The day is set.") if day else _("No day is set any more.")
    act(lambda: tracker.check_in(db.session, stage.match, day, clock.now()), said, of_the_hub=False)
    return to_offer()
