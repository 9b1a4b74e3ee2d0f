"""A site whose keys are revoked hears no `ended`: it believes what the hub signed, and nobody's mere refusal."""

from typing import Any

import pytest
from sqlalchemy import select

from protocol.envelope import new_id
from protocol.errors import KeyRevokedError
from protocol.key_log import Log, sign_head, sign_seen
from protocol.keys import SealingKey, SigningKey
from protocol.messages.handover import Card, Identity
from protocol.messages.matches import Attempted
from site_agent.models import CaseKey, KeyEntry, Match, Offer, OutboxRow, Request
from site_agent.services import cases
from tests.site_agent.link.conftest import Agent, look_elsewhere

OTHER = "B" * 22
CARD = Card("burnout", "mid", "en", "phone", (), ())
IDENTITY = Identity("Somebody", ("call",), ("any-time",), phone="+12505550142")


@pytest.fixture
def helping(agent: Agent) -> Agent:
    """A site that helps with a request from elsewhere, and has one of its own elsewhere."""
    session = agent.session
    case_id = cases.new_case(session)
    session.add(
        Match(
            thid="t" * 22, state="in-hand", state_at=agent.now, stage="mid", modality="phone", proposal_jti=new_id(),
            proposed_at=agent.now, answer_by=agent.now, confirmed_at=agent.now, due_at=agent.now, case_id=case_id,
            card=cases.seal(session, case_id, "card", {"iss": OTHER, "body": CARD.dump()}),
            identity=cases.seal(session, case_id, "identity", IDENTITY.dump()),
        )
    )  # fmt: skip
    look_elsewhere(agent)
    assert agent.exchange()
    agent.hub.calls.clear()
    return agent


def stands(agent: Agent) -> dict[str, Any]:
    """What a revocation ends."""
    agent.session.expire_all()
    match = agent.session.scalars(select(Match)).one()
    request = agent.session.scalars(select(Request)).one()
    status = agent.pages.status(agent.session, agent.now)
    agent.session.rollback()
    return {
        "match": match.state,
        "sealed": match.identity is not None,
        "case keys": len(agent.session.scalars(select(CaseKey)).all()),
        "request": request.state,
        "left": status.left,
    }


UNTOUCHED = {"match": "in-hand", "sealed": True, "case keys": 2, "request": "looking", "left": False}
ENDED = {"match": "ended", "sealed": False, "case keys": 1, "request": "unmatched", "left": True}


def revoke(agent: Agent) -> None:
    agent.hub.append(subject=agent.hub.site_id, action="revoke")


def test_a_refusal_that_nobody_signed_changes_nothing(helping: Agent) -> None:
    helping.hub.trouble = [KeyRevokedError(), KeyRevokedError()]
    assert not helping.exchange()
    assert stands(helping) == UNTOUCHED
    assert helping.state.alarm is None
    assert helping.exchange(), "and the next exchange goes on as before"


def test_the_revocation_of_its_own_keys_ends_what_the_site_holds_for_others(helping: Agent) -> None:
    revoke(helping)
    helping.queue(Attempted(helping.now), "t" * 22)
    assert not helping.exchange()
    assert stands(helping) == ENDED
    assert helping.session.scalars(select(Offer)).all() == []
    assert {row.state for row in helping.rows()} == {"accepted", "forgotten"}
    request = helping.session.scalars(select(Request)).one()
    assert (request.thid, request.shortlist) == (None, None)


def test_afterwards_the_hub_is_left_alone(helping: Agent) -> None:
    revoke(helping)
    helping.exchange()
    helping.hub.calls.clear()
    assert helping.exchange()
    assert helping.hub.calls == []
    status = helping.pages.status(helping.session, helping.now)
    assert (status.code, status.connected, status.waiting) == ("site-withdrawn", False, 0)


def test_a_revocation_that_comes_with_a_poll_counts_too(helping: Agent) -> None:
    entries = list(helping.hub.log.tokens)
    revoked = helping.hub.log.append(
        helping.hub.log.next_token(
            helping.hub.key, subject=helping.hub.site_id, action="revoke", now=helping.now
        )
    )

    def edit(door: str, answer: dict[str, Any]) -> None:
        if door == "poll":
            answer["entries"] = list(revoked.tokens[len(entries) :])
        else:
            answer["log"] = list(revoked.tokens)
            answer["head"] = sign_head(revoked, helping.hub.key, helping.now)

    helping.hub.edit = edit
    assert not helping.exchange()
    assert stands(helping) == ENDED


