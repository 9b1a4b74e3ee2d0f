"""Ending an alarm: by the six words of another screen, and only if the log bears them out."""

from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from protocol.errors import KeyLogForkError, ProtocolError
from protocol.key_log import sign_head, sign_seen
from protocol.keys import SealingKey, SigningKey
from site_agent.cli_link import clear_alarm
from site_agent.cli_people import APP
from site_agent.keys import current_keys
from site_agent.link import evidence
from site_agent.link.errors import (
    HubAnswerError,
    HubUnreachableError,
    LinkError,
    OwnKeySwappedError,
    UnsettledError,
    WordsDifferError,
)
from site_agent.models import Activity, KeyEntry, Person
from site_agent.services import key_directory
from tests.site_agent.link.conftest import Agent
from tests.site_agent.link.test_keys import other_log
from tests.support.desk import Desk, text_of

WHO = "P" * 22
OTHER = "B" * 22


@pytest.fixture
def alarmed(agent: Agent) -> Agent:
    """A site that was once sent an entry which cannot stand: garbled on the way, and signed by nobody."""
    agent.other = SigningKey.generate()  # type: ignore[attr-defined]
    agent.hub.admit(agent.other, SealingKey.generate(), site_id=OTHER)  # type: ignore[attr-defined]
    agent.hub.edit = lambda door, answer: (
        answer.update(entries=[answer["entries"][0][:-4] + "AAAA"]) if door == "poll" else None
    )
    agent.poll()
    agent.hub.edit = lambda door, answer: None
    assert agent.state.alarm == "key-log-fork"
    return agent


def words(agent: Agent) -> str:
    """What the hub's screen shows."""
    return " ".join(key_directory.words_of(agent.hub.log))


def clear(agent: Agent, typed: str) -> None:
    agent.session.commit()
    try:
        agent.pages.clear_alarm(agent.session, typed, agent.now, WHO)
    finally:
        agent.session.rollback()
        agent.session.expire_all()


def refused(agent: Agent, kind: type[Exception], typed: str | None = None) -> None:
    """It stays as it was."""
    before = tuple(agent.session.scalars(select(KeyEntry.token)))
    alarm = agent.state.alarm
    with pytest.raises(kind):
        clear(agent, words(agent) if typed is None else typed)
    assert agent.state.alarm == alarm
    assert agent.session.scalars(select(Activity)).all() == []
    assert tuple(agent.session.scalars(select(KeyEntry.token))) == before


def test_the_right_words_of_a_log_that_verifies_end_the_alarm_and_say_who_did(alarmed: Agent) -> None:
    clear(alarmed, words(alarmed).upper().replace(" ", ",  "))
    assert alarmed.state.alarm is None
    (who,) = alarmed.session.scalars(select(Activity))
    assert (who.person_id, who.code, who.at) == (WHO, "alarm-cleared", alarmed.now)
    assert tuple(alarmed.session.scalars(select(KeyEntry.token))) == alarmed.hub.log.tokens
    assert alarmed.exchange()
    assert alarmed.state.alarm is None


@pytest.mark.parametrize("typed", ["", "one two three four five six"])
def test_other_words_end_nothing(alarmed: Agent, typed: str) -> None:
    refused(alarmed, WordsDifferError, typed)


def test_the_words_of_the_shorter_log_that_is_held_here_end_nothing(alarmed: Agent) -> None:
    refused(alarmed, WordsDifferError, " ".join(key_directory.words(alarmed.session)))


def test_without_the_hub_nothing_ends(alarmed: Agent) -> None:
    alarmed.hub.trouble = [HubUnreachableError("down")]
    refused(alarmed, HubUnreachableError)


def test_a_log_that_does_not_continue_the_one_held_here_ends_nothing_whatever_its_words(
    alarmed: Agent,
) -> None:
    alarmed.poll()
    alarmed.hub.log = other_log(alarmed, 4)
    refused(alarmed, KeyLogForkError)


def test_a_head_that_the_hub_signed_and_takes_back_is_not_forgotten(alarmed: Agent) -> None:
    alarmed.poll()
    forked = sign_head(other_log(alarmed), alarmed.hub.key, alarmed.now)
    alarmed.hub.edit = lambda door, answer: answer.update(head=forked)
    alarmed.poll()
    alarmed.hub.edit = lambda door, answer: None
    for _ in range(3):
        alarmed.poll()
        refused(alarmed, KeyLogForkError)


def test_a_fork_that_another_site_was_shown_is_not_forgotten_when_the_hub_hides_it(alarmed: Agent) -> None:
    alarmed.poll()
    forked = sign_head(other_log(alarmed), alarmed.hub.key, alarmed.now)
    alarmed.hub.heads = [sign_seen(forked, OTHER, alarmed.other, alarmed.now)]  # type: ignore[attr-defined]
    refused(alarmed, KeyLogForkError)
    alarmed.poll()
    alarmed.hub.heads = []
    refused(alarmed, KeyLogForkError)


