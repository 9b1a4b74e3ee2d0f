"""The tracker: twice is once, after closing nothing, and no place for a word."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from site_agent.models import Interaction, Match, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import policy, timeline, tracker
from site_agent.services.errors import NoLongerOpenError, WrongTimeError
from tests.site_agent.services.conftest import Helped
from tests.support.agent import add_person


def a_talk(helped: Helped, **changes: Any) -> tracker.Entry:
    given: dict[str, Any] = {"at": helped.now, "length": "15-30", "mode": "phone", "found": 4}
    return tracker.Entry(**(given | {"ticket": tracker.ticket()} | changes))


@pytest.fixture
def talking(helped: Helped, session: Any, uma: Supporter) -> Match:
    """Two who have been put in touch and have spoken."""
    match = helped.in_hand(session, uma)
    helper.reached(session, match, helped.now, helped.now)
    session.commit()
    return match


def n_rows(session: Any) -> int:
    return session.scalar(select(func.count()).select_from(Interaction))


def test_a_talk_is_kept_as_codes_and_times(helped: Helped, session: Any, talking: Match) -> None:
    entry = a_talk(helped, resources=("time-off", "counselling"), more_needed=True, call_me=True)
    row = tracker.record(session, talking, entry, helped.now)
    session.commit()
    assert (row.length, row.mode, row.found, row.by) == ("15-30", "phone", 4, None)
    assert row.resources == ("counselling", "time-off")
    assert [each.code for each in timeline.of(session, talking.thid)][-1] == "talked"
    assert tracker.calls_wanted(session) == [row]
    assert tracker.called(session, row, helped.now)
    assert not tracker.called(session, row, helped.now)
    assert tracker.calls_wanted(session) == []


def test_a_submission_that_arrives_twice_counts_once(helped: Helped, session: Any, talking: Match) -> None:
    entry = a_talk(helped)
    first = tracker.record(session, talking, entry, helped.now)
    again = tracker.record(session, talking, replace(entry, found=1), helped.now)
    assert again is first
    assert first.found == 4
    assert (n_rows(session), tracker.n_talks(session, talking)) == (1, 1)


def test_one_that_arrives_after_closing_leaves_no_row(helped: Helped, session: Any, talking: Match) -> None:
    helper.close(session, talking, helped.now)
    session.commit()
    with pytest.raises(NoLongerOpenError):
        tracker.record(session, talking, a_talk(helped), helped.now)
    session.rollback()
    assert n_rows(session) == 0


def test_a_copy_of_one_that_was_kept_is_no_error_after_closing(
    helped: Helped, session: Any, talking: Match
) -> None:
    entry = a_talk(helped)
    first = tracker.record(session, talking, entry, helped.now)
    helper.close(session, talking, helped.now)
    assert tracker.record(session, talking, entry, helped.now) is first


@pytest.mark.parametrize("hours", [1, -2])
def test_a_time_that_cannot_be_is_refused(helped: Helped, session: Any, talking: Match, hours: int) -> None:
    entry = a_talk(helped, at=helped.now + timedelta(hours=hours))
    with pytest.raises(WrongTimeError):
        tracker.record(session, talking, entry, helped.now)
    assert n_rows(session) == 0


def test_a_talk_told_by_phone_counts_as_the_contact_and_says_who_recorded_it(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    person, match = add_person(session, helped.now), helped.in_hand(session, uma)
    row = tracker.record(session, match, a_talk(helped), helped.now, person.person_id)
    assert (match.state, match.reached_at) == ("in-touch", helped.now)
    assert row.by == person.person_id
    assert {event.by for event in timeline.of(session, match.thid)} == {None, person.person_id}


@pytest.mark.parametrize(
    "changes",
    [{"length": "an hour"}, {"mode": "pub"}, {"found": 6}, {"resources": ("her sister",)}, {"ticket": ""}],
)
def test_j01_no_entry_holds_a_word(helped: Helped, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="codes"):
        a_talk(helped, **changes)


def test_the_soft_limit_is_said_and_never_stops(helped: Helped, session: Any, talking: Match) -> None:
    policy.put(session, "talks", 2)
    for _ in range(2):
        assert not tracker.is_past_soft_limit(session, talking)
        tracker.record(session, talking, a_talk(helped), helped.now)
    assert tracker.is_past_soft_limit(session, talking)
    tracker.record(session, talking, a_talk(helped), helped.now)
    assert tracker.n_talks(session, talking) == 3


def test_a_day_to_check_in_is_set_and_taken_back(helped: Helped, session: Any, talking: Match) -> None:
    day = helped.now.date() + timedelta(days=14)
    tracker.check_in(session, talking, day, helped.now)
    assert talking.check_in_on == day
    tracker.check_in(session, talking, None, helped.now)
    assert talking.check_in_on is None
    helper.close(session, talking, helped.now)
    with pytest.raises(NoLongerOpenError):
        tracker.check_in(session, talking, day, helped.now)
