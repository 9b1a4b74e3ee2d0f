"""This machine's clock is a day off the hub's: limits are late at most, and nobody is kept from what they may do."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from protocol.messages.handover import Card
from protocol.messages.matches import Letters
from protocol.sealing import unseal_letter
from site_agent.clock.due import run_due
from site_agent.models import LinkState, Mail, SecretLink, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import inter_site_home, policy, requests, tracker
from tests.site_agent.services.conftest import Helped
from tests.support.agent import Agent, Province, a_request, candidates

HOURS = pytest.mark.parametrize("hours", [-24, 24])


def set_off(session: Any, hours: int) -> timedelta:
    """The hub's clock runs ahead of this machine's by so much."""
    difference = timedelta(hours=hours)
    session.get_one(LinkState, 1).hub_offset_seconds = int(difference.total_seconds())
    session.commit()
    return difference


@HOURS
def test_a_link_works_for_as_long_as_the_offer_is_open(
    helped: Helped, session: Any, uma: Supporter, hours: int
) -> None:
    off = set_off(session, hours)
    match = helped.propose(session, answer_by=helped.now + off + timedelta(hours=20))
    helper.ask(session, match, uma, helped.now)
    session.commit()
    until = helped.now + timedelta(hours=20)
    assert session.scalars(select(SecretLink.expires_at).where(SecretLink.kind == "offer")).all() == [until]
    assert session.scalars(select(Mail.expires_at).where(Mail.kind == "offer")).all() == [until]


@HOURS
def test_a_talk_is_noted_whatever_the_hubs_clock_shows(
    helped: Helped, session: Any, uma: Supporter, hours: int
) -> None:
    confirmed_at = helped.now + set_off(session, hours)
    helped.propose(session, answer_by=confirmed_at + timedelta(hours=24))
    helped.ask(session, uma)
    helped.accept(session)
    helped.release(session, confirm_by=confirmed_at + timedelta(hours=12))
    helped.not_close(session)
    helper.receipt_confirmed(session, helped.thid, confirmed_at, helped.now)
    session.commit()
    helped.there.clock.advance(hours=2)
    match, at = helped.match(session), helped.now - timedelta(hours=1)
    talk = tracker.Entry(at, "15-30", "phone", 4, tracker.ticket())
    assert tracker.record(session, match, talk, helped.now).at == at
    assert match.reached_at == confirmed_at + timedelta(hours=1)


@HOURS
def test_a_physician_hears_each_change_that_the_hub_tells(session: Any, cedar: Agent, hours: int) -> None:
    off = set_off(session, hours)
    request = requests.record(session, a_request(cedar.now, mail_ok=True), cedar.now).request
    for n, state in enumerate(("in-hand", "looking", "unmatched"), start=1):
        inter_site_home.status(session, str(request.thid), state, cedar.now + off, cedar.now)
        session.commit()
        for _ in range(2):
            cedar.clock.advance(minutes=30)
            run_due(lambda: session, cedar.now)
        assert len(session.scalars(select(Mail).where(Mail.kind == "request")).all()) == n


@HOURS
def test_letters_live_as_long_as_the_site_says_by_the_hubs_clock(
    session: Any, cedar: Agent, province: Province, hours: int
) -> None:
    off, there = set_off(session, hours), province.agent("Kettle Basin")
    policy.put(session, "letters_days", 2, cedar.now)
    request = requests.record(session, a_request(cedar.now), cedar.now).request
    inter_site_home.shortlisted(session, str(request.thid), 1, candidates(there.site_id), cedar.now)
    session.commit()
    body = cedar.said("match.letters")[-1].body
    assert isinstance(body, Letters)
    until = cedar.now.replace(microsecond=0) + off + timedelta(days=2)
    assert body.until == until
    (letter,) = body.letters
    opened = unseal_letter(
        letter.card, there.keys.sealing, province.log.keyring(), cedar.now + off,
        audience=there.site_id, thid=letter.thid, expect=Card.TYPE,
    )  # fmt: skip
    assert opened.exp == until
