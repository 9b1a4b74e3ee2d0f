"""Many at once: each thing happens exactly once, on both databases."""

from threading import Barrier, Thread

import sqlalchemy as sa

from hub.extensions import db
from hub.models import AuditLine, Match, OutboxRow, Site
from hub.services import brokerage, enrolment, helping, match_moves
from protocol.errors import StaleStateError
from protocol.match_states import State
from protocol.messages import matches
from tests.support.fake_site import FakeSite
from tests.support.hub import STAFF

N_THREADS = 24


def at_once(*acts):
    """Run all acts at the same time; what each returned, or the error it raised."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        barrier.wait()
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_24_threads_accept_one_proposal_and_one_succeeds(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.at(helpers[0])
    match_id = hub.match().match_id

    def accept():
        with hub.app.app_context():
            session = db.session()
            match = session.get_one(Match, match_id)
            try:
                helping.accept(session, match, held.awaits, "j" * 22, hub.now)
                session.commit()
            except StaleStateError:
                session.rollback()
                return False
            return True

    assert sorted(at_once(*[accept] * N_THREADS)) == [False] * (N_THREADS - 1) + [True]
    assert hub.match().state == State.RELEASED
    assert hub.count(OutboxRow, OutboxRow.type == "match.release") == 1


def test_the_same_post_sent_by_24_threads_is_taken_once(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.at(helpers[0])
    site = held.site
    post = site.wrap([site.token(matches.Accept(), thid=held.thid, re=held.awaits)], site.n + 1)
    answers = at_once(*[lambda: hub.post("messages", json=post).get_json()["receipts"]] * N_THREADS)
    assert all(answer == answers[0] for answer in answers)
    assert hub.count(OutboxRow, OutboxRow.type == "match.release") == 1


def test_a_withdrawal_that_meets_an_acceptance_wins(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.at(helpers[0])
    at_once(
        lambda: held.says(matches.Accept(), re=held.awaits),
        lambda: request_.says(matches.Withdraw()),
    )
    assert hub.match().state == State.WITHDRAWN
    assert [message.type for message in held.site.news()][-1] == "match.helper-status"


def test_staff_a_limit_and_the_site_move_a_match_once(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.at(helpers[0])
    match_id = hub.match().match_id
    hub.clock.advance(hours=24)

    def take_back():
        with hub.app.app_context():
            session = db.session()
            match = match_moves.by_id(session, match_id)
            done = match.helper_site_id == held.site.site_id and brokerage.take_back(
                session, match, STAFF, hub.now
            )
            session.commit()
            return done

    at_once(take_back, hub.run_limits, lambda: held.says(matches.Pass(), re=held.awaits), hub.run_limits)
    assert (hub.match().state, hub.match().helper_site_id) == (State.PROPOSED, helpers[1].site_id)
    assert hub.count(AuditLine, AuditLine.action == "pass") == 1


def test_sites_that_write_to_each_other_at_once_all_get_through(hub, helpers):
    """Each POST queues messages for the other site; neither waits for the other for ever."""
    first, second = helpers
    asked = []
    for home, helper in [(first, second), (second, first)] * 4:
        request = home.ask()
        request.listed()
        asked.append((home, request.letters_to(helper), request.thid))
    posts = {
        site.site_id: site.wrap(
            [site.token(letters, thid=thid) for home, letters, thid in asked if home is site], site.n + 1
        )
        for site in helpers
    }
    answers = at_once(
        *[lambda post=post: hub.post("messages", json=post).status_code for post in posts.values()]
    )
    assert answers == [200, 200]
    assert {match.state for match in hub.rows(Match)} == {State.PROPOSED}


def test_numbers_towards_a_site_are_contiguous_whoever_queues(hub, home):
    helper = hub.helper()
    homes = [hub.site() for _ in range(6)]

    def ask(site):
        request = site.ask()
        request.listed()
        return request.write(helper).outcome

    assert at_once(*[lambda site=site: ask(site) for site in homes]) == ["accepted"] * 6
    numbers = sorted(row.n for row in hub.rows(OutboxRow, OutboxRow.site_id == helper.site_id))
    assert numbers == list(range(1, len(numbers) + 1))


def test_two_of_staff_who_approve_at_once_enter_the_keys_once(hub):
    site_id, code = hub.invite()
    site = FakeSite(hub, site_id, code)
    site.begin()
    site.prove()

    def approve():
        with hub.app.app_context():
            session = db.session()
            done = enrolment.approve(session, session.get_one(Site, site_id), STAFF, hub.now)
            session.commit()
            return done

    assert sorted(at_once(*[approve] * 4)) == [False, False, False, True]
    assert len(hub.log().entries) == 2
    assert hub.rows(Site, sa.true())[0].state == "active"


def test_nothing_is_proposed_to_a_site_that_is_suspended_in_the_same_moment(hub, request_, helpers):
    first, second = helpers
    request_.write(first, second)
    match_id = hub.match().match_id

    def pass_on():
        with hub.app.app_context():
            session = db.session()
            brokerage.pass_on(session, match_moves.by_id(session, match_id), hub.now, actor=STAFF, tell=True)
            session.commit()

    with hub.app.app_context():
        session = db.session()
        enrolment.suspend(session, session.get_one(Site, second.site_id), STAFF, hub.now)
        passing = Thread(target=pass_on)
        passing.start()
        passing.join(0.5)  # it waits for the commit, or has not seen what comes
        session.commit()
    passing.join(60)
    assert (hub.match().state, hub.match().helper_site_id) == (State.LOOKING, None)
