"""Step 10: withdrawal wins over everything later, by home or by the secret on the hub's own page."""

import pytest

from hub.models import Letter, OutboxRow
from hub.services import brokerage
from protocol.match_states import State
from protocol.messages import matches
from protocol.withdrawal import WithdrawalSecretError, new_secret


def by_secret(hub, typed):
    with hub.session() as session:
        return brokerage.withdraw_by_secret(session, typed, hub.now)


def test_home_withdraws_before_anybody_was_asked(hub, request_):
    assert request_.says(matches.Withdraw()).outcome == "accepted"
    assert hub.match().state == State.WITHDRAWN
    assert request_.home.news() == []


def test_a_name_that_waits_undelivered_is_never_delivered(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.at(helpers[0])
    held.says(matches.Accept(), re=held.awaits)
    assert by_secret(hub, request_.secret) == State.WITHDRAWN
    messages = helpers[0].news()
    assert [message.type for message in messages] == ["transport.void", "match.helper-status"]
    assert messages[1].body.state == "ended"
    assert hub.count(Letter) == 0
    assert not any("letter" in (row.token or "") for row in hub.rows(OutboxRow))


def test_a_confirmation_that_meets_a_withdrawn_match_opens_nothing(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.released_at(helpers[0])
    request_.says(matches.Withdraw())
    receipt = held.says(matches.Confirmed(), re=held.awaits)
    assert (receipt.code, receipt.state) == ("stale-state", "ended")
    assert hub.match().state == State.WITHDRAWN


def test_a_helper_that_has_contact_hears_ended_without_a_cause(hub, request_, helpers):
    request_.write(*helpers)
    held = request_.confirmed_at(helpers[0])
    held.says(matches.Attempted(hub.now))
    request_.says(matches.Withdraw())
    assert helpers[0].hears() == ["match.helper-status ended"]
    receipt = held.says(matches.Reached(hub.now))
    assert (receipt.code, receipt.state) == ("stale-state", "ended")


def test_by_the_hubs_page_home_is_told_even_if_it_was_dark(hub, request_, helpers):
    request_.write(*helpers)
    assert by_secret(hub, request_.secret) == State.WITHDRAWN
    (message,) = request_.home.news()
    assert (message.thid, message.body.state) == (request_.thid, "withdrawn")


def test_the_secret_is_read_as_people_type_it(hub, request_):
    assert by_secret(hub, f"  {request_.secret.lower().replace('-', ' ')} ") == State.WITHDRAWN


def test_an_unknown_secret_and_an_impossible_one(hub):
    assert by_secret(hub, new_secret()) is None
    with pytest.raises(WithdrawalSecretError):
        by_secret(hub, "too short")


def test_withdrawing_twice_says_the_same_and_tells_home_once(hub, request_):
    assert [by_secret(hub, request_.secret) for _ in range(2)] == [State.WITHDRAWN] * 2
    assert request_.home.hears() == ["match.status withdrawn"]


def test_a_withdrawal_after_the_page_was_used_hears_withdrawn(hub, request_):
    by_secret(hub, request_.secret)
    receipt = request_.says(matches.Withdraw())
    assert (receipt.code, receipt.state) == ("stale-state", "withdrawn")


def test_a_secret_of_a_closed_match_changes_nothing(hub, request_, helpers):
    request_.write(*helpers)
    request_.confirmed_at(helpers[0]).says(matches.Closed())
    assert by_secret(hub, request_.secret) == State.CLOSED
    assert hub.match().state == State.CLOSED


def test_letters_that_come_after_the_withdrawal_are_not_kept(hub, request_, helpers):
    request_.says(matches.Withdraw())
    receipt = request_.write(*helpers)
    assert (receipt.code, receipt.state) == ("stale-state", "withdrawn")
    assert hub.count(Letter) == 0


def test_nobody_withdraws_another_sites_request(hub, request_, helpers):
    receipt = helpers[0].say(matches.Withdraw(), thid=request_.thid)
    assert (receipt.code, receipt.state) == ("stale-state", "ended")
    assert hub.match().state == State.CHOOSING
