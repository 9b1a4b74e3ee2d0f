"""Sign-ins over the site's own tables."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from site_agent.auth import TableStore
from site_agent.models import Invitation, Person
from tests.support.agent import Agent, add_person
from ui.signin.store import Passkey, SignInStore


@pytest.fixture
def store(session: Any) -> SignInStore:
    return TableStore()


@pytest.fixture
def cora(session: Any, cedar: Agent) -> Person:
    person = add_person(session, cedar.now)
    session.commit()
    return person


def test_a_person_is_found_with_roles_and_not_after_leaving(
    store: SignInStore, cora: Person, cedar: Agent, session: Any
) -> None:
    found = store.person_by_email(cora.email)
    assert found == store.person(cora.person_id)
    assert (found.name, found.roles) == ("Cora Ordin", frozenset({"coordinator"}))
    assert store.person_by_email("nobody@example.ca") is None
    assert store.person("nobody") is None
    cora.left_at = cedar.now
    session.flush()
    assert store.person_by_email(cora.email) is None
    assert store.person(cora.person_id) is None


def test_the_authenticators_secret_is_kept_encrypted(store: SignInStore, cora: Person, session: Any) -> None:
    assert store.totp_secret(cora.person_id) is None
    store.set_totp_secret(cora.person_id, "JBSWY3DPEHPK3PXP")
    store.commit()
    assert store.totp_secret(cora.person_id) == "JBSWY3DPEHPK3PXP"
    assert "JBSWY3DP" not in str(session.execute(text("SELECT * FROM person")).all())


def test_a_code_is_good_once(store: SignInStore, cora: Person) -> None:
    assert store.set_last_totp_step(cora.person_id, 100)
    assert not store.set_last_totp_step(cora.person_id, 100)
    assert not store.set_last_totp_step(cora.person_id, 99)
    assert store.set_last_totp_step(cora.person_id, 101)
    assert store.last_totp_step(cora.person_id) == 101


def test_a_session_lives_until_it_expires_or_ends(store: SignInStore, cora: Person, cedar: Agent) -> None:
    until = cedar.now + timedelta(hours=1)
    store.start_session(cora.person_id, "h1", cedar.now, until)
    store.commit()
    assert store.session_person("h1", cedar.now) == cora.person_id
    assert store.session_person("h1", until) is None
    assert store.session_person("h2", cedar.now) is None
    store.end_session("h1")
    store.end_session("h1")
    assert store.session_person("h1", cedar.now) is None


def test_a_new_password_ends_every_session(
    store: SignInStore, cora: Person, cedar: Agent, session: Any
) -> None:
    store.start_session(cora.person_id, "h1", cedar.now, cedar.now + timedelta(hours=1))
    store.set_password_hash(cora.person_id, "$argon2id$…")
    store.commit()
    session.expire_all()
    assert store.password_hash(cora.person_id) == "$argon2id$…"
    assert store.session_person("h1", cedar.now) is None


def test_old_sessions_are_swept(store: SignInStore, cora: Person, cedar: Agent, session: Any) -> None:
    store.start_session(cora.person_id, "old", cedar.now, cedar.now + timedelta(hours=1))
    store.start_session(cora.person_id, "new", cedar.now + timedelta(hours=2), cedar.now + timedelta(hours=3))
    store.commit()
    assert session.execute(text("SELECT token_hash FROM sign_in_session")).scalars().all() == ["new"]


def test_an_invitation_is_taken_once_and_in_time(
    store: SignInStore, cora: Person, cedar: Agent, session: Any
) -> None:
    until = cedar.now + timedelta(days=7)
    session.add(Invitation(token_hash="h", person_id=cora.person_id, expires_at=until))
    session.commit()
    assert store.take_invitation("h", until) is None
    assert store.take_invitation("h", cedar.now) == cora.person_id
    assert store.take_invitation("h", cedar.now) is None


def test_an_invitation_that_was_not_committed_is_still_good(
    store: SignInStore, cora: Person, cedar: Agent, session: Any
) -> None:
    session.add(
        Invitation(token_hash="h", person_id=cora.person_id, expires_at=cedar.now + timedelta(days=7))
    )
    session.commit()
    who = cora.person_id
    store.take_invitation("h", cedar.now)
    session.rollback()
    assert store.take_invitation("h", cedar.now) == who


def test_failures_are_counted_by_key_and_time(store: SignInStore, cedar: Agent) -> None:
    for minutes in (0, 5, 20):
        at = cedar.now + timedelta(minutes=minutes)
        assert store.count_try("k", at, cedar.now, 5) is not None
    store.count_try("other", cedar.now, cedar.now, 5)
    assert store.failures_since("k", cedar.now + timedelta(minutes=5)) == 2
    store.clear_failures("k")
    assert store.failures_since("k", cedar.now) == 0
    assert store.failures_since("other", cedar.now) == 1


def test_an_account_of_a_provider_is_tied_once(store: SignInStore, cora: Person) -> None:
    assert store.person_by_subject("https://id.example", "7") is None
    assert store.link_subject(cora.person_id, "https://id.example", "7")
    assert not store.link_subject(cora.person_id, "https://id.example", "8")
    assert store.person_by_subject("https://id.example", "7").person_id == cora.person_id


def a_passkey(person_id: str, at: datetime, **changes: Any) -> Passkey:
    values: dict[str, Any] = {
        "passkey_id": "p1", "credential_id": b"c1", "public_key": b"key", "sign_count": 3, "label": "AB2C",
        "added_at": at,
    }  # fmt: skip
    return Passkey(person_id=person_id, **(values | changes))


def test_a_passkey_is_kept_used_and_removed_by_its_owner(
    store: SignInStore, cora: Person, cedar: Agent
) -> None:
    who, at, day = cora.person_id, cedar.now, cedar.now.date()
    assert store.add_passkey(a_passkey(who, at))
    assert not store.add_passkey(a_passkey(who, at, passkey_id="p2"))
    assert store.passkey(b"c1") == a_passkey(who, at)
    assert not store.use_passkey(b"c1", 3, day)
    assert not store.use_passkey(b"c1", 0, day)
    assert store.use_passkey(b"c1", 4, day)
    store.commit()
    assert store.passkeys_of(who) == [a_passkey(who, at, sign_count=4, used_on=day)]
    assert not store.remove_passkey("somebody", "p1")
    assert store.remove_passkey(who, "p1")
    assert store.passkey(b"c1") is None
    assert store.add_passkey(a_passkey(who, at, sign_count=0))
    assert store.use_passkey(b"c1", 0, day)
    assert store.use_passkey(b"c1", 0, day)


def test_a_question_is_answered_once(store: SignInStore, cedar: Agent) -> None:
    later = cedar.now + timedelta(minutes=5)
    assert store.spend_challenge("h", cedar.now, later)
    assert not store.spend_challenge("h", cedar.now, later)
    assert store.spend_challenge("h", later, later + timedelta(minutes=5)), "forgotten after its time"


def test_sessions_are_listed_and_ended_by_their_owner_only(
    store: SignInStore, cora: Person, cedar: Agent, session: Any
) -> None:
    who, until = cora.person_id, cedar.now + timedelta(hours=1)
    for n, name in enumerate("abc"):
        store.start_session(who, name, cedar.now + timedelta(minutes=n), until)
    store.commit()
    store.touch_session("b", cedar.now.date())
    session.expire_all()
    listed = store.sessions_of(who, cedar.now)
    assert [(each.token_hash, each.seen_on) for each in listed] == [
        ("c", None), ("b", cedar.now.date()), ("a", None),
    ]  # fmt: skip
    assert not store.end_session_of("somebody", "a")
    assert store.end_session_of(who, "a")
    assert store.end_other_sessions("somebody", "") == 0
    assert store.end_other_sessions(who, "b") == 1
    assert [each.token_hash for each in store.sessions_of(who, cedar.now)] == ["b"]


def test_a_deputys_role_ends_with_its_day(
    store: SignInStore, cora: Person, cedar: Agent, session: Any
) -> None:
    cora.roles, cora.deputy_until = ("deputy", "keeper"), cedar.now.date()
    session.commit()
    assert store.person(cora.person_id).roles == {"deputy", "keeper"}
    cora.deputy_until = cedar.now.date() - timedelta(days=1)
    assert store.person(cora.person_id).roles == {"keeper"}
    cora.deputy_until = None
    assert store.person(cora.person_id).roles == {"keeper"}


def test_an_invitation_tells_whose_it_is_without_being_used_up(
    store: SignInStore, cora: Person, cedar: Agent, session: Any
) -> None:
    session.add(
        Invitation(token_hash="h", person_id=cora.person_id, expires_at=cedar.now + timedelta(days=7))
    )
    session.commit()
    for _ in range(2):
        assert store.invited_person("h", cedar.now).email == cora.email
    assert store.invited_person("h", cedar.now + timedelta(days=7)) is None
