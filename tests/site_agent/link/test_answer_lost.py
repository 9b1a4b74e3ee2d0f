"""An answer of the hub that was lost before a site went dark for longer than receipts are kept."""

from datetime import timedelta

import pytest

from protocol.errors import NumberGapError
from protocol.messages import matches
from site_agent.link.errors import HubUnreachableError
from tests.site_agent.link.conftest import Agent

THID = "t" * 22


def lose_the_answer(agent: Agent, *bodies: object) -> list[int]:
    """Messages that the hub took, without a receipt that came back."""
    row_ids = [agent.queue(body, THID) for body in bodies]  # type: ignore[arg-type]
    agent.hub.lose_answers = 1
    with pytest.raises(HubUnreachableError):
        agent.send()
    return row_ids


def taken_long_ago(agent: Agent) -> None:
    agent.hub.trouble = [NumberGapError(expected=len(agent.hub.taken) + 1)]


def test_what_the_hub_took_and_keeps_no_receipt_of_does_not_wait_for_ever(agent: Agent) -> None:
    letters = matches.Letters(round=1, letters=(), until=agent.now + timedelta(days=14))
    rows = lose_the_answer(agent, letters, matches.Withdraw())
    agent.clock.advance(days=36)
    taken_long_ago(agent)
    assert agent.send() == 2
    assert [agent.row(each).state for each in rows] == ["forgotten", "dismissed"]
    assert (agent.row(rows[0]).token, agent.row(rows[0]).thid) == (None, None)
    later = agent.queue(matches.Rematch(), THID)
    assert agent.send() == 1
    assert agent.row(later).state == "accepted"


def test_what_went_out_a_month_ago_still_waits_for_its_receipt(agent: Agent) -> None:
    (row_id,) = lose_the_answer(agent, matches.Withdraw())
    agent.clock.advance(days=34)
    taken_long_ago(agent)
    with pytest.raises(NumberGapError):
        agent.send()
    assert agent.row(row_id).state == "waiting"
    assert agent.send() == 1
    assert agent.row(row_id).state == "accepted"


def test_what_the_hub_has_not_taken_is_not_let_go_of_however_old(agent: Agent) -> None:
    row_id = agent.queue(matches.Withdraw(), THID)
    agent.hub.trouble = [HubUnreachableError("down")]
    with pytest.raises(HubUnreachableError):
        agent.send()
    agent.clock.advance(days=36)
    taken_long_ago(agent)
    assert agent.send() == 1
    assert agent.row(row_id).code is None
    assert len(agent.hub.taken) == 2
