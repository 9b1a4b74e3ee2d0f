"""When a physician asked: most often just now, else today or yesterday, else a day that stands on paper."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, ValidationError
from wtforms.validators import InputRequired

from site_agent import words
from ui import clock
from ui.dateparts import WHICH, read_time
from ui.forms import DateTimePartsField, Form, choices
from ui.timewords import to_local

OLDEST = timedelta(days=366)
"""A request older than this was not meant: the year is wrong."""
DAYS_BACK = {"today": 0, "yesterday": 1}


class ReceivedForm(Form):
    """The door, and the true time of asking, however late it is recorded."""

    door = RadioField(
        _l("How did the physician ask?"),
        [InputRequired(_l("Select how the physician asked"))],
        choices=choices({code: words.DOOR[code] for code in ("phone", "inbox", "paper")}),
        default="phone",
    )
    asked = RadioField(
        _l("When did they ask?"),
        [InputRequired(_l("Select when they asked"))],
        choices=choices(
            {
                "now": _l("Just now"),
                "today": _l("Earlier today"),
                "yesterday": _l("Yesterday"),
                "other": _l("On another day"),
            }
        ),
        default="now",
    )
    received_at = DateTimePartsField(
        _l("If not just now: when?"),
        asks_which=True,
        description=_l(
            "The true time. For today and yesterday only the time counts. For example, 27 Mar 2026, 4:40 pm or 16:40"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"received_at": clock.now()} | kwargs))
        if not self.received_at.raw_data:
            self.received_at.parts["time"] = ""  # to be typed: nobody should send the present time by mistake

    def validate_asked(self, field: RadioField) -> None:
        """Paper was written before it is keyed in."""
        if field.data == "now" and self.door.data == "paper":
            raise ValidationError(_("Say when the physician asked: the time stands on the sheet"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also that the moment which was chosen is one that has been, and not so long ago that the year is wrong."""
        if self.asked.data != "other":
            self.received_at.process_errors, self.received_at.wrong = [], []
        right: bool = super().validate(extra_validators)
        return self._is_a_moment() and right

    def moment(self) -> datetime | None:
        """When they asked, or None as long as it is not right. "Just now" is the present minute."""
        return self._read()[0]

    def settled(self) -> dict[str, list[str]]:
        """The answers with the moment written out, as "just now" and "today" mean another one later."""
        at = self.moment()
        assert at is not None
        parts = self.received_at.to_parts(at)
        which = WHICH[to_local(at).fold]
        kept = {f"received_at-{part}": [value] for part, value in (*parts.items(), ("which", which))}
        return {"door": [self.door.data], "asked": ["other"], **kept}

    def _is_a_moment(self) -> bool:
        at, error = self._read()
        field = self.asked if self.asked.data == "now" else self.received_at
        if at is not None and at > clock.now():
            error = _("The time must be in the past. Check the day, and morning or afternoon")
        elif at is not None and at < clock.now() - OLDEST:
            error = _("That is more than a year ago. Check the year")
        if error:
            field.errors = [*field.errors, error]
        return not field.errors

    def _read(self) -> tuple[datetime | None, str]:
        """The moment, or what is wrong with it beside what the field says itself."""
        chosen, now, field = self.asked.data, clock.now(), self.received_at
        if chosen in DAYS_BACK:
            return self._on_the_day(to_local(now).date() - timedelta(days=DAYS_BACK[chosen]))
        if chosen != "other":
            return now.replace(second=0, microsecond=0), ""
        missing = field.data is None and not field.errors
        return field.data, _("Enter the day and time at which they asked") if missing else ""

    def _on_the_day(self, day: date) -> tuple[datetime | None, str]:
        field = self.received_at
        field.wrong = ["time"]
        if not field.parts["time"]:
            return None, _("Enter the time at which they asked")
        try:
            at = field.on_the_wall(datetime.combine(day, read_time(field.parts["time"])))
        except ValueError as error:
            return None, str(error)
        return at, ""
