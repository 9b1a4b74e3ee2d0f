"""What happens by itself when a limit passes."""

from datetime import timedelta
from threading import Event, Thread

import pytest

from hub.extensions import db
from hub.models import Match, OutboxRow
from hub.services import brokerage, limits
from protocol.match_states import LIMITS, State
from protocol.messages import matches
from tests.support.hub import STAFF


@pytest.fixture
def held(request_, helpers):
    """A match that the first helper has confirmed; home knows."""
    request_.write(*helpers)
    held = request_.confirmed_at(helpers[0])
    request_.home.news()
    return held


def pass_time(hub, state):
    hub.clock.advance(seconds=LIMITS[state].default.total_seconds())
    return hub.run_limits()


def test_nothing_is_done_before_its_time(hub, held):
    hub.clock.advance(hours=72, seconds=-1)
    assert hub.run_limits() == 0
    assert hub.match().state == State.IN_HAND


def test_at_72_hours_it_is_the_helping_coordinators_turn(hub, held, home):
    due_at = hub.match().contact_due_at
    assert pass_time(hub, State.IN_HAND) == 1
    assert (hub.match().state, hub.match().contact_met) == (State.OVERDUE, False)
    (message,) = held.site.news()
    assert message.body == matches.Overdue(due_at, hub.now + timedelta(hours=24))
    assert home.news() == []


def test_a_day_later_it_is_the_provincial_teams_turn_and_then_another_site_is_asked(hub, held, home):
    for state in (State.IN_HAND, State.OVERDUE):
        pass_time(hub, state)
    assert hub.match().state == State.ESCALATED
    assert held.site.hears() == ["match.overdue", "match.helper-status escalated"]
    pass_time(hub, State.ESCALATED)
    assert held.site.hears() == ["match.helper-status ended"]
    assert home.hears() == ["match.status looking", "match.letters-wanted"]
    assert hub.match().helper_site_id is None


def test_a_request_that_finds_nobody_ends_unmatched(hub, home):
    home.ask()
    pass_time(hub, State.LOOKING)
    assert hub.match().state == State.UNMATCHED
    assert home.hears() == ["match.status unmatched"]


def test_a_shortlist_that_is_never_answered_ends_unmatched(hub, request_):
    pass_time(hub, State.CHOOSING)
    assert request_.home.hears() == ["match.status unmatched"]


def test_contact_that_is_never_closed_ends_by_itself(hub, held, home):
    held.says(matches.Attempted(hub.now))
    home.news()
    pass_time(hub, State.IN_TOUCH)
    assert hub.match().state == State.CLOSED
    assert held.site.hears() == ["match.helper-status closed"]


def test_the_limits_are_settings(make_hub):
    short = {**{state: limit.default for state, limit in LIMITS.items()}, State.PROPOSED: timedelta(hours=1)}
    hub = make_hub(limits=short)
    home, helper = hub.site(), hub.helper()
    request = home.ask()
    request.listed()
    request.write(helper)
    (message,) = helper.news()
    assert message.body.answer_by == hub.now + timedelta(hours=1)


def test_running_twice_does_nothing_twice(hub, request_, helpers):
    request_.write(*helpers)
    hub.clock.advance(hours=24)
    assert [hub.run_limits(), hub.run_limits()] == [1, 0]


def test_one_match_that_fails_delays_no_other(hub, home, monkeypatch, caplog):
    for _ in range(3):
        home.ask()
    broken = sorted(hub.rows(Match), key=lambda match: match.match_id)[1].match_id
    right = brokerage.tell_home

    def fails_for_one(session, match, *args, **kwargs):
        if match.match_id == broken:
            raise RuntimeError("a secret that a row held")
        return right(session, match, *args, **kwargs)

    monkeypatch.setattr(brokerage, "tell_home", fails_for_one)
    assert pass_time(hub, State.LOOKING) == 2
    assert {match.match_id for match in hub.rows(Match, Match.state == State.LOOKING)} == {broken}
    assert "RuntimeError" in caplog.text
    assert "a secret" not in caplog.text


def test_several_processes_move_each_match_once(hub, home):
    for _ in range(12):
        home.ask()
    hub.clock.advance(days=30)
    done: list[int] = []
    threads = [Thread(target=lambda: done.append(hub.run_limits())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hub.run_limits()
    assert {match.state for match in hub.rows(Match)} == {State.UNMATCHED}
    told = hub.rows(OutboxRow, OutboxRow.type == "match.status")
    assert len(told) == len({row.match_id for row in told}) == 12


def test_the_background_thread_runs_until_it_is_told_to_stop(make_hub):
    hub = make_hub(limits_every=timedelta(milliseconds=1))
    home = hub.site()
    home.ask()
    hub.clock.advance(days=30)
    moved, stop = Event(), Event()
    right = limits.run_due

    def watched(session, now):
        if right(session, now):
            moved.set()

    thread = Thread(target=limits.background(hub.app), args=(stop,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "run_due", watched)
        thread.start()
        assert moved.wait(20)
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    assert hub.match().state == State.UNMATCHED


def test_staff_take_a_match_back(hub, held):
    with hub.session() as session:
        match = session.get_one(Match, hub.match().match_id)
        assert brokerage.take_back(session, match, STAFF, hub.now)
    assert held.site.hears() == ["match.helper-status ended"]
    assert hub.match().state == State.CHOOSING
    with hub.session() as session:
        assert not brokerage.take_back(session, session.get_one(Match, hub.match().match_id), STAFF, hub.now)


def test_staff_close_a_match_that_is_confirmed_and_no_other(hub, held, home):
    home.ask()
    waiting = hub.rows(Match, Match.helper_site_id.is_(None))[0].match_id
    confirmed = hub.rows(Match, Match.helper_site_id.is_not(None))[0].match_id
    with hub.session() as session:
        assert not brokerage.close_by_staff(session, session.get_one(Match, waiting), STAFF, hub.now)
        assert brokerage.close_by_staff(session, session.get_one(Match, confirmed), STAFF, hub.now)
    assert held.site.hears() == ["match.helper-status closed"]


def test_staff_who_look_at_an_old_page_change_nothing(hub, held):
    with hub.app.app_context():
        session = db.session()
        seen = session.get_one(Match, hub.match().match_id)
        session.expunge(seen)
        session.rollback()
        held.says(matches.Extended())
        session = db.session()
        session.add(seen)
        assert not brokerage.close_by_staff(session, seen, STAFF, hub.now)
        session.rollback()
    assert hub.match().state == State.IN_HAND
