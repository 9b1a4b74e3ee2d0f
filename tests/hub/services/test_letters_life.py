"""Letters that do not live for as long as an answer and a confirmation may take."""

from datetime import timedelta

from hub.models import Letter
from protocol.match_states import State


def test_letters_too_old_to_be_answered_bring_a_fresh_shortlist(hub, request_, helpers):
    token = request_.home.token(request_.letters_to(*helpers), thid=request_.thid)
    hub.clock.advance(days=12, hours=13)
    for helper in helpers:
        helper.offer()
    request_.home.submit(token)
    assert hub.match().state == State.CHOOSING
    assert hub.count(Letter) == 0
    request_.listed()
    assert request_.shortlist.round == 2


def test_letters_that_never_live_long_enough_are_not_asked_for_again_and_again(hub, request_, helpers):
    assert request_.write(*helpers, lasts=timedelta(hours=35)).outcome == "accepted"
    assert (hub.match().state, hub.count(Letter), hub.match().round) == ("looking", 0, 1)
    hub.run_limits()
    assert request_.home.news() == []
    third = hub.helper()
    assert third.site_id in request_.listed()
