"""Attempts, contact, more time, the end; and who sees what meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from protocol.messages.matches import Attempted, Reached
from site_agent.models import CaseKey, Offer, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import timeline
from site_agent.services.errors import NoLongerOpenError, WrongTimeError
from tests.site_agent.services.conftest import Match
from tests.support.agent import IDENTITY, add_person


def test_an_attempt_is_recorded_with_its_true_time(match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.in_hand(session, uma)
    match.there.clock.advance(hours=80)
    at = (match.now - timedelta(hours=9)).replace(microsecond=0)
    helper.attempted(session, incoming, at, match.now)
    session.commit()
    assert (incoming.state, incoming.attempted_at) == ("in-touch", at)
    assert match.there.said("match.attempted")[0].body == Attempted(at)


def test_an_attempt_told_by_phone_says_who_recorded_it(match: Match, session: Any, uma: Supporter) -> None:
    person = add_person(session, match.now)
    incoming = match.in_hand(session, uma)
    helper.attempted(session, incoming, match.now, match.now, person.person_id)
    event = timeline.of(session, match.thid)[-1]
    assert (event.code, event.by) == ("attempted", person.person_id)


def test_a_supporters_own_attempt_names_nobody_in_the_timeline(
    match: Match, session: Any, uma: Supporter
) -> None:
    incoming = match.in_hand(session, uma)
    helper.attempted(session, incoming, match.now, match.now)
    assert {event.by for event in timeline.of(session, match.thid)} == {None}


def test_the_second_attempt_changes_nothing(match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.in_hand(session, uma)
    first = match.now
    helper.attempted(session, incoming, first, match.now)
    match.there.clock.advance(hours=1)
    helper.attempted(session, incoming, match.now, match.now)
    assert incoming.attempted_at == first
    assert len(match.there.said("match.attempted")) == 1


def test_reaching_them_is_an_attempt_too(match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.in_hand(session, uma)
    helper.reached(session, incoming, match.now, match.now)
    helper.reached(session, incoming, match.now, match.now)
    assert [each.type for each in match.there.said()][-2:] == ["match.attempted", "match.reached"]
    assert match.there.said("match.reached")[0].body == Reached(match.now)
    assert len(match.there.said("match.reached")) == 1


@pytest.mark.parametrize("off", [timedelta(minutes=1), timedelta(hours=-1)])
def test_a_time_that_cannot_be_is_refused(off: timedelta, match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.in_hand(session, uma)
    with pytest.raises(WrongTimeError):
        helper.attempted(session, incoming, match.now + off, match.now)
    assert incoming.state == "in-hand"


def test_an_attempt_after_the_end_is_refused_and_leaves_no_row(
    match: Match, session: Any, uma: Supporter
) -> None:
    incoming = match.in_hand(session, uma)
    helper.helper_status(session, match.thid, "ended", match.now, None, match.now)
    events = len(timeline.of(session, match.thid))
    with pytest.raises(NoLongerOpenError):
        helper.reached(session, incoming, match.now, match.now)
    assert len(timeline.of(session, match.thid)) == events
    assert match.there.said("match.reached") == []


@pytest.mark.parametrize("state", ["overdue", "escalated"])
def test_an_attempt_counts_after_the_limit_too(
    state: str, match: Match, session: Any, uma: Supporter
) -> None:
    incoming = match.in_hand(session, uma)
    match.there.clock.advance(hours=100)
    helper.overdue(session, match.thid, incoming.due_at, None, match.now)
    helper.helper_status(session, match.thid, state, match.now, None, match.now)
    assert incoming.state == state
    helper.attempted(session, incoming, match.now - timedelta(hours=50), match.now)
    assert incoming.state == "in-touch"


def test_the_limit_is_extended_once(match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.in_hand(session, uma)
    match.there.clock.advance(hours=73)
    helper.overdue(session, match.thid, incoming.due_at, None, match.now)
    helper.extend(session, incoming, match.now)
    assert incoming.state == "in-hand"
    assert incoming.due_at == match.now + timedelta(hours=72)
    with pytest.raises(NoLongerOpenError):
        helper.extend(session, incoming, match.now)
    assert len(match.there.said("match.extended")) == 1


def test_extending_early_loses_no_time(match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.in_hand(session, uma)
    helper.extend(session, incoming, match.now + timedelta(hours=1))
    assert incoming.due_at == match.now + timedelta(hours=144)


def test_after_an_attempt_nothing_is_extended(match: Match, session: Any, uma: Supporter) -> None:
    incoming = match.in_hand(session, uma)
    helper.attempted(session, incoming, match.now, match.now)
    with pytest.raises(NoLongerOpenError):
        helper.extend(session, incoming, match.now)


def test_closing_destroys_what_was_sealed_and_who_was_asked(
    match: Match, session: Any, uma: Supporter
) -> None:
    incoming = match.in_hand(session, uma)
    helper.close(session, incoming, match.now)
    session.commit()
    assert (incoming.state, incoming.card, incoming.identity) == ("closed", None, None)
    assert session.scalars(select(Offer)).all() == []
    assert session.scalars(select(CaseKey)).all() == []
    with pytest.raises(NoLongerOpenError):
        helper.close(session, incoming, match.now)


def test_who_sees_what_at_each_step(match: Match, session: Any, uma: Supporter) -> None:
    """Card, yes, name, "not close", the hub's confirmation, contact: in this order and never earlier."""
    incoming = match.propose(session)
    offer = match.ask(session, uma)

    def seen() -> tuple[bool, str | None, bool, bool]:
        return (
            helper.offered_card(session, offer) is not None,
            helper.name(session, offer, match.now),
            helper.contact(session, offer, match.now) is not None,
            helper.contact(session, incoming, match.now) is not None,
        )

    assert seen() == (True, None, False, False)
    match.accept(session)
    assert seen() == (True, None, False, False)
    match.release(session)
    assert seen() == (True, IDENTITY.name, False, False)
    match.not_close(session)
    assert seen() == (True, IDENTITY.name, False, False)
    match.confirm(session)
    assert seen() == (True, IDENTITY.name, True, True)
    assert helper.contact(session, offer, match.now) == IDENTITY
    helper.attempted(session, incoming, match.now, match.now)
    assert seen()[2:] == (True, True)
    helper.close(session, incoming, match.now)
    assert helper.contact(session, incoming, match.now) is None


def test_another_supporters_offer_opens_nothing(
    match: Match, session: Any, uma: Supporter, vic: Supporter
) -> None:
    match.propose(session)
    first = match.ask(session, uma)
    helper.decline(session, first, match.now)
    match.ask(session, vic)
    match.accept(session)
    match.release(session)
    match.not_close(session)
    match.confirm(session)
    assert helper.offered_card(session, first) is None
    assert helper.name(session, first, match.now) is None
    assert helper.contact(session, first, match.now) is None
