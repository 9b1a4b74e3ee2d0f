"""The one-time link by which an invited person chooses a password."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import (
    PASSWORD,
    get,
    post,
)
from ui.signin.sessions import token_hash


def invited(store: MemoryStore, clock: StoppedClock, secret: str = "a-long-secret") -> str:
    """Invite somebody new; returns the path of their link."""
    store.add("new", "coordinator")
    store.invitations[token_hash(secret)] = ("new", clock.now().replace(hour=23))
    return f"/sign-in/welcome/{secret}"


def test_an_invited_person_chooses_a_password(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    path = invited(store, clock)
    assert post(client, path, password=PASSWORD).location == "/sign-in"
    assert "Your password is set." in get(client, "/sign-in").text
    assert post(client, "/sign-in", email="new@example.org", password=PASSWORD).status_code == 303


def test_opening_the_link_uses_nothing_up(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    path = invited(store, clock)
    assert get(client, path).status_code == 200
    assert get(client, path).status_code == 200
    assert len(store.invitations) == 1
    assert store.n_commits == 0


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "Choose a password"),
        ("eleven char", "at least 12 characters"),
        ("x" * 201, "at most 200 characters"),
    ],
)
def test_a_password_that_will_not_do_does_not_spend_the_link(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock, typed: str, advice: str
) -> None:
    answer = post(client, invited(store, clock), password=typed)
    assert answer.status_code == 422
    assert advice in answer.text
    assert len(store.invitations) == 1


def test_no_invitation_is_held_while_a_password_is_hashed(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    path, left = invited(store, clock), []
    with patch("argon2.PasswordHasher.hash", lambda *_: left.append(len(store.invitations)) or "hash"):
        post(client, path, password=PASSWORD)
    assert left == [1]


def test_the_link_works_once(client: FlaskClient, store: MemoryStore, clock: StoppedClock) -> None:
    path = invited(store, clock)
    post(client, path, password=PASSWORD)
    answer = post(client, path, form_page="/sign-in", password="another long password")
    assert answer.status_code == 410
    assert "This link no longer works" in answer.text
    assert PasswordHasher().verify(store.accounts["new"].password_hash or "", PASSWORD)


def test_the_link_runs_out(client: FlaskClient, store: MemoryStore, clock: StoppedClock) -> None:
    path = invited(store, clock)
    clock.advance(days=1)
    assert post(client, path, form_page="/sign-in", password=PASSWORD).status_code == 410
    assert store.accounts["new"].password_hash is None


@pytest.mark.parametrize("why", ["used", "late", "unknown"])
def test_a_link_that_no_longer_works_says_so_before_anything_is_typed(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock, why: str
) -> None:
    path = invited(store, clock)
    if why == "used":
        store.invitations.clear()
    elif why == "late":
        clock.advance(days=1)
    answer = get(client, path if why != "unknown" else "/sign-in/welcome/another")
    assert answer.status_code == 410
    assert "Ask whoever gave you access for a fresh one" in answer.text
    assert "New password" not in answer.text
