"""The tracker's form: taps only. A day, bands, codes and a scale; there is no place for a word (I03, J01)."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, ValidationError
from wtforms.validators import InputRequired, StopValidation

from site_agent import talk_words
from site_agent.models import Match
from site_agent.services import tracker
from ui import clock
from ui.dateparts import DatePartsField
from ui.forms import Form, choices
from ui.timewords import site_zone, to_local

_TICKET = re.compile(r"[\w-]{43}", re.ASCII)


class TalkForm(Form):
    """One talk. `on` counts only with "another day"."""

    day = RadioField(
        _l("When did you talk?"),
        [InputRequired(_l("Select when you talked"))],
        choices=choices({"today": _l("Today"), "yesterday": _l("Yesterday"), "other": _l("Another day")}),
        default="today",
    )
    on = DatePartsField(_l("Which day, if another?"))
    length = RadioField(
        _l("How long?"), [InputRequired(_l("Select how long you talked"))], choices=choices(talk_words.LENGTH)
    )
    mode = RadioField(
        _l("In which way?"),
        [InputRequired(_l("Select in which way you talked"))],
        choices=choices(talk_words.MODE),
    )
    found = RadioField(
        _l("How was it for you?"),
        [InputRequired(_l("Select how it was for you"))],
        choices=choices(list(talk_words.FOUND.items())),
        coerce=int,
    )
    resources = SelectMultipleField(_l("What did you point them to?"), choices=choices(talk_words.RESOURCE))
    more_needed = BooleanField(_l("They could do with more help than talks with a peer"))
    call_me = BooleanField(_l("Please call me"))
    ticket = HiddenField()

    def validate_on(self, field: DatePartsField) -> None:
        """Needed for another day, and a day that can be."""
        if self.day.data != "other":
            field.errors = []
            if any(field.parts.values()):
                raise ValidationError(_("Select “Another day” above, or clear this day"))
            return
        if field.errors:
            raise StopValidation()
        if field.data is None:
            raise ValidationError(_("Enter the day on which you talked"))
        if field.data > to_local(clock.now()).date():
            raise ValidationError(_("Enter a day that is not in the future"))

    def entry(self, match: Match, now: datetime) -> tracker.Entry:
        """What the form says, of a match. Only the day is asked, so the time is noon, or as near as can be."""
        sent = self.ticket.data or ""
        return tracker.Entry(
            at=self._at(match, now),
            length=self.length.data,
            mode=self.mode.data,
            found=self.found.data,
            ticket=sent if _TICKET.fullmatch(sent) else tracker.ticket(),
            resources=tuple(self.resources.data or ()),
            more_needed=self.more_needed.data,
            call_me=self.call_me.data,
        )

    def _at(self, match: Match, now: datetime) -> datetime:
        if self.day.data == "today":
            return now
        yesterday = to_local(now).date() - timedelta(days=1)
        on = self.on.data if self.day.data == "other" else yesterday
        noon = datetime.combine(on, time(12), tzinfo=site_zone())
        if match.confirmed_at is not None and to_local(match.confirmed_at).date() == on:
            noon = max(noon, match.confirmed_at)
        return min(noon, now)
