"""A match in bad weather: lost and doubled calls, things that cross each other on the way, a hub or a site away."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from hub.models import Inbound, InboxRow, Letter, OutboxRow
from hub.services import brokerage
from protocol.match_states import State
from protocol.messages import load_body
from protocol.messages.offers import Capacity
from site_agent import outbox
from site_agent.link.errors import HubUnreachableError
from site_agent.link.sender import send_once
from site_agent.models import Event, Match, Offer, Request
from site_agent.models import OutboxRow as AgentRow
from tests.support.agent import IDENTITY
from tests.support.clock import StoppedClock
from tests.support.federation import Agent, Asked, Federation


def withdraw_at_the_hub(federation: Federation, asked: Asked) -> State | None:
    with federation.hub.session() as session:
        return brokerage.withdraw_by_secret(session, asked.withdrawal_secret, federation.hub.now)


def release_waits(federation: Federation) -> Agent:
    """A site accepted; the release is with the hub and not fetched."""
    helper = federation.asked_site()
    helper.asks_a_supporter()
    helper.says_yes()
    assert send_once(helper.app) == 1
    assert federation.hub.match().state == State.RELEASED
    return helper


def snapshot(federation: Federation, *agents: Agent) -> list[object]:
    """Everything that a replay could change."""
    kept: list[object] = [
        [(row.n, row.hash) for row in federation.hub.rows(InboxRow)],
        [(row.site_id, row.n, row.jti) for row in federation.hub.rows(OutboxRow)],
        [(row.site_id, row.last_n, row.cursor) for row in federation.hub.rows(Inbound)],
        [(row.match_id, row.state, row.version) for row in federation.hub.rows(type(federation.hub.match()))],
    ]
    for agent in agents:
        kept.append([(row.n, row.hash, row.state) for row in agent.outbox_rows()])
        kept += [len(agent.rows(kind)) for kind in (Event, Match, Offer, Request)]
    return kept


def test_every_call_arriving_three_times_changes_nothing(
    federation: Federation, home: Agent, helpers: list[Agent]
) -> None:
    for agent in federation.agents:
        agent.wire.repeats = 2
    asked = home.asks()
    federation.settle()
    helper = federation.confirm()
    assert helper.sees_contact() == IDENTITY
    assert asked.told() == ["recorded", "looking", "in-hand"]
    assert len(helper.rows(Offer)) == 1


def test_a_queue_that_is_replayed_twice_adds_nothing(
    federation: Federation, home: Agent, asked: Asked
) -> None:
    helper = federation.confirm()
    before = snapshot(federation, home, helper)
    for _ in range(2):
        for agent in (home, helper):
            with agent.session() as session:
                kept = AgentRow.token.is_not(None)
                session.execute(update(AgentRow).where(kept).values(state="waiting", settled_at=None))
        federation.settle()
    assert snapshot(federation, home, helper) == before
    assert helper.sees_contact() == IDENTITY


@pytest.mark.parametrize("lost", range(1, 4))
def test_lost_answers_cost_time_only(
    federation: Federation, home: Agent, helpers: list[Agent], lost: int
) -> None:
    asked = home.asks()
    for agent in federation.agents:
        agent.wire.lose_answers = lost
    for _ in range(lost):
        for agent in federation.agents:
            agent.exchange()
    federation.settle()
    helper = federation.asked_site()
    helper.asks_a_supporter()
    helper.says_yes()
    helper.wire.lose_answers = lost
    for _ in range(lost):
        assert not helper.exchange()
    federation.settle()
    helper.answers_the_name(close=False)
    helper.wire.lose_answers = 1
    assert not helper.exchange()
    assert federation.hub.match().state == State.IN_HAND
    committed_at = federation.hub.match().confirmed_at
    federation.pass_time(minutes=30)
    assert helper.sees_contact() == IDENTITY
    held = helper.match()
    assert held is not None
    assert held.due_at == committed_at + timedelta(hours=72), (
        "from the hub's commit, not from the receipt's arrival"
    )
    assert asked.state == "in-hand"


def test_one_refused_token_among_fifty(federation: Federation, home: Agent) -> None:
    with home.session() as session:
        for n in range(50):
            body = load_body("offers.capacity", capacity(federation, repeats=2 if n == 20 else 1))
            outbox.queue(session, body, now=federation.clock.now())
    before = federation.hub.count(InboxRow)
    assert home.exchange()
    rows = home.outbox_rows()[-50:]
    assert [row.state for row in rows].count("accepted") == 49
    assert (rows[20].state, rows[20].code) == ("rejected", "schema-invalid")
    assert federation.hub.count(InboxRow) == before + 50
    assert home.dead() == 1
    with home.session() as session:
        (dead,) = home.pages().dead_letters(session)
        assert home.pages().send_again(session, dead.row_id, federation.clock.now())
    assert home.exchange()
    assert federation.hub.count(InboxRow) == before + 51


def capacity(federation: Federation, repeats: int) -> dict[str, object]:
    """What a site could take on; said twice for one stage, which the hub refuses."""
    until = int((federation.clock.now() + timedelta(days=7)).timestamp())
    band = {"stage": "mid", "open": "1-2"}
    return {"bands": [band] * repeats, "languages": ["en"], "modalities": ["phone"], "until": until}


def test_a_withdrawal_at_the_hub_while_the_release_waits_delivers_no_name(
    federation: Federation, asked: Asked
) -> None:
    asked.home.wire.dark = True
    helper = release_waits(federation)
    assert withdraw_at_the_hub(federation, asked) == State.WITHDRAWN
    federation.settle()
    held = helper.match()
    assert held is not None
    assert (held.state, held.identity, held.card, held.case_id) == ("ended", None, None, None)
    assert helper.sees_name() is None
    assert federation.hub.count(Letter) == 0
    asked.home.wire.dark = False
    federation.settle()
    assert asked.state == "withdrawn"


def test_a_withdrawal_before_the_proposal_was_fetched_leaves_no_trace_at_the_site(
    federation: Federation, home: Agent, helpers: list[Agent]
) -> None:
    asked = home.asks()
    for _ in range(3):
        home.exchange()
    assert federation.hub.match().state == State.PROPOSED
    withdraw_at_the_hub(federation, asked)
    federation.settle()
    assert [agent.match() for agent in helpers] == [None, None, None]
    assert asked.state == "withdrawn"


def test_a_confirmation_that_meets_a_withdrawn_match_opens_nothing(
    federation: Federation, asked: Asked
) -> None:
    helper = release_waits(federation)
    federation.settle()
    helper.wire.dark = True
    helper.answers_the_name(close=False)
    asked.does("withdraw")
    federation.settle()
    assert federation.hub.match().state == State.WITHDRAWN
    helper.wire.dark = False
    assert send_once(helper.app) == 1, "the receipt alone, before any message says so"
    held = helper.match()
    assert held is not None
    assert (held.state, held.identity, held.card, held.case_id) == ("ended", None, None, None)
    assert (helper.sees_name(), helper.sees_contact(), helper.coordinator_sees_contact()) == (
        None,
        None,
        None,
    )
    assert helper.dead() == 0, "it is no dead letter"
    federation.settle()
    assert helper.incoming_state() == "ended"


def test_a_receipt_that_comes_after_a_withdrawal_opens_nothing_even_if_the_line_breaks_again(
    federation: Federation, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = federation.asked_site()
    helper.asks_a_supporter()
    helper.says_yes()
    federation.settle()
    helper.answers_the_name(close=False)
    helper.wire.lose_answers = 1
    helper.exchange()
    assert federation.hub.match().state == State.IN_HAND
    withdraw_at_the_hub(federation, asked)

    def broken(posted: dict[str, Any]) -> dict[str, Any]:
        raise HubUnreachableError("down")

    monkeypatch.setattr(helper.wire, "poll", broken)
    helper.exchange()
    assert (helper.sees_contact(), helper.coordinator_sees_contact()) == (None, None)
    monkeypatch.undo()
    federation.settle()
    assert helper.incoming_state() == "ended"


def test_an_acceptance_that_comes_after_the_limit_opens_nothing(federation: Federation, asked: Asked) -> None:
    slow = federation.asked_site()
    slow.asks_a_supporter()
    slow.wire.dark = True
    slow.says_yes()
    federation.pass_time(hours=25)
    second = federation.asked_site()
    assert second is not slow
    slow.wire.dark = False
    federation.settle()
    assert slow.incoming_state() == "ended"
    assert slow.dead() == 0
    assert federation.confirm() is second


def test_a_withdrawal_by_the_physicians_link_ends_a_help_under_way(
    federation: Federation, asked: Asked
) -> None:
    helper = federation.confirm()
    asked.does("withdraw")
    federation.settle()
    assert helper.incoming_state() == "ended"
    assert (helper.sees_contact(), helper.coordinator_sees_contact()) == (None, None)
    assert federation.hub.match().state == State.WITHDRAWN


def test_a_helper_that_was_away_for_a_month_closes_its_access_when_it_returns(
    federation: Federation, asked: Asked
) -> None:
    helper = federation.confirm()
    helper.acts("attempted", federation.clock.now())
    federation.settle()
    helper.wire.dark = True
    asked.does("withdraw")
    federation.settle()
    federation.clock.advance(days=30)
    helper.wire.dark = False
    federation.settle()
    assert helper.incoming_state() == "ended"
    assert helper.coordinator_sees_contact() is None


def test_a_hub_that_is_away_stops_no_page_and_nothing_is_lost(
    federation: Federation, home: Agent, helpers: list[Agent]
) -> None:
    for agent in federation.agents:
        agent.wire.dark = True
    asked = home.asks()
    with home.session() as session:
        status = home.pages().status(session, federation.clock.now())
        assert status.waiting == 1
    assert not home.exchange()
    federation.clock.advance(days=6)
    for agent in federation.agents:
        agent.wire.dark = False
    federation.settle()
    assert federation.asked_site() in helpers
    assert asked.state == "looking"


@pytest.mark.parametrize("hours", [-26, 26])
def test_a_helper_whose_clock_is_a_day_off_delivers_and_is_never_early(
    federation: Federation, home: Agent, hours: int
) -> None:
    wrong = StoppedClock(federation.clock.at + timedelta(hours=hours))
    helper = federation.site("Selkirk", "Dr Selkirk Supporter", clock=wrong)
    federation.settle()
    asked = home.asks()
    federation.settle()
    assert federation.confirm() is helper
    assert helper.sees_contact() == IDENTITY
    federation.clock.advance(hours=71)
    wrong.advance(hours=71)
    helper.due()
    federation.settle()
    assert helper.incoming_state() == "in-hand"
    helper.acts("attempted", wrong.now())
    federation.settle()
    match = federation.hub.match()
    assert (match.state, match.contact_met) == (State.IN_TOUCH, True)
    assert asked.state == "in-touch"


def test_a_clone_is_found_within_one_exchange(federation: Federation, home: Agent) -> None:
    with home.session() as session:
        body = load_body("offers.capacity", capacity(federation, repeats=1))
        assert isinstance(body, Capacity)
        row = outbox.queue(session, body, now=federation.clock.now())
        row_id = row.id
    assert home.exchange()
    with home.session() as session:
        kept = session.get_one(AgentRow, row_id)
        kept.state, kept.settled_at = "waiting", None
        other = session.get_one(AgentRow, 1)
        kept.token, kept.hash, kept.jti = other.token, other.hash, "x" * 22
    assert not home.exchange()
    assert not home.exchange()
    with home.session() as session:
        status = home.pages().status(session, federation.clock.now())
    assert status.code == "site-suspended"
