"""The PIN and the agreement with which it is chosen."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from site_agent.models import LinkSession, Mail, Supporter
from site_agent.services import activity, agreements, links, pins, policy, roster
from site_agent.services.errors import PinError, WrongPinError
from tests.support.agent import PIN, Agent, add_supporter

WRONG = "000017"


@pytest.fixture
def uma(session: Any, cedar: Agent) -> Supporter:
    return add_supporter(session, cedar.now)


def try_wrong(session: Any, uma: Supporter, times: int) -> None:
    for _ in range(times):
        assert not pins.check(session, uma, WRONG)


def test_the_right_pin_is_right_and_clears_the_wrong_ones(session: Any, uma: Supporter) -> None:
    try_wrong(session, uma, 4)
    assert pins.tries_left(uma) == 1
    assert pins.check(session, uma, PIN)
    assert pins.tries_left(uma) == pins.TRIES


def test_five_wrong_ones_lock_it_even_for_the_right_one(session: Any, uma: Supporter) -> None:
    try_wrong(session, uma, 5)
    assert pins.tries_left(uma) == 0
    assert not pins.check(session, uma, PIN)


def test_a_fresh_link_unlocks_it_twice_then_only_the_coordinator_does(
    session: Any, cedar: Agent, uma: Supporter
) -> None:
    for _ in range(pins.FRESH_LINKS):
        try_wrong(session, uma, 5)
        assert pins.unlock_by_link(uma)
        assert pins.tries_left(uma) == pins.TRIES
    try_wrong(session, uma, 5)
    assert pins.needs_coordinator(uma)
    assert not pins.unlock_by_link(uma)
    assert not pins.check(session, uma, PIN)
    pins.reset(session, uma, cedar.now, "somebody")
    assert not pins.check(session, uma, PIN)
    pins.choose(session, uma, "713940")
    assert pins.check(session, uma, "713940")


def test_a_fresh_link_gives_no_further_tries_before_it_is_locked(session: Any, uma: Supporter) -> None:
    try_wrong(session, uma, 3)
    pins.unlock_by_link(uma)
    assert pins.tries_left(uma) == 2


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "123456", "654321", "000000", "12a456", "١٢٣٤٥٦"])
def test_a_pin_that_is_easily_guessed_is_refused(pin: str, session: Any, uma: Supporter) -> None:
    before = uma.pin_hash
    with pytest.raises(PinError):
        pins.choose(session, uma, pin)
    assert uma.pin_hash == before


def test_it_is_kept_as_argon2id(uma: Supporter, session: Any) -> None:
    pins.choose(session, uma, "713940")
    assert str(uma.pin_hash).startswith("$argon2id$")


def test_a_given_pin_counts_in_that_browser_for_a_while(session: Any, cedar: Agent) -> None:
    browser = LinkSession(token_hash="x", kind="offer", subject="s", expires_at=cedar.now)
    assert not pins.counts(browser, cedar.now)
    pins.given(session, browser, cedar.now)
    assert pins.counts(browser, cedar.now + timedelta(minutes=14))
    assert not pins.counts(browser, cedar.now + timedelta(minutes=15))


def test_signing_takes_the_current_version_and_a_pin(session: Any, cedar: Agent, uma: Supporter) -> None:
    new = roster.add(session, roster.Details("Dr New", "new@example.ca", "mid"), cedar.now)
    assert not agreements.is_signed(session, new)
    with pytest.raises(PinError):
        agreements.sign(session, new, "111111", cedar.now)
    assert not agreements.is_signed(session, new)
    agreements.sign(session, new, "713940", cedar.now)
    assert agreements.is_signed(session, new)
    assert new.agreement_at == cedar.now


def test_a_second_invitation_ends_the_first(session: Any, cedar: Agent, uma: Supporter) -> None:
    first = agreements.invite(session, uma, cedar.now)
    session.flush()
    second = agreements.invite(session, uma, cedar.now)
    session.flush()
    session.expire_all()
    assert links.find(session, first, "agreement", cedar.now) is None
    assert links.find(session, second, "agreement", cedar.now).subject == uma.supporter_id
    assert {mail.to for mail in session.scalars(select(Mail))} == {uma.email}


def test_a_new_version_is_signed_with_the_pin_that_was_chosen(
    session: Any, cedar: Agent, uma: Supporter
) -> None:
    policy.put(session, "agreement_version", "2")
    before = uma.pin_hash
    with pytest.raises(WrongPinError):
        agreements.sign(session, uma, "713940", cedar.now)
    assert (uma.pin_hash, uma.pin_failures) == (before, 1)
    assert not agreements.is_signed(session, uma)
    agreements.sign(session, uma, PIN, cedar.now)
    assert agreements.is_signed(session, uma)
    assert uma.pin_hash == before


def test_a_reset_is_logged_once_an_hour_with_who_did_it(session: Any, cedar: Agent, uma: Supporter) -> None:
    for _ in range(2):
        pins.reset(session, uma, cedar.now, "somebody")
    lines = activity.of(session, uma.supporter_id)
    assert [(line.person_id, line.code, line.at) for line in lines] == [("somebody", "pin-reset", cedar.now)]
