"""Attempts, contact, more time, the end; and who sees what meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from protocol.messages.matches import Attempted, Reached
from site_agent.models import CaseKey, ContactClock, Offer, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import timeline
from site_agent.services.errors import NoLongerOpenError, WrongTimeError
from tests.site_agent.services.conftest import Helped
from tests.support.agent import IDENTITY, add_person


def test_an_attempt_is_recorded_with_its_true_time(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    helped.there.clock.advance(hours=80)
    at = (helped.now - timedelta(hours=9)).replace(microsecond=0)
    helper.attempted(session, match, at, helped.now)
    session.commit()
    assert (match.state, match.attempted_at) == ("in-touch", at)
    assert helped.there.said("match.attempted")[0].body == Attempted(at)


def test_an_attempt_told_by_phone_says_who_recorded_it(helped: Helped, session: Any, uma: Supporter) -> None:
    person = add_person(session, helped.now)
    match = helped.in_hand(session, uma)
    helper.attempted(session, match, helped.now, helped.now, person.person_id)
    event = timeline.of(session, helped.thid)[-1]
    assert (event.code, event.by) == ("attempted", person.person_id)


def test_a_supporters_own_attempt_names_nobody_in_the_timeline(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    helper.attempted(session, match, helped.now, helped.now)
    assert {event.by for event in timeline.of(session, helped.thid)} == {None}


def test_the_second_attempt_changes_nothing(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    first = helped.now
    helper.attempted(session, match, first, helped.now)
    helped.there.clock.advance(hours=1)
    helper.attempted(session, match, helped.now, helped.now)
    assert match.attempted_at == first
    assert len(helped.there.said("match.attempted")) == 1


def test_reaching_them_is_an_attempt_too(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    helper.reached(session, match, helped.now, helped.now)
    helper.reached(session, match, helped.now, helped.now)
    assert [each.type for each in helped.there.said()][-2:] == ["match.attempted", "match.reached"]
    assert helped.there.said("match.reached")[0].body == Reached(helped.now)
    assert len(helped.there.said("match.reached")) == 1


@pytest.mark.parametrize("off", [timedelta(minutes=1), timedelta(hours=-1)])
def test_a_time_that_cannot_be_is_refused(
    off: timedelta, helped: Helped, session: Any, uma: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    with pytest.raises(WrongTimeError):
        helper.attempted(session, match, helped.now + off, helped.now)
    assert match.state == "in-hand"


def test_an_attempt_after_the_end_is_refused_and_leaves_no_row(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    helper.helper_status(session, helped.thid, "ended", helped.now, None, helped.now)
    events = len(timeline.of(session, helped.thid))
    with pytest.raises(NoLongerOpenError):
        helper.reached(session, match, helped.now, helped.now)
    assert len(timeline.of(session, helped.thid)) == events
    assert helped.there.said("match.reached") == []


@pytest.mark.parametrize("state", ["overdue", "escalated"])
def test_an_attempt_counts_after_the_limit_too(
    state: str, helped: Helped, session: Any, uma: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    helped.there.clock.advance(hours=100)
    helper.overdue(session, helped.thid, match.due_at, None, helped.now)
    helper.helper_status(session, helped.thid, state, helped.now, None, helped.now)
    assert match.state == state
    helper.attempted(session, match, helped.now - timedelta(hours=50), helped.now)
    assert match.state == "in-touch"


def test_the_limit_is_extended_once(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    helped.there.clock.advance(hours=73)
    helper.overdue(session, helped.thid, match.due_at, None, helped.now)
    helper.extend(session, match, helped.now)
    assert match.state == "in-hand"
    assert match.due_at == helped.now + timedelta(hours=72)
    with pytest.raises(NoLongerOpenError):
        helper.extend(session, match, helped.now)
    assert len(helped.there.said("match.extended")) == 1


def test_extending_early_loses_no_time(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    helper.extend(session, match, helped.now + timedelta(hours=1))
    assert match.due_at == helped.now + timedelta(hours=144)


def test_after_an_attempt_nothing_is_extended(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    helper.attempted(session, match, helped.now, helped.now)
    with pytest.raises(NoLongerOpenError):
        helper.extend(session, match, helped.now)


def test_closing_destroys_what_was_sealed_and_who_was_asked(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    helper.close(session, match, helped.now)
    session.commit()
    assert (match.state, match.card, match.identity) == ("closed", None, None)
    assert session.scalars(select(Offer)).all() == []
    assert session.scalars(select(CaseKey)).all() == []
    with pytest.raises(NoLongerOpenError):
        helper.close(session, match, helped.now)


def test_who_sees_what_at_each_step(helped: Helped, session: Any, uma: Supporter) -> None:
    """Card, yes, name, "not close", the hub's confirmation, contact: in this order and never earlier."""
    match = helped.propose(session)
    offer = helped.ask(session, uma)

    def seen() -> tuple[bool, str | None, bool, bool]:
        return (
            helper.offered_card(session, offer) is not None,
            helper.name(session, offer, helped.now),
            helper.contact(session, offer, helped.now) is not None,
            helper.contact(session, match, helped.now) is not None,
        )

    assert seen() == (True, None, False, False)
    helped.accept(session)
    assert seen() == (True, None, False, False)
    helped.release(session)
    assert seen() == (True, IDENTITY.name, False, False)
    helped.not_close(session)
    assert seen() == (True, IDENTITY.name, False, False)
    helped.confirm(session)
    assert seen() == (True, IDENTITY.name, True, True)
    assert helper.contact(session, offer, helped.now) == IDENTITY
    helper.attempted(session, match, helped.now, helped.now)
    assert seen()[2:] == (True, True)
    helper.close(session, match, helped.now)
    assert helper.contact(session, match, helped.now) is None


def test_another_supporters_offer_opens_nothing(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    helped.propose(session)
    first = helped.ask(session, uma)
    helper.decline(session, first, helped.now)
    helped.ask(session, vic)
    helped.accept(session)
    helped.release(session)
    helped.not_close(session)
    helped.confirm(session)
    assert helper.offered_card(session, first) is None
    assert helper.name(session, first, helped.now) is None
    assert helper.contact(session, first, helped.now) is None


def test_a_talk_before_the_attempt_that_was_recorded_is_the_first_contact(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    match = helped.in_hand(session, uma)
    helped.there.clock.advance(hours=74)
    helper.attempted(session, match, helped.now - timedelta(hours=1), helped.now)
    assert session.scalars(select(ContactClock.outcome)).all() == ["not-met"]
    spoke_at = helped.now - timedelta(hours=10)
    helper.reached(session, match, spoke_at, helped.now)
    session.commit()
    assert (match.attempted_at, match.reached_at) == (spoke_at, spoke_at)
    assert session.scalars(select(ContactClock.outcome)).all() == ["met"]
