"""A yes that waited here for two weeks answers a proposal that is long gone: the receipt ends the match."""

import pytest

from protocol.envelope import new_id
from protocol.messages.body import Body
from protocol.messages.matches import Accept, Confirmed
from site_agent.models import Match
from tests.site_agent.link.conftest import Agent

THID = "t" * 22


@pytest.mark.parametrize(("waited", "state", "dead"), [(14, "ended", 0), (0, "accepted", 1)])
@pytest.mark.parametrize("body", [Accept(), Confirmed()], ids=lambda body: body.TYPE)
def test_a_refusal_as_expired_ends_the_match_only_if_it_waited_that_long(
    agent: Agent, body: Body, waited: int, state: str, dead: int
) -> None:
    agent.session.add(
        Match(
            thid=THID, state="accepted", state_at=agent.now, stage="mid", modality="phone", proposal_jti=new_id(),
            proposed_at=agent.now, answer_by=agent.now,
        )
    )  # fmt: skip
    agent.queue(body, THID)
    agent.clock.advance(days=waited)
    agent.hub.judge = lambda message: {"outcome": "rejected", "code": "expired"}
    agent.send()
    assert agent.session.get_one(Match, THID).state == state
    assert len(agent.pages.dead_letters(agent.session)) == dead
