"""Steps 8 and 9: the clock, what meets it, extension, reassignment, closing, and what home hears."""

from datetime import timedelta

import pytest

from protocol.match_states import State
from protocol.messages import matches

HOURS_72 = timedelta(hours=72)


@pytest.fixture
def held(request_, helpers):
    """A match that the first helper has confirmed; home knows."""
    request_.write(*helpers)
    held = request_.confirmed_at(helpers[0])
    request_.home.news()
    return held


def attempt(held, at):
    return held.says(matches.Attempted(at))


def test_an_attempt_inside_the_limit_meets_it_and_home_hears_in_touch(hub, held, home):
    hub.clock.advance(hours=71)
    assert attempt(held, hub.now).outcome == "accepted"
    match = hub.match()
    assert (match.state, match.contact_met, match.attempted_at) == (State.IN_TOUCH, True, hub.now)
    assert match.reached_at is None
    assert home.hears() == ["match.status in-touch"]


def test_home_hears_in_touch_once(hub, held, home):
    attempt(held, hub.now)
    hub.clock.advance(hours=1)
    attempt(held, hub.now)
    held.says(matches.Reached(hub.now))
    assert home.hears() == ["match.status in-touch"]


def test_an_attempt_that_arrives_late_but_was_made_in_time_counts(hub, held):
    made = hub.now + timedelta(hours=71)
    hub.clock.advance(hours=90)
    hub.run_limits()
    assert (hub.match().state, hub.match().contact_met) == (State.OVERDUE, False)
    assert attempt(held, made).outcome == "accepted"
    match = hub.match()
    assert (match.state, match.contact_met, match.attempted_at) == (State.IN_TOUCH, True, made)


def test_an_attempt_after_the_limit_is_contact_but_does_not_meet_it(hub, held):
    hub.clock.advance(hours=73)
    attempt(held, hub.now)
    match = hub.match()
    assert (match.state, match.contact_met) == (State.IN_TOUCH, False)


def test_a_message_about_an_earlier_attempt_corrects_a_later_one(hub, held):
    early = hub.now + timedelta(hours=1)
    hub.clock.advance(hours=80)
    attempt(held, hub.now)
    attempt(held, early)
    assert (hub.match().attempted_at, hub.match().contact_met) == (early, True)


def test_a_clock_that_runs_ahead_is_no_reason_to_miss_the_limit(hub, held):
    attempt(held, hub.now + timedelta(days=4))
    assert (hub.match().attempted_at, hub.match().contact_met) == (hub.now, True)


def test_a_clock_that_runs_behind_places_no_attempt_before_the_confirmation(hub, held):
    confirmed_at = hub.now
    hub.clock.advance(hours=2)
    attempt(held, hub.now - timedelta(days=1))
    assert (hub.match().attempted_at, hub.match().contact_met) == (confirmed_at, True)


def test_reaching_somebody_is_an_attempt_and_recorded_apart(hub, held):
    hub.clock.advance(hours=2)
    attempt(held, hub.now)
    first = hub.now
    hub.clock.advance(hours=2)
    held.says(matches.Reached(hub.now))
    match = hub.match()
    assert (match.attempted_at, match.reached_at) == (first, hub.now)


def test_reaching_at_once_meets_the_limit(hub, held, home):
    held.says(matches.Reached(hub.now))
    assert (hub.match().state, hub.match().contact_met) == (State.IN_TOUCH, True)
    assert home.hears() == ["match.status in-touch"]


def test_there_is_no_attempt_before_the_confirmation(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.released_at(helpers[0])
    receipt = attempt(held, hub.now)
    assert (receipt.code, receipt.state) == ("stale-state", "released")


def test_the_coordinator_extends_once(hub, held):
    due_at = hub.match().contact_due_at
    assert held.says(matches.Extended()).outcome == "accepted"
    match = hub.match()
    assert match.contact_due_at == match.limit_at == due_at + timedelta(hours=24)
    (message,) = held.site.news()
    assert message.body == matches.HelperStatus("in-hand", hub.now, match.contact_due_at)
    receipt = held.says(matches.Extended())
    assert (receipt.code, receipt.state) == ("stale-state", "in-hand")
    assert hub.match().contact_due_at == match.contact_due_at


def test_extending_after_the_limit_counts_from_now(hub, held):
    hub.clock.advance(hours=80)
    hub.run_limits()
    held.says(matches.Extended())
    match = hub.match()
    assert (match.state, match.contact_due_at) == (State.IN_HAND, hub.now + timedelta(hours=24))
    assert match.contact_met is None


def test_reassigning_starts_the_clock_again(hub, held, home):
    hub.clock.advance(hours=80)
    hub.run_limits()
    held.site.news()
    held.says(matches.Reassigned())
    match = hub.match()
    assert (match.state, match.contact_due_at) == (State.IN_HAND, hub.now + HOURS_72)
    (message,) = held.site.news()
    assert message.body.due_at == match.contact_due_at
    assert home.news() == []


def test_reassigning_after_contact_is_no_news_to_home(hub, held, home):
    attempt(held, hub.now)
    home.news()
    held.says(matches.Reassigned())
    attempt(held, hub.now)
    assert home.news() == []


def test_a_reassigned_match_may_be_extended_again(hub, held):
    held.says(matches.Extended())
    held.says(matches.Reassigned())
    assert held.says(matches.Extended()).outcome == "accepted"


def test_closing_is_told_to_home_in_the_weekly_batch_without_the_hour(hub, held, home):
    attempt(held, hub.now)
    home.news()
    hub.clock.advance(days=1)
    assert held.says(matches.Closed()).outcome == "accepted"
    closed_at = hub.now
    hub.run_limits()
    assert home.news() == []
    hub.clock.advance(days=7)
    hub.run_limits()
    (message,) = home.news()
    assert message.body.state == "closed"
    assert message.body.at > closed_at
    assert (message.body.at.weekday(), message.body.at.hour, message.body.at.minute) == (0, 0, 0)
    hub.run_limits()
    assert home.news() == []


def test_until_the_batch_home_may_not_learn_of_the_closing_by_asking(hub, held, request_):
    attempt(held, hub.now)
    held.says(matches.Closed())
    receipt = request_.says(matches.Withdraw())
    assert (receipt.code, receipt.state) == ("stale-state", "in-touch")


def test_after_the_closing_nothing_more_counts(hub, held):
    held.says(matches.Closed())
    for body in (matches.Attempted(hub.now), matches.Extended(), matches.Reassigned(), matches.Pass()):
        receipt = held.says(body)
        assert (receipt.code, receipt.state) == ("stale-state", "closed")


def test_home_hears_three_words_and_never_where(hub, home, held, helpers):
    attempt(held, hub.now)
    held.says(matches.Closed())
    hub.clock.advance(days=8)
    hub.run_limits()
    messages = home.news()
    assert [message.body.state for message in messages] == ["in-touch", "closed"]
    assert not any(site.site_id in repr(message) for site in helpers for message in messages)