def test_a_revocation_of_others_is_none_of_its_own(helping: Agent) -> None:
    helping.hub.admit(SigningKey.generate(), SealingKey.generate(), site_id=OTHER)
    helping.hub.append(subject=OTHER, action="revoke")
    helping.hub.trouble = [KeyRevokedError(), KeyRevokedError()]
    assert not helping.exchange()
    assert stands(helping) == UNTOUCHED


def _without_the_log(agent: Agent, answer: dict[str, Any]) -> None:
    del answer["log"]


def _shorter(agent: Agent, answer: dict[str, Any]) -> None:
    answer["log"] = answer["log"][:1]


def _signed_by_somebody_else(agent: Agent, answer: dict[str, Any]) -> None:
    log, key = agent.hub.log.up_to(2), SigningKey.generate()
    token = log.next_token(key, subject=agent.hub.site_id, action="revoke", now=agent.now)
    answer["log"] = [*log.tokens, token]


def _under_the_head_of_before(agent: Agent, answer: dict[str, Any]) -> None:
    answer["head"] = sign_head(agent.hub.log.up_to(2), agent.hub.key, agent.now)


def _headed_by_somebody_else(agent: Agent, answer: dict[str, Any]) -> None:
    answer["head"] = sign_head(agent.hub.log, SigningKey.generate(), agent.now)


@pytest.mark.parametrize(
    "lie",
    [
        _without_the_log,
        _shorter,
        _signed_by_somebody_else,
        _under_the_head_of_before,
        _headed_by_somebody_else,
    ],
)
def test_a_page_that_proves_nothing_changes_nothing(helping: Agent, lie: Any) -> None:
    before = tuple(helping.session.scalars(select(KeyEntry.token)))
    revoke(helping)
    helping.hub.edit = lambda door, answer: lie(helping, answer)
    assert not helping.exchange()
    assert stands(helping) == UNTOUCHED
    assert helping.state.alarm is None, "anybody on the way can garble a page"
    assert tuple(helping.session.scalars(select(KeyEntry.token))) == before


def test_a_revocation_that_other_sites_were_not_shown_is_not_believed(helping: Agent) -> None:
    key = SigningKey.generate()
    helping.hub.admit(key, SealingKey.generate(), site_id=OTHER)
    helping.poll()
    common = helping.hub.log
    helping.hub.admit(SigningKey.generate(), SealingKey.generate(), site_id="C" * 22)
    helping.hub.heads = [sign_seen(_head(helping, helping.hub.log), OTHER, key, helping.now)]
    token = common.next_token(helping.hub.key, subject=helping.hub.site_id, action="revoke", now=helping.now)
    helping.hub.log = common.append(token)
    assert not helping.exchange()
    assert stands(helping) == UNTOUCHED


def _head(agent: Agent, log: Log) -> str:
    return sign_head(log, agent.hub.key, agent.now)


def test_a_refusal_while_the_page_is_away_changes_nothing(
    helping: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    from site_agent.link.errors import HubUnreachableError

    revoke(helping)
    monkeypatch.setattr(helping.hub, "hub", lambda: (_ for _ in ()).throw(HubUnreachableError("down")))
    assert not helping.exchange()
    assert stands(helping) == UNTOUCHED
    monkeypatch.undo()
    helping.exchange()
    assert stands(helping) == ENDED


def test_a_match_with_a_request_of_its_own_goes_on(helping: Agent) -> None:
    request = look_elsewhere(helping)
    own = helping.session.get_one(Match, "t" * 22)
    own.request_id = request.request_id
    helping.session.commit()
    revoke(helping)
    helping.exchange()
    helping.session.expire_all()
    own = helping.session.get_one(Match, "t" * 22)
    assert (own.state, own.identity is not None) == ("in-hand", True)
    assert helping.session.scalars(select(OutboxRow.state).distinct()).all() != []
