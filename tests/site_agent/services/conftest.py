"""A letter that another site wrote, and the match that it begins at the helping site."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from protocol.messages.matches import Letter, Letters, Proposal, Release
from site_agent.models import Match, Offer, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import inter_site_home, policy, requests
from tests.support.agent import Agent, Province, a_request, add_supporter, candidates, from_hub

ANSWER_HOURS = 24
CONFIRM_HOURS = 12


@dataclass
class Helped:
    """One match between two sites, driven step by step at the helping site."""

    home: Agent
    there: Agent
    letter: Letter
    request_id: str

    @property
    def thid(self) -> str:
        return self.letter.thid

    @property
    def now(self) -> datetime:
        return self.there.now

    def match(self, session: Any) -> Match:
        return session.get_one(Match, self.thid, populate_existing=True)

    def offer(self, session: Any) -> Offer:
        offer = helper.present_offer(session, self.match(session))
        assert offer is not None
        return offer

    def propose(self, session: Any, **changes: Any) -> Match:
        hours = changes.pop("hours", ANSWER_HOURS)
        body = Proposal("mid", "phone", self.letter.card, self.now + timedelta(hours=hours))
        message = from_hub(replace(body, **changes), self.there, self.thid)
        helper.proposed(session, self.thid, message, self.now)
        session.commit()
        return self.match(session)

    def ask(self, session: Any, supporter: Supporter) -> Offer:
        offer = helper.ask(session, self.match(session), supporter, self.now)
        session.commit()
        return offer

    def accept(self, session: Any) -> Offer:
        offer = self.offer(session)
        helper.accept(session, offer, self.now)
        session.commit()
        return offer

    def release(self, session: Any, **changes: Any) -> Match:
        body = Release(self.letter.identity, self.now + timedelta(hours=CONFIRM_HOURS), 72)
        message = from_hub(replace(body, **changes), self.there, self.thid)
        helper.released(session, self.thid, message, self.now)
        session.commit()
        return self.match(session)

    def not_close(self, session: Any) -> None:
        helper.answer_name(session, self.offer(session), False, self.now)
        session.commit()

    def confirm(self, session: Any) -> Match:
        helper.receipt_confirmed(session, self.thid, self.now, self.now)
        session.commit()
        return self.match(session)

    def in_hand(self, session: Any, supporter: Supporter) -> Match:
        """All the way to the hub's confirmation."""
        self.propose(session)
        self.ask(session, supporter)
        self.accept(session)
        self.release(session)
        self.not_close(session)
        return self.confirm(session)


def write_letters(home: Agent, *to: str, **changes: Any) -> tuple[str, Letters]:
    """What home sends when the hub names these sites; the request's id and the body."""
    with home.session() as session:
        recorded = requests.record(session, a_request(home.now, **changes), home.now)
        thid, request_id = str(recorded.request.thid), recorded.request.request_id
        inter_site_home.shortlisted(session, thid, 1, candidates(*to), home.now)
    body = home.said("match.letters")[-1].body
    assert isinstance(body, Letters)
    return request_id, body


@pytest.fixture
def kettle(province: Province) -> Agent:
    """The home site of the matches below."""
    return province.agent("Kettle Basin")


@pytest.fixture
def helped(kettle: Agent, cedar: Agent, session: Any) -> Helped:
    """Kettle Basin's letters to Cedar Inlet, where the coordinator chooses whom to ask."""
    request_id, letters = write_letters(kettle, cedar.site_id)
    policy.put(session, "ask_itself_hours", 0)
    session.commit()
    return Helped(kettle, cedar, letters.letters[0], request_id)


@pytest.fixture
def uma(session: Any, cedar: Agent) -> Supporter:
    supporter = add_supporter(session, cedar.now, "Dr Uma Ross", gender="woman")
    session.commit()
    return supporter


@pytest.fixture
def vic(session: Any, cedar: Agent) -> Supporter:
    supporter = add_supporter(session, cedar.now, "Dr Vic Lund")
    session.commit()
    return supporter