def test_a_longer_log_that_was_once_signed_has_to_be_shown(alarmed: Agent) -> None:
    longer = other_log(alarmed, 5)
    alarmed.hub.edit = lambda door, answer: answer.update(
        entries=[], head=sign_head(longer, alarmed.hub.key, alarmed.now)
    )
    alarmed.poll()
    alarmed.hub.edit = lambda door, answer: None
    refused(alarmed, UnsettledError)


def test_other_keys_for_this_site_end_nothing(agent: Agent) -> None:
    agent.hub.append(subject=agent.hub.site_id, action="rotate", sealing_key=SealingKey.generate().public())
    agent.poll()
    assert agent.state.alarm == "own-key-swapped"
    refused(agent, OwnKeySwappedError)


def test_a_page_without_a_log_ends_nothing(alarmed: Agent) -> None:
    alarmed.hub.edit = lambda door, answer: answer.pop("log", None)
    refused(alarmed, HubAnswerError)


def test_every_refusal_is_one_that_a_page_can_say(agent: Agent) -> None:
    for kind in (WordsDifferError, UnsettledError, OwnKeySwappedError, KeyLogForkError):
        assert issubclass(kind, agent.pages.errors)
        assert issubclass(kind, LinkError | ProtocolError)


def test_what_is_kept_is_kept_once_for_this_user_alone_and_has_a_ceiling(alarmed: Agent) -> None:
    alarmed.poll()
    log = key_directory.log(alarmed.session)
    path = evidence._path()
    evidence.forget()
    token = sign_head(other_log(alarmed), alarmed.hub.key, alarmed.now)
    for _ in range(3):
        evidence.keep(token, log)
    assert len(path.read_text().split()) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    evidence.keep("nonsense", log)
    for _ in range(evidence._MOST + 3):
        evidence.keep(sign_head(other_log(alarmed), alarmed.hub.key, alarmed.now), log)
    assert len(path.read_text().split()) == evidence._MOST
    assert current_keys().signing.kid() not in path.read_text()


def test_the_alarm_ends_for_good(alarmed: Agent) -> None:
    clear(alarmed, words(alarmed))
    assert not evidence._path().exists()
    with alarmed.app.test_request_context():
        shown: Any = alarmed.pages.status(alarmed.session, alarmed.now)
    assert shown.alarm is None
    assert alarmed.pages.log_words(alarmed.session) == key_directory.words_of(alarmed.hub.log)


def on_the_page(agent: Agent) -> Any:
    agent.session.commit()
    agent.app.config["WTF_CSRF_ENABLED"] = False
    return Desk(agent.app, agent.clock).client()


def test_the_page_ends_it_and_keeps_what_was_typed_when_it_does_not(alarmed: Agent) -> None:
    client = on_the_page(alarmed)
    assert "Compare six words and end the alarm" in text_of(client.get("/settings/link"))
    asked = client.get("/settings/link/alarm")
    assert not [word for word in key_directory.words(alarmed.session) if f">{word}<" in asked.text]
    alarmed.session.rollback()
    answer = client.post("/settings/link/alarm", data={"words": "six wrong words"})
    assert answer.status_code == 422
    assert "The alarm stays" in text_of(answer)
    assert "six wrong words" in answer.text
    assert client.post("/settings/link/alarm", data={"words": ""}).status_code == 422
    answer = client.post("/settings/link/alarm", data={"words": words(alarmed)}, follow_redirects=True)
    shown = text_of(answer)
    assert "The alarm has ended." in shown
    assert words(alarmed) in shown, "from now on other sites may ask for them"
    assert client.get("/settings/link/alarm").status_code == 303
    (who,) = alarmed.session.scalars(select(Activity))
    assert alarmed.session.get(Person, who.person_id) is not None


def test_the_command_asks_who_and_for_the_words(alarmed: Agent) -> None:
    person = Person(
        person_id=WHO, name="Cora", email="cora@example.ca", roles=("coordinator",), added_at=alarmed.now
    )
    alarmed.session.add(person)
    alarmed.session.commit()

    def call(email: str, typed: str) -> Any:
        alarmed.session.commit()
        command = ["--email", email]
        return CliRunner().invoke(clear_alarm, command, obj={APP: lambda: alarmed.app}, input=typed + "\n")

    assert "Nobody in charge" in call("nobody@example.ca", words(alarmed)).output
    wrong = call("cora@example.ca", "six wrong words")
    assert (wrong.exit_code, "The alarm stays" in wrong.output) == (1, True)
    assert alarmed.state.alarm is not None
    right = call("Cora@example.ca", words(alarmed))
    assert (right.exit_code, "The alarm has ended" in right.output) == (0, True)
    assert alarmed.state.alarm is None
    assert "There is no alarm" in call("cora@example.ca", "").output
