"""Dates and times asked for in parts, so that nobody needs a date picker or guesses the order of the numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_month_names
from flask_babel import gettext as _
from wtforms import Field
from wtforms.utils import unset_value

from ui.timewords import clock_time, site_zone

YEARS = range(1900, 2200)
WHICH = ("first", "second")
"""Of an hour that comes twice when the clocks go back."""
MONTH_LANGUAGES = ("en", "fr")
CLOCK_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:\s*[:.h]\s*(?P<minute>\d{2})?)?\s*(?P<half>[ap]\.?m\.?)?", re.IGNORECASE
)
FOUR_DIGITS = re.compile(r"\d{4}")
"""A time as hospitals write it, such as 0905: the 24 hours of the day, never half of them."""


class SkippedTimeError(ValueError):
    """A wall time that never came, because the clocks went forward over it."""


class DatePartsField(Field):
    """A day asked for as day, month and year; `data` is a date, or None while it is not right.

    `parts` keeps what was typed and `wrong` names the parts to mark. Whether it may be empty is for
    InputRequired or Optional to say.
    """

    names: tuple[str, ...] = ("day", "month", "year")

    def __init__(self, label: Any = None, validators: list[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.parts = dict.fromkeys(self.names, "")
        self.wrong: list[str] = []

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """As every field, but from one form value for each part."""
        self._formdata = formdata
        super().process(formdata, data, extra_filters)

    def process_data(self, value: Any) -> None:
        """Show `value` in parts."""
        self.data = value
        if value is not None:
            self.parts = self.to_parts(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; ValueError says what is wrong with it and stays beside the field."""
        self.parts = {part: self._formdata.get(f"{self.name}-{part}", "").strip() for part in self.names}
        self.raw_data = ["".join(self.parts.values())]
        self.data = None
        self.wrong = []
        if self.raw_data[0]:
            self.wrong = [part for part in self.names if not self.parts[part]]
            if self.wrong:
                missing = ", ".join(part_words()[part] for part in self.wrong)
                raise ValueError(_("Fill in what is missing: %(parts)s", parts=missing))
            self.data = self.from_parts()

    def from_parts(self) -> Any:
        """The value the filled-in parts make. Raises ValueError, with `wrong` set, when they make none."""
        return self._date()

    def to_parts(self, value: Any) -> dict[str, str]:
        """What to show in each box for `value`."""
        return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}

    def first_wrong(self) -> str:
        """The part an error link leads to."""
        return self.wrong[0] if self.wrong else self.names[0]

    def is_wrong(self, part: str) -> bool:
        """Whether to mark this part: those that are wrong, or all of them when the error is about the whole."""
        return bool(self.errors) and (part in self.wrong or not self.wrong)

    def _date(self) -> date:
        self.wrong = [part for part in DatePartsField.names if not _may_be(part, self.parts[part])]
        if self.wrong:
            raise ValueError(_what_is_wrong(self.wrong))
        year, month, day_of_month = (
            int(self.parts["year"]),
            month_number(self.parts["month"]),
            int(self.parts["day"]),
        )
        try:
            return date(year, month, day_of_month)
        except ValueError:
            self.wrong = ["day", "month"]
            raise ValueError(
                _("Enter a real date, for example 27 Mar 2026: that month has fewer days")
            ) from None


