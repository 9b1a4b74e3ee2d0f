"""The key log at the site: it only grows, every head is checked, and what conflicts stops the sealing."""

from typing import Any

import pytest
from sqlalchemy import select

from protocol.envelope import new_claims, sign
from protocol.key_log import AUDIENCE, Log, open_seen, sign_head, sign_seen
from protocol.keys import SealingKey, SigningKey
from protocol.limits import MAX_LIFETIME
from protocol.messages import matches
from protocol.messages.keys import Head, Seen
from site_agent.keys import current_keys
from site_agent.link.inbox import HANDLERS
from site_agent.models import KeyEntry
from tests.site_agent.link.conftest import Agent

OTHER = "B" * 22


def stored(agent: Agent) -> tuple[str, ...]:
    return tuple(agent.session.scalars(select(KeyEntry.token).order_by(KeyEntry.seq)))


def admit_other(agent: Agent) -> SigningKey:
    key = SigningKey.generate()
    agent.hub.admit(key, SealingKey.generate(), site_id=OTHER)
    return key


def other_log(agent: Agent, length: int = 3) -> Log:
    """The log that a lying hub shows to somebody else: the same beginning, another last entry."""
    log = agent.hub.log.up_to(2)
    for name in "XYZ"[: length - 2]:
        token = log.next_token(
            agent.hub.key,
            subject=name * 22,
            action="add",
            now=agent.now,
            signing_key=SigningKey.generate().public(),
            sealing_key=SealingKey.generate().public(),
        )
        log = log.append(token)
    return log


def test_new_entries_are_verified_and_kept(agent: Agent) -> None:
    admit_other(agent)
    agent.poll()
    assert stored(agent) == agent.hub.log.tokens
    assert agent.state.alarm is None


def test_the_checked_head_is_countersigned_with_the_next_poll(agent: Agent) -> None:
    admit_other(agent)
    agent.poll()
    agent.poll()
    assert agent.hub.seen is not None
    assert open_seen(agent.hub.seen, agent.hub.log) == (agent.hub.site_id, agent.hub.log.head())


def test_a_countersignature_is_written_once_a_head(agent: Agent) -> None:
    agent.poll()
    first = agent.state.seen
    agent.clock.advance(minutes=5)
    agent.poll()
    assert agent.state.seen == first


def test_an_answer_with_part_of_the_log_is_followed_until_it_is_whole(agent: Agent) -> None:
    admit_other(agent)
    agent.hub.admit(SigningKey.generate(), SealingKey.generate(), site_id="C" * 22)
    agent.hub.edit = lambda door, answer: answer.update(entries=answer["entries"][:1])
    agent.poll()
    assert stored(agent) == agent.hub.log.tokens


def test_entries_that_are_held_may_come_again(agent: Agent) -> None:
    admit_other(agent)
    agent.hub.edit = lambda door, answer: answer.update(entries=list(agent.hub.log.tokens))
    agent.poll()
    agent.hub.edit = lambda door, answer: answer.update(entries=list(agent.hub.log.tokens[1:]))
    agent.poll()
    assert stored(agent) == agent.hub.log.tokens
    assert agent.state.alarm is None


