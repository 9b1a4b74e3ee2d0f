"""Times as people here read them: in the site's zone, without naming it.

Times come in aware and in UTC; only this module turns them into words. The zone database is the one in the
`tzdata` package, never the machine's own, which may be a year behind: British Columbia stays on UTC-7 from
2026 (tzdata 2026b), so an old database would be an hour off every winter.
"""

from __future__ import annotations

import zoneinfo

zoneinfo.reset_tzpath(to=[])  # before any zone is read
zoneinfo.ZoneInfo.clear_cache()

from collections.abc import Mapping  # noqa: E402
from datetime import UTC, date, datetime, timedelta  # noqa: E402
from functools import cache  # noqa: E402

from babel.dates import format_datetime, get_day_names, get_month_names  # noqa: E402
from flask import current_app, has_app_context  # noqa: E402
from flask_babel import get_locale, ngettext  # noqa: E402
from flask_babel import gettext as _  # noqa: E402
from markupsafe import Markup  # noqa: E402

from ui import clock  # noqa: E402

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_TIME_TAG = Markup('<time datetime="%s">%s</time>')


def site_zone() -> zoneinfo.ZoneInfo:
    """The zone the current app writes times in."""
    zone: zoneinfo.ZoneInfo = current_app.extensions["ui"].zone()
    return zone


def to_local(at: datetime, zone: zoneinfo.ZoneInfo | None = None) -> datetime:
    """`at` on the wall clock of `zone` (the site's). Raises ValueError for a naive time, which could mean any zone."""
    if at.tzinfo is None:
        raise ValueError("a time needs its zone: give an aware datetime in UTC")
    return at.astimezone(zone or site_zone())


def when(at: datetime) -> str:
    """A moment in full: "Mon 3 Nov 2025, 4:40 pm"."""
    return _in_full(to_local(at))


def day(on: date) -> str:
    """A day in full: "Mon 3 Nov 2025"."""
    days, months = _calendar(_names())
    return f"{days[on.weekday()]} {on.day} {months[on.month]} {on.year}"


def clock_time(at: datetime, zone: zoneinfo.ZoneInfo | None = None) -> str:
    """The time of day alone: "4:40 pm", or "16 h 40" in French."""
    return _on_the_clock(to_local(at, zone))


def _in_full(local: datetime) -> str:
    return f"{day(local.date())}, {_on_the_clock(local)}"


def _on_the_clock(local: datetime) -> str:
    if _names() == "fr":
        return format_datetime(local, "H 'h' mm", locale="fr")
    half = _("am") if local.hour < 12 else _("pm")
    return f"{local.hour % 12 or 12}:{local.minute:02d} {half}"


def ago(at: datetime, now: datetime | None = None) -> str:
    """How long ago `at` was, in its largest whole unit: "4 hours ago", "just now" within the first minute."""
    passed = (now or clock.now()) - at
    if passed < MINUTE:
        return str(_("just now"))
    if passed < HOUR:
        return str(ngettext("%(num)d minute ago", "%(num)d minutes ago", passed // MINUTE))
    if passed < DAY:
        return str(ngettext("%(num)d hour ago", "%(num)d hours ago", passed // HOUR))
    return str(ngettext("%(num)d day ago", "%(num)d days ago", passed // DAY))


def left(at: datetime, now: datetime | None = None) -> str:
    """How long is left until `at`, or how late it is: "41 h 05 min left", "3 h 20 min late".

    Minutes still to go are rounded up and minutes late are rounded down, so nothing shows as late early.
    """
    remaining = at - (now or clock.now())
    late = remaining < timedelta(0)
    minutes = -remaining // MINUTE if late else -(-remaining // MINUTE)
    hours, rest = divmod(minutes, 60)
    pattern = clock_patterns()[("late" if late else "left") + ("_hours" if hours else "_minutes")]
    return pattern.replace("{h}", str(hours)).replace("{m}", f"{rest:02d}" if hours else str(minutes))


def clock_patterns() -> dict[str, str]:
    """The words `left` and static/js/clock.js fill in: {h} hours, {m} minutes."""
    return {
        "left_hours": _("{h} h {m} min left"),
        "left_minutes": _("{m} min left"),
        "late_hours": _("{h} h {m} min late"),
        "late_minutes": _("{m} min late"),
    }


def is_late(at: datetime, now: datetime | None = None) -> bool:
    """Whether `at` has passed."""
    return at < (now or clock.now())


def time_tag(at: datetime, text: str | None = None) -> Markup:
    """A <time> element with the moment in full, or with `text` in its place."""
    local = to_local(at)
    return _TIME_TAG % (local.isoformat(timespec="seconds"), text or _in_full(local))


def utc_stamp(at: datetime) -> str:
    """A moment as a script reads it: "2025-11-04T00:40:00Z"."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _names() -> str:
    """The language of the names of days and months: plain "en", since en-CA puts a full stop after each."""
    locale = get_locale() if has_app_context() else None
    return locale.language if locale else "en"


@cache
def _calendar(language: str) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """The short names of days, from Monday (0), and of months, from January (1)."""
    return (
        get_day_names("abbreviated", "format", locale=language),
        get_month_names("abbreviated", "format", locale=language),
    )
