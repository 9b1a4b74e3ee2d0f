"""A sign that nobody sees in a name keeps nobody from being the same: for an assessor, or for a second notice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from site_agent.models import Outreach
from site_agent.services import evaluators, outreach
from site_agent.services.outreach import Notice, Told
from tests.support.agent import Agent

JOINERS = ["\u200c", "\u200d"]


@pytest.mark.parametrize("joiner", JOINERS, ids=ascii)
def test_a_name_is_the_same_for_who_assesses_whom(joiner: str) -> None:
    assert evaluators.plain_name(f"Wr{joiner}en Canary") == evaluators.plain_name("Wren Canary")
    assert evaluators.plain_name(
        f"\u0639\u0644\u06cc{joiner}\u0631\u0636\u0627 Canary"
    ) == evaluators.plain_name("\u0639\u0644\u06cc\u0631\u0636\u0627 Canary")


@pytest.mark.parametrize("joiner", JOINERS, ids=ascii)
def test_one_physician_gets_one_outreach(cedar: Agent, session: Any, joiner: str) -> None:
    for seed, name in (("one", "Wren Canary"), ("two", f"Dr. Wren{joiner} Canary")):
        outreach.record(
            session, Notice("colleague", (Told(name, "+12505550142", None, True),)), seed, cedar.now
        )
    assert len(session.scalars(select(Outreach)).all()) == 1
