"""A hub that lost its last hours asks again for numbers, and among them stood letters that it had refused."""

from datetime import timedelta

from protocol.messages import matches
from protocol.messages.transport import Void
from tests.site_agent.link.conftest import Agent
from tests.support.fake_hub import accept_all

THID = "t" * 22


def test_a_void_stands_for_refused_letters_and_is_no_fault(agent: Agent) -> None:
    letters = matches.Letters(round=1, letters=(), until=agent.now + timedelta(days=14))
    agent.hub.judge = lambda message: {"outcome": "rejected", "code": "schema-invalid"}
    row_id = agent.queue(letters, THID)
    agent.send()
    assert (agent.row(row_id).state, agent.row(row_id).token) == ("rejected", None)
    agent.hub.judge = accept_all
    del agent.hub.taken[1:]
    last = agent.queue(matches.Withdraw(), THID)
    assert agent.send() == 1
    assert [message.type for message in agent.hub.opened_messages()][1] == Void.TYPE
    assert (agent.row(row_id).state, agent.row(row_id).type) == ("rejected", letters.TYPE)
    assert agent.row(last).state == "accepted"
