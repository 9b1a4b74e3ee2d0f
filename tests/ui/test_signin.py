"""Email and password: what it takes, what it never tells, and how guessing is held back."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import (
    CHEAP,
    PASSWORD,
    add_member,
    client_of,
    code_at,
    get,
    halfway,
    post,
    sign_in,
    small_app,
)

WRONG = "The email address or the password is not right"
EMAIL = "ana@example.org"


@pytest.fixture
def store() -> MemoryStore:
    """Knows Ana, who has a password and an authenticator app."""
    store = MemoryStore()
    add_member(store)
    return store


def test_password_and_code_sign_in(client: FlaskClient, clock: StoppedClock) -> None:
    answer = sign_in(client, clock)
    assert (answer.status_code, answer.location) == (303, "/")
    assert get(client, "/").text == "home of Ana"


def test_signing_in_leads_back_to_the_page_asked_for(client: FlaskClient, clock: StoppedClock) -> None:
    assert sign_in(client, clock, next_page="/requests?stage%3Dearly").location == "/requests?stage=early"


def test_the_bare_address_leads_to_the_first_page_of_whoever_signs_in(
    client: FlaskClient, clock: StoppedClock
) -> None:
    looks = client.application.extensions["ui"]
    client.application.extensions["ui"] = replace(looks, home=lambda: "/safety")
    assert sign_in(client, clock, next_page="/").location == "/safety"


@pytest.mark.parametrize("next_page", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_never_leads_elsewhere(client: FlaskClient, clock: StoppedClock, next_page: str) -> None:
    assert sign_in(client, clock, next_page=next_page).location == "/"


def test_somebody_signed_in_is_sent_on(client: FlaskClient, clock: StoppedClock) -> None:
    sign_in(client, clock)
    assert get(client, "/sign-in?next=/requests").location == "/requests"


def test_the_password_alone_signs_nobody_in(client: FlaskClient, store: MemoryStore) -> None:
    assert post(client, "/sign-in", email=EMAIL, password=PASSWORD).location == "/sign-in/code"
    assert get(client, "/").text == "home of nobody"
    assert not store.sessions


def test_the_email_is_taken_in_any_case_and_with_spaces(client: FlaskClient) -> None:
    assert post(client, "/sign-in", email=" Ana@Example.ORG ", password=PASSWORD).status_code == 303


def test_a_wrong_password_keeps_the_email_and_not_the_password(client: FlaskClient) -> None:
    answer = post(client, "/sign-in", email=EMAIL, password="not the password")
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert f'value="{EMAIL}"' in answer.text
    assert "not the password" not in answer.text
    assert "<title>Error: Sign in" in answer.text


def test_an_empty_form_says_what_is_missing(client: FlaskClient) -> None:
    answer = post(client, "/sign-in")
    assert answer.status_code == 422
    assert "Enter your email address" in answer.text
    assert "Enter your password" in answer.text


def masked(page: str) -> str:
    """A page without what differs on every visit."""
    return re.sub(r'(csrf_token" value=)"[^"]+"', r"\1", page).replace("nobody@", "ana@")


def test_an_unknown_account_gets_the_same_page_as_a_wrong_password(app: Flask) -> None:
    known = post(client_of(app), "/sign-in", email=EMAIL, password="wrong")
    unknown = post(client_of(app), "/sign-in", email="nobody@example.org", password="wrong")
    assert masked(known.text) == masked(unknown.text)
    assert known.status_code == unknown.status_code


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org", "new@example.org"])
def test_every_check_computes_one_hash_of_the_same_cost(
    client: FlaskClient, store: MemoryStore, email: str
) -> None:
    store.add("new", "coordinator")  # invited, no password yet
    with patch("argon2.PasswordHasher.verify", autospec=True, side_effect=PasswordHasher.verify) as verify:
        post(client, "/sign-in", email=email, password="wrong")
    [call] = verify.call_args_list
    assert "$m=8,t=1,p=1$" in call.args[1]


def test_no_transaction_is_open_while_a_password_is_checked(client: FlaskClient, store: MemoryStore) -> None:
    seen: list[int] = []

    def verify(hasher: PasswordHasher, kept: str, typed: str) -> bool:
        seen.append(store.n_commits)
        return True

    with patch("argon2.PasswordHasher.verify", verify):
        post(client, "/sign-in", email=EMAIL, password=PASSWORD)
    assert seen == [2], "one after the try was counted, one after the hash was read"


def test_an_invited_person_cannot_sign_in_before_choosing_a_password(
    client: FlaskClient, store: MemoryStore
) -> None:
    store.add("new", "coordinator")
    assert WRONG in post(client, "/sign-in", email="new@example.org", password=PASSWORD).text


def test_a_hash_with_old_parameters_is_replaced(client: FlaskClient, store: MemoryStore) -> None:
    account = store.accounts["ana"]
    account.password_hash = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    post(client, "/sign-in", email=EMAIL, password=PASSWORD)
    assert "$m=8,t=1,p=1$" in (account.password_hash or "")
    assert store.n_commits == 3, "one for the try, one before the check, one for the new hash"


def test_the_shipped_hash_is_argon2id_with_the_library_s_own_cost() -> None:
    app = small_app(MemoryStore(), ARGON2={})
    made = app.extensions["passwords"].hash(PASSWORD)
    assert made.startswith("$argon2id$")
    assert not PasswordHasher().check_needs_rehash(made)


def test_a_password_matches_however_its_letters_are_composed(client: FlaskClient, store: MemoryStore) -> None:
    composed, apart = "caf\u00e9 caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301 cafe\u0301"
    store.accounts["ana"].password_hash = PasswordHasher(**CHEAP).hash(composed)
    assert post(client, "/sign-in", email=EMAIL, password=apart).status_code == 303


def guess(client: FlaskClient, times: int, email: str = EMAIL) -> int:
    """Type so many wrong passwords; returns the last status."""
    answers = [post(client, "/sign-in", email=email, password=f"guess {n}") for n in range(times)]
    return answers[-1].status_code


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_the_sixth_wrong_password_in_a_quarter_of_an_hour_has_to_wait(
    client: FlaskClient, email: str
) -> None:
    assert guess(client, 5, email) == 422
    answer = post(client, "/sign-in", email=email, password="guess")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "Wait 15 minutes, then try again." in answer.text
    assert f'value="{email}"' in answer.text


def test_even_the_right_password_has_to_wait(client: FlaskClient) -> None:
    guess(client, 5)
    assert post(client, "/sign-in", email=EMAIL, password=PASSWORD).status_code == 429


def test_the_wait_counts_down_and_ends(client: FlaskClient, clock: StoppedClock) -> None:
    guess(client, 5)
    clock.advance(minutes=14, seconds=30)
    assert "Wait 1 minute, then" in post(client, "/sign-in", email=EMAIL, password=PASSWORD).text
    clock.advance(minutes=1)
    assert post(client, "/sign-in", email=EMAIL, password=PASSWORD).status_code == 303


def test_trying_while_waiting_does_not_lengthen_the_wait(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    guess(client, 5)
    clock.advance(minutes=10)
    assert guess(client, 5) == 429
    assert len(store.failures) == 5


def test_one_account_s_failures_do_not_hold_back_another(client: FlaskClient, store: MemoryStore) -> None:
    add_member(store, "ben")
    guess(client, 5)
    assert post(client, "/sign-in", email="ben@example.org", password=PASSWORD).status_code == 303


def test_wrong_codes_are_counted_and_the_password_does_not_forgive_them(
    app: Flask, clock: StoppedClock
) -> None:
    for _ in range(5):
        halfway(client := client_of(app))
        assert post(client, "/sign-in/code", code=code_at(clock, steps=9)).status_code == 422
    answer = post(client, "/sign-in/code", code=code_at(clock))
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text


def test_wrong_codes_count_for_an_account_whose_email_is_kept_with_capitals(
    app: Flask, store: MemoryStore, clock: StoppedClock
) -> None:
    account = store.accounts["ana"]
    account.person = replace(account.person, email="Ana@Example.org")
    for _ in range(5):
        halfway(client := client_of(app))
        post(client, "/sign-in/code", code=code_at(clock, steps=9))
    assert post(client_of(app), "/sign-in", email=EMAIL, password=PASSWORD).status_code == 429


def test_signing_in_forgives_earlier_failures(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    guess(client, 4)
    sign_in(client, clock)
    assert not store.failures


def test_failures_are_kept_durably_and_without_the_address(client: FlaskClient, store: MemoryStore) -> None:
    guess(client, 1)
    [(key, _at)] = store.failures
    assert store.n_commits == 2, "one for the try, one before the check"
    assert key not in {EMAIL, hashlib.sha256(EMAIL.encode()).hexdigest()}


def test_the_limit_is_a_setting(store: MemoryStore, clock: StoppedClock) -> None:
    client = client_of(small_app(store, clock, SIGN_IN_FAILURES=1, SIGN_IN_FAILURE_MINUTES=3))
    guess(client, 1)
    assert "Wait 3 minutes" in post(client, "/sign-in", email=EMAIL, password=PASSWORD).text
