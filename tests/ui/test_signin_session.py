"""How a session begins, lasts and ends."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import (
    ORIGIN,
    add_member,
    client_of,
    get,
    post,
    sign_in,
    small_app,
)


@pytest.fixture
def store() -> MemoryStore:
    """Knows Ana, who has a password and an authenticator app."""
    store = MemoryStore()
    add_member(store)
    return store


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("__Host-session")
    assert cookie
    return cookie.value


def put_cookie(client: FlaskClient, value: str) -> None:
    client.set_cookie("__Host-session", value, secure=True, httponly=True)


def session_of(client: FlaskClient) -> dict[str, object]:
    with client.session_transaction(base_url=ORIGIN) as session:
        return dict(session)


def test_the_store_holds_only_the_hash_of_a_256_bit_token(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    sign_in(client, clock)
    token = session_of(client)["token"]
    assert isinstance(token, str)
    assert len(token) == 43, "32 bytes in base64url"
    assert list(store.sessions) == [hashlib.sha256(token.encode()).hexdigest()]


def test_signed_in_the_cookie_holds_the_token_the_time_and_nothing_else(
    client: FlaskClient, clock: StoppedClock
) -> None:
    sign_in(client, clock)
    assert set(session_of(client)) == {"token", "since", "seen"}
    get(client, "/sign-in/code")
    get(client, "/nowhere")  # its header has a form
    assert set(session_of(client)) == {"token", "since", "seen", "csrf_token"}


def test_signing_in_changes_token_and_csrf_secret(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    get(client, "/sign-in")
    planted = session_of(client)["csrf_token"]
    sign_in(client, clock)
    get(client, "/nowhere")
    assert session_of(client)["csrf_token"] != planted
    first = session_of(client)["token"]
    post(client, "/sign-in/out", form_page="/nowhere")
    clock.advance(minutes=1)
    sign_in(client, clock)
    assert session_of(client)["token"] != first
    assert len(store.sessions) == 1


def test_a_session_ends_after_twelve_hours_however_busy(client: FlaskClient, clock: StoppedClock) -> None:
    sign_in(client, clock)
    for _ in range(23):
        clock.advance(minutes=30)
        assert get(client, "/requests").status_code == 200
    clock.advance(minutes=30)
    assert get(client, "/requests").status_code == 302


def test_a_session_ends_after_an_idle_hour(client: FlaskClient, clock: StoppedClock) -> None:
    sign_in(client, clock)
    clock.advance(minutes=60)
    assert get(client, "/requests").status_code == 200
    clock.advance(minutes=60, seconds=1)
    assert get(client, "/requests").status_code == 302


def test_what_was_said_to_one_is_not_read_by_the_next_at_the_same_browser(
    client: FlaskClient, clock: StoppedClock
) -> None:
    sign_in(client, clock)
    with client.session_transaction(base_url=ORIGIN) as session:
        session["_flashes"] = [("done", "Dr. Uma Ross was asked by email.")]
    clock.advance(minutes=61)
    assert get(client, "/").text == "home of nobody"
    with client.session_transaction(base_url=ORIGIN) as session:
        assert "_flashes" not in session


def test_a_page_that_polls_by_itself_does_not_keep_the_session(
    client: FlaskClient, clock: StoppedClock
) -> None:
    sign_in(client, clock)
    for _ in range(2):
        clock.advance(minutes=30)
        assert get(client, "/requests", headers={"Sec-Fetch-Dest": "empty"}).status_code == 200
    clock.advance(seconds=1)
    assert get(client, "/requests").status_code == 302


def test_a_copy_of_the_cookie_that_lay_unused_is_worthless(
    app: Flask, client: FlaskClient, clock: StoppedClock
) -> None:
    sign_in(client, clock)
    copied = cookie_of(client)
    for _ in range(2):
        clock.advance(minutes=40)
        get(client, "/requests")
    put_cookie(thief := client_of(app), copied)
    assert get(thief, "/requests").status_code == 302
    assert get(client, "/requests").status_code == 200


def test_the_session_limits_are_settings(store: MemoryStore, clock: StoppedClock) -> None:
    client = client_of(small_app(store, clock, SESSION_HOURS=1, SESSION_IDLE_MINUTES=10))
    sign_in(client, clock)
    clock.advance(minutes=11)
    assert get(client, "/requests").status_code == 302


def test_signing_out_ends_every_copy_of_the_cookie(
    app: Flask, client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    sign_in(client, clock)
    copied = cookie_of(client)
    answer = post(client, "/sign-in/out", form_page="/nowhere")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not store.sessions
    put_cookie(thief := client_of(app), copied)
    assert get(thief, "/requests").status_code == 302
    assert "You are signed out." in get(client, "/sign-in").text


def test_a_link_cannot_sign_anybody_out(client: FlaskClient, clock: StoppedClock) -> None:
    sign_in(client, clock)
    assert get(client, "/sign-in/out").status_code == 405
    assert get(client, "/requests").status_code == 200


def test_signing_out_twice_is_no_error(client: FlaskClient) -> None:
    assert post(client, "/sign-in/out", form_page="/sign-in").status_code == 303


def test_a_made_up_cookie_is_nobody_s(client: FlaskClient) -> None:
    put_cookie(client, "eyJ0b2tlbiI6IngifQ.aaaaaa.bbbb")
    assert get(client, "/").text == "home of nobody"
