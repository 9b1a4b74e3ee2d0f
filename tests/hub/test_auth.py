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
from hub.sealed_text import SealedValueError
from hub.services import people
from tests.support.clock import START
from tests.support.hub import HubUnderTest
from ui.signin.sessions import token_hash
from ui.signin.store import Passkey, SignInStore

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


def test_of_sixteen_tries_at_once_five_are_counted_and_judged(hub: HubUnderTest) -> None:
    start, counted = Barrier(16), []

    def count() -> None:
        start.wait()
        since = hub.now - timedelta(minutes=15)
        counted.append(ask(hub, lambda store: store.count_try("k" * 64, hub.now, since, 5)))

    threads = [Thread(target=count) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each is not None for each in counted) == 5
    ask(hub, lambda store: store.forget_try(next(each for each in counted if each is not None)))
    assert ask(hub, lambda store: store.failures_since("k" * 64, hub.now)) == 4


def test_an_authenticators_secret_is_kept_encrypted_and_for_its_own_row(hub: HubUnderTest) -> None:
    invite(hub)
    invite(hub, "kim@example.org")
    kim = ask(hub, lambda store: store.person_by_email("kim@example.org")).person_id
    ask(hub, lambda store: store.set_totp_secret(robin(hub), "JBSWY3DPEHPK3PXP"))
    assert ask(hub, lambda store: store.totp_secret(robin(hub))) == "JBSWY3DPEHPK3PXP"
    with hub.session() as session:
        sealed = session.get_one(Person, robin(hub)).totp_sealed
        assert "JBSWY3DP" not in str(sealed)
        session.get_one(Person, kim).totp_sealed = sealed
    with pytest.raises(SealedValueError):
        ask(hub, lambda store: store.totp_secret(kim))


def a_passkey(person_id: str, **changes: Any) -> Passkey:
    values: dict[str, Any] = {
        "passkey_id": "p1", "credential_id": b"c1", "public_key": b"key", "sign_count": 3, "label": "AB2C",
        "added_at": START,
    }  # fmt: skip
    return Passkey(person_id=person_id, **(values | changes))


def test_a_passkey_is_kept_used_and_removed_by_its_owner(hub: HubUnderTest) -> None:
    invite(hub)
    who = robin(hub)
    assert ask(hub, lambda store: store.add_passkey(a_passkey(who))) is True
    assert ask(hub, lambda store: store.add_passkey(a_passkey(who, passkey_id="p2"))) is False
    assert ask(hub, lambda store: store.passkey(b"c1")) == a_passkey(who)
    day = START.date()
    assert ask(hub, lambda store: store.use_passkey(b"c1", 3, day)) is False
    assert ask(hub, lambda store: store.use_passkey(b"c1", 0, day)) is False
    assert ask(hub, lambda store: store.use_passkey(b"c1", 4, day)) is True
    assert ask(hub, lambda store: store.passkeys_of(who)) == [a_passkey(who, sign_count=4, used_on=day)]
    assert ask(hub, lambda store: store.remove_passkey("somebody", "p1")) is False
    assert ask(hub, lambda store: store.remove_passkey(who, "p1")) is True
    assert ask(hub, lambda store: store.passkey(b"c1")) is None


def test_a_passkey_that_counts_nothing_may_go_on_doing_so(hub: HubUnderTest) -> None:
    invite(hub)
    ask(hub, lambda store: store.add_passkey(a_passkey(robin(hub), sign_count=0)))
    for _ in range(2):
        assert ask(hub, lambda store: store.use_passkey(b"c1", 0, START.date())) is True


def test_a_question_is_answered_once_until_it_is_forgotten(hub: HubUnderTest) -> None:
    later = hub.now + timedelta(minutes=5)
    assert ask(hub, lambda store: store.spend_challenge("h" * 64, hub.now, later)) is True
    assert ask(hub, lambda store: store.spend_challenge("h" * 64, hub.now, later)) is False
    assert ask(hub, lambda store: store.spend_challenge("i" * 64, later, later + HOURS_12)) is True
    assert ask(hub, lambda store: store.spend_challenge("h" * 64, later, later + HOURS_12)) is True


def test_recovery_codes_are_good_once_and_replaced_whole(hub: HubUnderTest) -> None:
    invite(hub)
    who = robin(hub)
    ask(hub, lambda store: store.set_recovery_codes(who, ["a", "b"]))
    assert ask(hub, lambda store: store.take_recovery_code("somebody", "a")) is False
    assert ask(hub, lambda store: store.take_recovery_code(who, "a")) is True
    assert ask(hub, lambda store: store.take_recovery_code(who, "a")) is False
    assert ask(hub, lambda store: store.n_recovery_codes(who)) == 1
    ask(hub, lambda store: store.set_recovery_codes(who, ["c", "d"]))
    assert ask(hub, lambda store: store.take_recovery_code(who, "b")) is False


def test_sessions_are_listed_and_ended_by_their_owner_only(hub: HubUnderTest) -> None:
    invite(hub)
    who, until = robin(hub), hub.now + HOURS_12
    for n, name in enumerate("abc"):
        at = hub.now + timedelta(minutes=n)
        ask(hub, lambda store, at=at, name=name: store.start_session(who, name * 64, at, until))
    ask(hub, lambda store: store.touch_session("b" * 64, START.date()))
    listed = ask(hub, lambda store: store.sessions_of(who, hub.now))
    assert [(each.token_hash[0], each.seen_on) for each in listed] == [
        ("c", None), ("b", START.date()), ("a", None),
    ]  # fmt: skip
    assert ask(hub, lambda store: store.sessions_of(who, until)) == []
    assert ask(hub, lambda store: store.end_session_of("somebody", "a" * 64)) is False
    assert ask(hub, lambda store: store.end_session_of(who, "a" * 64)) is True
    assert ask(hub, lambda store: store.end_other_sessions("somebody", "")) == 0
    assert ask(hub, lambda store: store.end_other_sessions(who, "b" * 64)) == 1
    assert [each.token_hash for each in ask(hub, lambda store: store.sessions_of(who, hub.now))] == ["b" * 64]


def test_an_invitation_tells_whose_it_is_without_being_used_up(hub: HubUnderTest) -> None:
    token = token_hash(invite(hub))
    for _ in range(2):
        assert ask(hub, lambda store: store.invited_person(token, hub.now)).email == EMAIL
    assert ask(hub, lambda store: store.invited_person(token, hub.now + INVITATION_LIFETIME)) is None
    assert ask(hub, lambda store: store.take_invitation(token, hub.now)) == robin(hub)


def test_two_of_the_staff_cannot_close_each_other_at_once(hub: HubUnderTest) -> None:
    addresses = (EMAIL, "kim@example.org")
    for address in addresses:
        invite(hub, address)
    with hub.session() as session:
        for person in session.scalars(select(Person)):
            person.password_hash = "x"
    start, closed = Barrier(2), []

    def close(address: str) -> None:
        start.wait()
        try:
            with hub.session() as session:
                people.close(
                    session, session.scalars(select(Person).where(Person.email == address)).one(), hub.now
                )
            closed.append(address)
        except people.LastStaffError:
            pass

    threads = [Thread(target=close, args=(address,)) for address in addresses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(closed) == 1
