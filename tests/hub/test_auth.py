"""The tables behind the sign-in pages keep what `ui.signin.store` promises, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from hub.auth import INVITATION_LIFETIME, PersonExistsError, TableStore, invite_person
from hub.extensions import db
from hub.models import Person, SignInFailure, SignInSession
from tests.support.hub import HubUnderTest
from ui.signin.sessions import token_hash
from ui.signin.store import SignInStore

EMAIL = "robin@example.org"
HOURS_12 = timedelta(hours=12)


def invite(hub: HubUnderTest, email: str = EMAIL, role: str = "staff", again: bool = False) -> str:
    with hub.session() as session:
        return invite_person(session, email, "Robin", role, hub.now, again=again)


def ask(hub: HubUnderTest, question: Callable[[SignInStore], Any]) -> Any:
    """What the store answers, after a commit."""
    with hub.session():
        return question(TableStore(db.session))


def robin(hub: HubUnderTest) -> str:
    person_id: str = ask(hub, lambda store: store.person_by_email(EMAIL)).person_id
    return person_id


def test_an_invited_person_is_known_by_address_in_any_case_and_by_id(hub: HubUnderTest) -> None:
    invite(hub, " Robin@Example.org ")
    person = ask(hub, lambda store: store.person_by_email(EMAIL))
    assert person == ask(hub, lambda store: store.person(person.person_id))
    assert (person.name, person.email, person.roles) == ("Robin", EMAIL, {"staff"})
    assert ask(hub, lambda store: store.person_by_email("nobody@example.org")) is None


def test_a_closed_account_is_nobodys(hub: HubUnderTest) -> None:
    invite(hub)
    person_id = robin(hub)
    with hub.session() as session:
        session.get_one(Person, person_id).closed_at = hub.now
    assert ask(hub, lambda store: store.person_by_email(EMAIL)) is None
    assert ask(hub, lambda store: store.person(person_id)) is None


def test_an_invitation_works_once_and_not_past_its_time(hub: HubUnderTest) -> None:
    first = token_hash(invite(hub))
    person_id = robin(hub)
    assert ask(hub, lambda store: store.take_invitation(first, hub.now)) == person_id
    assert ask(hub, lambda store: store.take_invitation(first, hub.now)) is None
    late = token_hash(invite(hub, again=True))
    assert ask(hub, lambda store: store.take_invitation(late, hub.now + INVITATION_LIFETIME)) is None


def test_a_known_address_is_invited_again_only_on_purpose(hub: HubUnderTest) -> None:
    invite(hub)
    with pytest.raises(PersonExistsError, match=EMAIL):
        invite(hub)


def test_starting_over_forgets_password_authenticator_sessions_and_the_older_link(hub: HubUnderTest) -> None:
    old = token_hash(invite(hub))
    person_id = robin(hub)
    ask(hub, lambda store: store.set_password_hash(person_id, "hash"))
    ask(hub, lambda store: store.set_totp_secret(person_id, "SECRET"))
    ask(hub, lambda store: store.set_last_totp_step(person_id, 7))
    ask(hub, lambda store: store.link_subject(person_id, "https://idp", "42"))
    ask(hub, lambda store: store.start_session(person_id, "a" * 64, hub.now, hub.now + HOURS_12))
    invite(hub, again=True)
    assert robin(hub) == person_id
    assert ask(hub, lambda store: store.password_hash(person_id)) is None
    assert ask(hub, lambda store: store.totp_secret(person_id)) is None
    assert ask(hub, lambda store: store.last_totp_step(person_id)) is None
    assert ask(hub, lambda store: store.person_by_subject("https://idp", "42")) is None
    assert ask(hub, lambda store: store.session_person("a" * 64, hub.now)) is None
    assert ask(hub, lambda store: store.take_invitation(old, hub.now)) is None


def test_an_unknown_role_is_refused(hub: HubUnderTest) -> None:
    with pytest.raises(ValueError, match="role must be one of staff, viewer"):
        invite(hub, role="owner")


def test_a_new_password_ends_the_persons_sessions_and_nobody_elses(hub: HubUnderTest) -> None:
    invite(hub)
    invite(hub, "kim@example.org")
    kim = ask(hub, lambda store: store.person_by_email("kim@example.org")).person_id
    ask(hub, lambda store: store.start_session(robin(hub), "a" * 64, hub.now, hub.now + HOURS_12))
    ask(hub, lambda store: store.start_session(kim, "b" * 64, hub.now, hub.now + HOURS_12))
    person_id = robin(hub)
    ask(hub, lambda store: store.set_password_hash(person_id, "new"))
    assert ask(hub, lambda store: store.password_hash(person_id)) == "new"
    assert ask(hub, lambda store: store.session_person("a" * 64, hub.now)) is None
    assert ask(hub, lambda store: store.session_person("b" * 64, hub.now)) == kim


def test_a_session_ends_at_its_time_and_when_it_is_ended(hub: HubUnderTest) -> None:
    invite(hub)
    person_id = robin(hub)
    for name in "ab":
        ask(
            hub,
            lambda store, name=name: store.start_session(person_id, name * 64, hub.now, hub.now + HOURS_12),
        )
    assert ask(hub, lambda store: store.session_person("a" * 64, hub.now + HOURS_12)) is None
    ask(hub, lambda store: store.end_session("a" * 64))
    ask(hub, lambda store: store.end_session("unknown"))
    assert ask(hub, lambda store: store.session_person("a" * 64, hub.now)) is None
    assert ask(hub, lambda store: store.session_person("b" * 64, hub.now)) == person_id


def test_failures_are_counted_from_a_moment_on_and_cleared_by_key(hub: HubUnderTest) -> None:
    for minutes in (20, 10, 0):
        at = hub.now - timedelta(minutes=minutes)
        ask(hub, lambda store, at=at: store.count_try("k" * 64, at, at, 5))
    ask(hub, lambda store: store.count_try("other", hub.now, hub.now, 5))
    since = hub.now - timedelta(minutes=10)
    assert ask(hub, lambda store: store.failures_since("k" * 64, since)) == 2
    ask(hub, lambda store: store.clear_failures("k" * 64))
    assert ask(hub, lambda store: store.failures_since("k" * 64, since)) == 0
    assert ask(hub, lambda store: store.failures_since("other", since)) == 1


def test_a_code_is_taken_once_even_by_two_threads(hub: HubUnderTest) -> None:
    invite(hub)
    person_id = robin(hub)
    start, taken = Barrier(2), []

    def take() -> None:
        start.wait()
        taken.append(ask(hub, lambda store: store.set_last_totp_step(person_id, 100)))

    threads = [Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, True]
    assert ask(hub, lambda store: store.set_last_totp_step(person_id, 99)) is False
    assert ask(hub, lambda store: store.last_totp_step(person_id)) == 100


def test_a_providers_account_is_tied_once(hub: HubUnderTest) -> None:
    invite(hub)
    person_id = robin(hub)
    assert ask(hub, lambda store: store.link_subject(person_id, "https://idp", "42")) is True
    assert ask(hub, lambda store: store.link_subject(person_id, "https://idp", "43")) is False
    assert ask(hub, lambda store: store.person_by_subject("https://idp", "42")).person_id == person_id
    assert ask(hub, lambda store: store.person_by_subject("https://other", "42")) is None


def test_signing_in_sweeps_what_is_past_its_time(hub: HubUnderTest) -> None:
    invite(hub)
    person_id = robin(hub)
    ask(hub, lambda store: store.start_session(person_id, "a" * 64, hub.now, hub.now + HOURS_12))
    ask(hub, lambda store: store.count_try("k" * 64, hub.now, hub.now, 5))
    hub.clock.advance(days=2)
    ask(hub, lambda store: store.start_session(person_id, "b" * 64, hub.now, hub.now + HOURS_12))
    with hub.session() as session:
        assert list(session.scalars(select(SignInSession.token_hash))) == ["b" * 64]
        assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0
