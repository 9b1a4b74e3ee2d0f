"""Times in the site's zone: the right offset, the words people use, and no zone names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date

from tests.support.styleguide import NOW, create_styleguide
from ui import timewords
from ui.dateparts import SkippedTimeError, to_utc

VANCOUVER = ZoneInfo("America/Vancouver")
EDMONTON = ZoneInfo("America/Edmonton")


@pytest.fixture(autouse=True)
def in_request():
    with create_styleguide(LOCALES=("en_CA", "fr_CA")).test_request_context():
        yield


@pytest.fixture
def in_french():
    app = create_styleguide(LOCALES=("en_CA", "fr_CA"))
    with app.test_request_context(headers={"Accept-Language": "fr-CA"}):
        yield


@pytest.mark.parametrize(
    ("on", "zone", "hours"),
    [
        (datetime(2026, 1, 15, 12, tzinfo=UTC), VANCOUVER, -8),
        (datetime(2026, 12, 15, 12, tzinfo=UTC), VANCOUVER, -7),  # tzdata 2026b: UTC-7 all year from here on
        (datetime(2027, 1, 15, 12, tzinfo=UTC), VANCOUVER, -7),
        (datetime(2026, 1, 15, 12, tzinfo=UTC), ZoneInfo("America/Dawson_Creek"), -7),
        (datetime(2026, 1, 15, 12, tzinfo=UTC), EDMONTON, -7),
    ],
)
def test_the_zone_database_knows_that_the_province_keeps_one_time(on, zone, hours):
    assert on.astimezone(zone).utcoffset() == timedelta(hours=hours)


def test_the_machines_own_zone_database_is_not_read():
    import zoneinfo

    assert zoneinfo.TZPATH == ()


def test_a_moment_is_written_in_full_on_the_sites_clock():
    assert timewords.when(datetime(2025, 11, 4, 0, 40, tzinfo=UTC)) == "Mon 3 Nov 2025, 4:40 pm"
    assert timewords.when(datetime(2026, 7, 1, 7, 5, tzinfo=UTC)) == "Wed 1 Jul 2026, 12:05 am"
    assert timewords.when(datetime(2026, 7, 1, 19, 0, tzinfo=UTC)) == "Wed 1 Jul 2026, 12:00 pm"


def test_a_moment_is_written_as_french_readers_write_it(in_french):
    assert timewords.when(datetime(2025, 11, 4, 0, 40, tzinfo=UTC)) == "lun. 3 nov. 2025, 16 h 40"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_day_reads_as_the_library_writes_it(language, monkeypatch):
    monkeypatch.setattr(timewords, "_names", lambda: language)
    for passed in range(366):
        on = date(2028, 1, 1) + timedelta(days=passed)
        assert timewords.day(on) == format_date(on, "EEE d MMM y", locale=language)


def test_a_day_has_no_zone():
    assert timewords.day(date(2025, 11, 3)) == "Mon 3 Nov 2025"


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="zone"):
        timewords.when(datetime(2025, 11, 3, 16, 40))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=30), "30 days ago"),
    ],
)
def test_what_is_past_is_told_in_its_largest_whole_unit(passed, words):
    assert timewords.ago(NOW - passed, NOW) == words


@pytest.mark.parametrize(
    ("remaining", "words"),
    [
        (timedelta(hours=41, minutes=5), "41 h 05 min left"),
        (timedelta(hours=72), "72 h 00 min left"),
        (timedelta(minutes=59, seconds=1), "1 h 00 min left"),
        (timedelta(minutes=12), "12 min left"),
        (timedelta(seconds=1), "1 min left"),
        (timedelta(0), "0 min left"),
        (timedelta(seconds=-1), "0 min late"),
        (timedelta(minutes=-59, seconds=-59), "59 min late"),
        (timedelta(hours=-3, minutes=-20), "3 h 20 min late"),
    ],
)
def test_what_is_left_is_never_late_too_early(remaining, words):
    assert timewords.left(NOW + remaining, NOW) == words


def test_without_a_moment_given_the_apps_clock_is_asked():
    assert timewords.left(NOW + timedelta(hours=2)) == "2 h 00 min left"
    assert timewords.ago(NOW - timedelta(hours=2)) == "2 hours ago"
    assert timewords.is_late(NOW - timedelta(seconds=1))
    assert not timewords.is_late(NOW)


def test_a_time_element_carries_the_offset_and_no_zone_name():
    tag = timewords.time_tag(datetime(2026, 12, 15, 20, 0, tzinfo=UTC))
    assert tag == '<time datetime="2026-12-15T13:00:00-07:00">Tue 15 Dec 2026, 1:00 pm</time>'


def test_a_time_element_escapes_its_words():
    assert "<b>" not in timewords.time_tag(NOW, "<b>")


@pytest.mark.parametrize(
    ("wall", "zone", "utc"),
    [
        ("2026-12-15T09:00", VANCOUVER, "2026-12-15T16:00Z"),
        ("2026-01-15T09:00", VANCOUVER, "2026-01-15T17:00Z"),
        ("2025-11-02T01:30", VANCOUVER, "2025-11-02T08:30Z"),  # comes twice: the first
        ("2025-11-02T02:00", VANCOUVER, "2025-11-02T10:00Z"),
        ("2026-03-08T01:59", VANCOUVER, "2026-03-08T09:59Z"),
        ("2026-03-08T03:00", VANCOUVER, "2026-03-08T10:00Z"),
        ("2025-11-02T01:30", EDMONTON, "2025-11-02T07:30Z"),  # comes twice: the first
        ("2026-03-08T03:00", EDMONTON, "2026-03-08T09:00Z"),
    ],
)
def test_a_wall_time_means_the_moment_the_clock_first_shows_it(wall, zone, utc):
    assert to_utc(datetime.fromisoformat(wall), zone) == datetime.fromisoformat(utc)


@pytest.mark.parametrize("zone", [VANCOUVER, EDMONTON])
@pytest.mark.parametrize("minute", [0, 30, 59])
def test_a_wall_time_the_clocks_skipped_is_refused(zone, minute):
    with pytest.raises(SkippedTimeError, match=f"02:{minute:02d} was skipped"):
        to_utc(datetime.fromisoformat(f"2026-03-08T02:{minute:02d}"), zone)
