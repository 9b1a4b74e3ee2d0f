"""What runs by itself, at the moment it is due and not before."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from site_agent.clock import loop
from site_agent.clock.due import run_due
from site_agent.extensions import db
from site_agent.models import Enrolment, LinkState, Mail, Match, Offer, Request, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import inter_site_home, policy, requests
from tests.site_agent.services.conftest import Helped, helped, kettle, uma, vic
from tests.support.agent import Agent, a_request, add_person, candidates

__all__ = ["helped", "kettle", "uma", "vic"]


def run(match_or_agent: Any) -> int:
    return run_due(db.session, match_or_agent.now)


def quiet(session: Any, cedar: Agent) -> None:
    """Everything that is due before the story begins is done."""
    run(cedar)


def test_with_nothing_due_nothing_is_done(session: Any, cedar: Agent) -> None:
    assert run(cedar) == 0


def test_an_offer_lapses_at_its_limit(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    offer = helped.ask(session, uma)
    quiet(session, helped.there)
    helped.there.clock.at = offer.expires_at - timedelta(seconds=1)
    assert run(helped) == 0
    helped.there.clock.at = offer.expires_at
    run(helped)
    assert helped.match(session).state == "ended"
    run(helped)
    assert len(helped.there.said("match.pass")) == 1


def test_a_silent_name_question_is_a_pass(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    helped.accept(session)
    match = helped.release(session)
    quiet(session, helped.there)
    helped.there.clock.at = match.confirm_by
    run(helped)
    assert helped.match(session).state == "ended"


def test_the_agent_asks_by_itself_after_the_set_time(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    policy.put(session, "ask_itself_hours", 12)
    helped.propose(session)
    quiet(session, helped.there)
    assert helped.match(session).state == "proposed"
    helped.there.clock.advance(hours=12)
    run(helped)
    match = helped.match(session)
    assert match.state == "asked"
    first = match.supporter_id
    offer = helped.offer(session)
    assert offer.expires_at == match.answer_by
    run(helped)
    assert helped.match(session).supporter_id == first


def test_with_little_time_it_asks_at_half_of_it(helped: Helped, session: Any, uma: Supporter) -> None:
    policy.put(session, "ask_itself_hours", 12)
    match = helped.propose(session, hours=4)
    assert match.ask_itself_at == helped.now + timedelta(hours=2)


def test_a_site_may_never_ask_by_itself(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.propose(session)
    helped.there.clock.advance(hours=23)
    run(helped)
    assert helped.match(session).state == "proposed"
    helped.there.clock.at = match.answer_by
    run(helped)
    assert helped.match(session).state == "ended"


def test_a_late_first_contact_is_told_once(helped: Helped, session: Any, uma: Supporter) -> None:
    add_person(session, helped.now)
    match = helped.in_hand(session, uma)
    quiet(session, helped.there)
    helped.there.clock.at = match.due_at
    assert run(helped) == 1
    assert helped.match(session).state == "overdue"
    n_mails = len(session.scalars(select(Mail).where(Mail.kind == "coordinator")).all())
    assert run(helped) == 0
    assert len(session.scalars(select(Mail).where(Mail.kind == "coordinator")).all()) == n_mails


def test_a_clock_that_runs_ahead_calls_nothing_late(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    quiet(session, helped.there)
    session.get_one(LinkState, 1).hub_offset_seconds = -86_400
    session.commit()
    helped.there.clock.at = match.due_at + timedelta(hours=23)
    run(helped)
    assert helped.match(session).state == "in-hand"


def test_letters_that_waited_for_the_key_log_go_by_themselves(
    session: Any, cedar: Agent, kettle: Agent
) -> None:
    state = session.get_one(LinkState, 1)
    state.alarm = "key-log-fork"
    request = requests.record(session, a_request(cedar.now), cedar.now).request
    inter_site_home.shortlisted(session, request.thid, 1, candidates(kettle.site_id), cedar.now)
    session.commit()
    assert run(cedar) == 0
    state.alarm = None
    session.commit()
    assert run(cedar) == 1
    assert len(cedar.said("match.letters")) == 1


def test_what_was_recorded_before_enrolment_sets_out_afterwards(session: Any, cedar: Agent) -> None:
    enrolment = session.get_one(Enrolment, 1)
    enrolment.state = "pending"
    request = requests.record(session, a_request(cedar.now), cedar.now).request
    session.commit()
    assert run(cedar) == 0
    enrolment.state = "approved"
    session.commit()
    assert run(cedar) == 1
    assert session.get(Request, request.request_id).state == "looking"


def test_what_a_person_held_back_does_not_set_out_again(session: Any, cedar: Agent) -> None:
    request = requests.record(session, a_request(cedar.now), cedar.now).request
    request.state = "new"
    session.commit()
    assert run(cedar) == 0


def test_one_deed_that_fails_leaves_the_others_alone(
    helped: Helped,
    session: Any,
    uma: Supporter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    match = helped.in_hand(session, uma)
    helped.there.clock.at = match.due_at

    def broken(*_: object) -> bool:
        raise RuntimeError("Dr Zephyrine Quill")

    monkeypatch.setattr("site_agent.clock.due.capacity.advertise_if_due", broken)
    assert run(helped) == 1
    assert helped.match(session).state == "overdue"
    assert "RuntimeError" in caplog.text
    assert "Zephyrine" not in caplog.text


def test_a_round_of_the_loop_wakes_the_link_and_raises_nothing(
    cedar: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken = []
    monkeypatch.setattr(loop, "wake", woken.append)
    assert loop.once(cedar.app) == 0
    assert woken == []
    with cedar.session() as session:
        from tests.support.agent import add_supporter

        add_supporter(session, cedar.now)
    assert loop.once(cedar.app) == 1
    assert woken == [cedar.app]

    def broken(*_: object) -> int:
        raise RuntimeError

    monkeypatch.setattr(loop, "run_due", broken)
    assert loop.once(cedar.app) == 0


def test_a_yes_that_came_first_is_not_lapsed(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    offer = helped.ask(session, uma)
    helped.there.clock.at = offer.expires_at - timedelta(microseconds=1)
    helper.accept(session, offer, helped.now)
    session.commit()
    helped.there.clock.advance(hours=1)
    run(helped)
    assert session.scalars(select(Match.state)).one() == "accepted"
    assert session.scalars(select(Offer.state)).one() == "accepted"