class DateTimePartsField(DatePartsField):
    """A moment asked for as a date and a time on the wall clock of `zone`; `data` is aware and in UTC.

    A time the clocks skip going forward is refused. Of an hour that comes twice going back the first is meant, or
    with `asks_which` the reader says which: `is_twice` then shows the question, and `which` is the answer.
    """

    names = ("day", "month", "year", "time")
    which = ""
    is_twice = False

    def __init__(
        self,
        label: Any = None,
        validators: list[Any] | None = None,
        zone: Callable[[], ZoneInfo] = site_zone,
        asks_which: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.zone = zone
        self.asks_which = asks_which

    def from_parts(self) -> datetime:
        wall = self._wall()
        self.wrong = ["time"]
        at = self.on_the_wall(wall)
        self.wrong = []
        return at

    def _wall(self) -> datetime:
        """What the wall clock showed. Raises ValueError that names the faults of the date and of the time at once."""
        said: list[str] = []
        wrong: list[str] = []
        on, hour = date.min, time.min
        try:
            on = self._date()
        except ValueError as error:
            said, wrong = [str(error)], list(self.wrong)
        try:
            hour = read_time(self.parts["time"])
        except ValueError as error:
            said, wrong = [*said, str(error)], [*wrong, "time"]
        if said:
            self.wrong = wrong
            raise ValueError(". ".join(said))
        return datetime.combine(on, hour)

    def on_the_wall(self, wall: datetime) -> datetime:
        """The moment at which the wall clock shows this. Raises ValueError for a time that never came, and for one
        that came twice while nobody has said which is meant."""
        at, later = to_utc(wall, self.zone()), to_utc(wall, self.zone(), fold=1)
        self.is_twice = self.asks_which and at != later
        if not self.is_twice:
            return at
        typed = self._formdata.get(f"{self.name}-which", "") if self._formdata else ""
        self.which = typed if typed in WHICH else ""
        if not self.which:
            raise ValueError(
                _(
                    "The clocks went back that night and %(time)s came twice. Select which one it was",
                    time=f"{wall:%H:%M}",
                )
            )
        return at if self.which == "first" else later

    def to_parts(self, value: datetime) -> dict[str, str]:
        return {**super().to_parts(value.astimezone(self.zone())), "time": clock_time(value, self.zone())}


def read_time(typed: str) -> time:
    """A time of day from "4:40 pm", "4 pm", "16:40", "1640" or "16 h 40". Raises ValueError that says how to write it.

    "4:40" alone could be either half of the day and is refused; "04:40" and "16:40" could not.
    """
    match = CLOCK_TIME.fullmatch(f"{typed[:2]}:{typed[2:]}" if FOUR_DIGITS.fullmatch(typed) else typed)
    hour, minute = (int(match["hour"]), int(match["minute"] or 0)) if match else (99, 99)
    half = (match["half"] or "").lower()[:1] if match else ""
    if (
        minute > 59
        or hour > (12 if half else 23)
        or (half and hour == 0)
        or (typed.isdecimal() and len(typed) < 4)
    ):
        raise ValueError(_("Enter a time like 4:40 pm or 16:40"))
    if not half and 1 <= hour <= 12 and not typed.startswith("0") and not FOUR_DIGITS.fullmatch(typed):
        raise ValueError(_("Say whether it is morning or afternoon, like 4:40 am or 4:40 pm"))
    return time(hour % 12 + (12 if half == "p" else 0) if half else hour, minute)


def to_utc(wall: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The moment a wall clock in `zone` first shows `wall`, with `fold` 1 the last. Raises SkippedTimeError if it
    never does."""
    at = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != wall:
        raise SkippedTimeError(
            _(
                "The clocks went forward that day and %(time)s was skipped. Enter an earlier or a later time",
                time=f"{wall:%H:%M}",
            )
        )
    return at


def month_number(typed: str) -> int:
    """1 to 12 from "11", "Nov", "november" or "novembre". Raises ValueError for what names no month, or several."""
    if typed.isdecimal():
        return int(typed)
    word = _plain(typed)
    names = [
        names for language in MONTH_LANGUAGES for names in get_month_names("wide", "format", language).items()
    ]
    meant = {number for number, name in names if len(word) >= 3 and _plain(name).startswith(word)}
    if len(meant) != 1:
        raise ValueError("not a month")
    return int(meant.pop())


def _plain(word: str) -> str:
    """Lower case, without accents and a full stop at the end."""
    apart = unicodedata.normalize("NFKD", word.strip().rstrip(".").casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _may_be(part: str, typed: str) -> bool:
    """Whether this can be such a part of some date; a number may be longer than a date can hold."""
    try:
        if part == "month":
            return month_number(typed) in range(1, 13)
        return typed.isdecimal() and int(typed) in (YEARS if part == "year" else range(1, 32))
    except ValueError:
        return False


def _what_is_wrong(parts: list[str]) -> str:
    """How to write the part that is wrong; of several, an example of the whole."""
    if len(parts) > 1:
        return str(_("Enter a real date, for example 27 Mar 2026"))
    words: dict[str, str] = {
        "day": _("The day needs a number from 1 to 31, like 27"),
        "month": _("The month needs a number from 1 to 12 or a name, like 3 or Mar"),
        "year": _("The year needs four digits, like 2026"),
    }
    return words[parts[0]]


def part_words() -> dict[str, str]:
    """The label of each box."""
    return {"day": _("Day"), "month": _("Month"), "year": _("Year"), "time": _("Time")}