def test_a_message_by_a_key_that_the_same_answer_brings_is_taken(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setitem(HANDLERS, matches.HomeStatus.TYPE, lambda *args: heard.append(args))
    fresh = SigningKey.generate()
    agent.hub.append(subject="hub", action="rotate", signing_key=fresh.public())
    agent.hub.key = fresh
    agent.hub.say(matches.HomeStatus("in-hand", agent.now), "t" * 22)
    assert agent.poll() == 1
    assert len(heard) == 1


def _another_log(agent: Agent, answer: dict[str, Any]) -> None:
    log = other_log(agent)
    answer["entries"], answer["head"] = list(log.tokens), sign_head(log, agent.hub.key, agent.now)


def _another_head(agent: Agent, answer: dict[str, Any]) -> None:
    answer["head"] = sign_head(other_log(agent), agent.hub.key, agent.now)


def _another_head_of_the_same_length(agent: Agent, answer: dict[str, Any]) -> None:
    answer["heads"] = [countersigned(agent, other_log(agent))]


def _a_broken_entry(agent: Agent, answer: dict[str, Any]) -> None:
    answer["entries"] = [answer["entries"][0][:-4] + "AAAA"]


def countersigned(agent: Agent, log: Log) -> str:
    head = sign_head(log, agent.hub.key, agent.now)
    return sign_seen(head, OTHER, agent.other, agent.now)  # type: ignore[attr-defined]


@pytest.fixture
def forked(agent: Agent) -> Agent:
    """A site that holds a log of three entries, the last one another site's."""
    agent.other = admit_other(agent)  # type: ignore[attr-defined]
    agent.poll()
    return agent


@pytest.mark.parametrize("lie", [_another_log, _another_head, _another_head_of_the_same_length])
def test_a_log_that_conflicts_sounds_the_alarm_and_is_never_taken_over(forked: Agent, lie: Any) -> None:
    before = stored(forked)
    forked.hub.edit = lambda door, answer: lie(forked, answer)
    forked.poll()
    assert forked.state.alarm == "key-log-fork"
    assert stored(forked) == before
    forked.hub.edit = lambda door, answer: None
    forked.poll()
    assert forked.state.alarm == "key-log-fork", "only people end an alarm"


def test_an_entry_that_cannot_stand_sounds_the_alarm(agent: Agent) -> None:
    before = stored(agent)
    admit_other(agent)
    agent.hub.edit = lambda door, answer: _a_broken_entry(agent, answer)
    agent.poll()
    assert agent.state.alarm == "key-log-fork"
    assert stored(agent) == before


def test_in_doubt_no_head_is_countersigned(forked: Agent) -> None:
    before = forked.state.seen
    forked.hub.edit = lambda door, answer: _another_head(forked, answer)
    forked.poll()
    assert forked.state.seen == before


def test_while_the_alarm_stands_a_message_by_an_unknown_key_waits_at_the_hub(forked: Agent) -> None:
    forked.state.alarm = "key-log-fork"
    forked.session.commit()
    forked.hub.say(matches.HomeStatus("in-hand", forked.now), "t" * 22, key=SigningKey.generate())
    assert not forked.exchange()
    assert forked.state.cursor == 0
    assert forked.state.last_error_code == "unknown-kid"


def test_while_the_alarm_stands_an_end_is_still_applied(
    forked: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setitem(HANDLERS, matches.HelperStatus.TYPE, lambda *args: heard.append(args))
    forked.state.alarm = "key-log-fork"
    forked.session.commit()
    forked.hub.say(matches.HelperStatus("ended", forked.now), "t" * 22)
    forked.poll()
    assert len(heard) == 1


def test_a_head_that_others_saw_and_this_site_holds_is_fine(forked: Agent) -> None:
    forked.hub.heads = [countersigned(forked, forked.hub.log)]
    forked.poll()
    assert forked.state.alarm is None
    assert forked.state.heads_cursor == 1


def test_a_head_that_others_saw_and_the_log_does_not_reach_is_asked_for_again(forked: Agent) -> None:
    longer = forked.hub.log.append(
        forked.hub.log.next_token(
            forked.hub.key,
            subject="C" * 22,
            action="add",
            now=forked.now,
            signing_key=SigningKey.generate().public(),
            sealing_key=SealingKey.generate().public(),
        )
    )
    forked.hub.heads = [countersigned(forked, longer)]
    forked.poll()
    assert forked.state.heads_cursor == 0
    forked.hub.log = longer
    forked.poll()
    assert (forked.state.heads_cursor, forked.state.alarm) == (1, None)


def _by_nobody(agent: Agent) -> str:
    return sign_seen(
        sign_head(other_log(agent), agent.hub.key, agent.now), OTHER, SigningKey.generate(), agent.now
    )


def _about_nothing(agent: Agent) -> str:
    body = Seen("x.y.z")
    claims = new_claims(body, iss=OTHER, aud=AUDIENCE, now=agent.now, lifetime=MAX_LIFETIME)
    return sign(claims, agent.other)  # type: ignore[attr-defined]


def _about_a_head_of_its_own(agent: Agent) -> str:
    claims = new_claims(Head(3, "x" * 43), iss="hub", aud=AUDIENCE, now=agent.now, lifetime=MAX_LIFETIME)
    return sign_seen(sign(claims, agent.other), OTHER, agent.other, agent.now)  # type: ignore[attr-defined]


@pytest.mark.parametrize("forge", [_by_nobody, _about_nothing, _about_a_head_of_its_own])
def test_a_site_cannot_make_others_doubt_the_hub(forked: Agent, forge: Any) -> None:
    forked.hub.heads = [forge(forked)]
    forked.poll()
    assert forked.state.alarm is None


@pytest.mark.parametrize("which", ["signing_key", "sealing_key"])
def test_keys_of_this_site_that_are_not_its_own_sound_the_alarm(agent: Agent, which: str) -> None:
    key = SigningKey.generate().public() if which == "signing_key" else SealingKey.generate().public()
    agent.hub.append(subject=agent.hub.site_id, action="rotate", **{which: key})
    agent.poll()
    assert agent.state.alarm == "own-key-swapped"


def test_a_site_whose_keys_are_its_own_is_at_peace(agent: Agent) -> None:
    keys = current_keys()
    shown = agent.hub.log.site_keys(agent.hub.site_id)
    assert shown is not None
    assert shown.signing.kid() == keys.signing.kid()
    agent.poll()
    assert agent.state.alarm is None
