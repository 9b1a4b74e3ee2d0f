"""Signing in by password and code: what it takes, what it never tells, and how it ends."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from unittest.mock import patch

import pyotp
import pytest
import segno
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import (
    CHEAP,
    ORIGIN,
    PASSWORD,
    SECRET,
    add_member,
    client_of,
    code_at,
    get,
    post,
    sign_in,
    small_app,
)
from ui.signin.codes import matching_step
from ui.signin.sessions import token_hash

WRONG = "The email address or the password is not right"
EMAIL = "ana@example.org"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    add_member(store)
    return store


@pytest.fixture
def app(store: MemoryStore, clock: StoppedClock) -> Flask:
    return small_app(store, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return client_of(app)


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("__Host-session")
    assert cookie
    return cookie.value


def put_cookie(client: FlaskClient, value: str) -> None:
    client.set_cookie("__Host-session", value, secure=True, httponly=True)


def session_of(client: FlaskClient) -> dict[str, object]:
    with client.session_transaction(base_url=ORIGIN) as session:
        return dict(session)


# Password


def test_password_and_code_sign_in(client: FlaskClient, clock: StoppedClock) -> None:
    answer = sign_in(client, clock)
    assert (answer.status_code, answer.location) == (303, "/")
    assert get(client, "/").text == "home of Ana"


def test_signing_in_leads_back_to_the_page_asked_for(client: FlaskClient, clock: StoppedClock) -> None:
    assert sign_in(client, clock, next_page="/requests?stage%3Dearly").location == "/requests?stage=early"


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
    assert store.n_commits == 1


def test_the_shipped_hash_is_argon2id_with_the_library_s_own_cost() -> None:
    app = small_app(MemoryStore(), ARGON2={})
    made = app.extensions["passwords"].hash(PASSWORD)
    assert made.startswith("$argon2id$")
    assert not PasswordHasher().check_needs_rehash(made)


def test_a_password_matches_however_its_letters_are_composed(client: FlaskClient, store: MemoryStore) -> None:
    composed, apart = "caf\u00e9 caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301 cafe\u0301"
    store.accounts["ana"].password_hash = PasswordHasher(**CHEAP).hash(composed)
    assert post(client, "/sign-in", email=EMAIL, password=apart).status_code == 303


# Code


def halfway(client: FlaskClient) -> None:
    assert post(client, "/sign-in", email=EMAIL, password=PASSWORD).status_code == 303


def test_the_right_password_drops_what_the_cookie_held_before(client: FlaskClient) -> None:
    with client.session_transaction(base_url=ORIGIN) as session:
        session["planted"] = "by somebody else"
    halfway(client)
    assert set(session_of(client)) == {"halfway"}


def test_a_step_is_matched_once_and_only_forwards(clock: StoppedClock) -> None:
    code, step = code_at(clock), int(clock.now().timestamp()) // 30
    assert matching_step(SECRET, code, clock.now(), None) == step
    assert matching_step(SECRET, code, clock.now(), step - 1) == step
    assert matching_step(SECRET, code, clock.now(), step) is None
    assert matching_step(SECRET, code, clock.now(), step + 1) is None


def test_the_code_page_wants_the_password_first(client: FlaskClient) -> None:
    assert get(client, "/sign-in/code").location == "/sign-in"
    assert get(client, "/sign-in/set-up-code").location == "/sign-in"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_code_is_refused_and_not_counted(
    client: FlaskClient, store: MemoryStore, typed: str
) -> None:
    halfway(client)
    answer = post(client, "/sign-in/code", code=typed)
    assert answer.status_code == 422
    assert "Enter the 6 digits" in answer.text
    assert not store.failures


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_phone_whose_clock_is_one_step_off_works(
    client: FlaskClient, clock: StoppedClock, steps: int
) -> None:
    halfway(client)
    assert post(client, "/sign-in/code", code=code_at(clock, steps=steps)).status_code == 303


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_two_steps_off_is_refused(client: FlaskClient, clock: StoppedClock, steps: int) -> None:
    halfway(client)
    answer = post(client, "/sign-in/code", code=code_at(clock, steps=steps))
    assert answer.status_code == 422
    assert get(client, "/").text == "home of nobody"


def test_a_code_may_be_typed_in_groups(client: FlaskClient, clock: StoppedClock) -> None:
    halfway(client)
    code = code_at(clock)
    assert post(client, "/sign-in/code", code=f" {code[:3]} {code[3:]} ").status_code == 303


def test_a_code_is_good_once(app: Flask, clock: StoppedClock) -> None:
    sign_in(client_of(app), clock)
    answer = sign_in(again := client_of(app), clock)
    assert answer.status_code == 422
    assert get(again, "/").text == "home of nobody"


def test_an_earlier_code_is_worthless_after_a_later_one(app: Flask, clock: StoppedClock) -> None:
    halfway(first := client_of(app))
    halfway(second := client_of(app))
    assert post(first, "/sign-in/code", code=code_at(clock, steps=1)).status_code == 303
    assert post(second, "/sign-in/code", code=code_at(clock, steps=0)).status_code == 422


def test_a_code_that_another_thread_took_first_is_refused(
    client: FlaskClient, clock: StoppedClock, store: MemoryStore
) -> None:
    halfway(client)
    with patch.object(store, "set_last_totp_step", return_value=False):
        assert post(client, "/sign-in/code", code=code_at(clock)).status_code == 422
    assert not store.sessions


def test_the_way_from_password_to_code_closes_after_ten_minutes(
    client: FlaskClient, clock: StoppedClock
) -> None:
    halfway(client)
    clock.advance(minutes=10)
    assert get(client, "/sign-in/code").status_code == 200
    clock.advance(seconds=1)
    assert get(client, "/sign-in/code").location == "/sign-in"


def test_the_code_page_holds_no_account(client: FlaskClient) -> None:
    halfway(client)
    page = get(client, "/sign-in/code").text
    assert EMAIL not in page
    assert "Ana" not in page


# Setting up the authenticator app


def enrolling(client: FlaskClient, store: MemoryStore) -> str:
    """Get to the page with the QR code; returns the secret it shows."""
    store.accounts["ana"].totp_secret = None
    halfway(client)
    assert get(client, "/sign-in/code").location == "/sign-in/set-up-code"
    page = get(client, "/sign-in/set-up-code").text
    shown = re.search(r'<code class="app-code">([A-Z2-7 ]+)</code>', page)
    assert shown
    return shown[1].replace(" ", "")


def test_the_first_sign_in_sets_up_the_app(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    secret = enrolling(client, store)
    answer = post(client, "/sign-in/set-up-code", code=code_at(clock, secret))
    assert answer.status_code == 303
    assert store.accounts["ana"].totp_secret == secret
    assert get(client, "/").text == "home of Ana"


def test_the_secret_is_not_active_before_a_code_of_it_was_right(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    secret = enrolling(client, store)
    wrong = f"{(int(code_at(clock, secret)) + 1) % 1_000_000:06}"
    answer = post(client, "/sign-in/set-up-code", code=wrong)
    assert answer.status_code == 422
    assert store.accounts["ana"].totp_secret is None
    assert secret[:4] in answer.text, "the same secret stays, or the phone has the wrong one"


def test_the_code_that_set_up_the_app_is_used_up(app: Flask, store: MemoryStore, clock: StoppedClock) -> None:
    secret = enrolling(client := client_of(app), store)
    post(client, "/sign-in/set-up-code", code=code_at(clock, secret))
    halfway(again := client_of(app))
    assert post(again, "/sign-in/code", code=code_at(clock, secret)).status_code == 422


def test_an_app_that_is_set_up_is_never_shown_or_replaced(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    secret = enrolling(client, store)
    store.accounts["ana"].totp_secret = SECRET
    assert get(client, "/sign-in/set-up-code").location == "/sign-in/code"
    post(client, "/sign-in/set-up-code", form_page="/sign-in", code=code_at(clock, secret))
    assert store.accounts["ana"].totp_secret == SECRET


def test_two_people_are_offered_different_secrets(app: Flask, store: MemoryStore) -> None:
    first, second = enrolling(client_of(app), store), enrolling(client_of(app), store)
    assert first != second
    assert len(first) == 32, "160 bits in base32"


def test_the_qr_code_is_drawn_without_style_and_holds_the_address_apps_read(
    client: FlaskClient, store: MemoryStore
) -> None:
    with patch("ui.signin.codes.segno.make", wraps=segno.make) as make:
        secret = enrolling(client, store)
    page = get(client, "/sign-in/set-up-code").text
    drawing = re.search(r"<svg.*?</svg>", page.partition('class="app-qr"')[2], re.DOTALL)
    assert drawing
    assert "style" not in drawing[0]
    read = pyotp.parse_uri(make.call_args.args[0])
    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.name, read.issuer) == (secret, EMAIL, "Alongside")


# Guessing


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
    assert store.n_commits == 1
    assert key not in {EMAIL, hashlib.sha256(EMAIL.encode()).hexdigest()}


def test_the_limit_is_a_setting(store: MemoryStore, clock: StoppedClock) -> None:
    client = client_of(small_app(store, clock, SIGN_IN_FAILURES=1, SIGN_IN_FAILURE_MINUTES=3))
    guess(client, 1)
    assert "Wait 3 minutes" in post(client, "/sign-in", email=EMAIL, password=PASSWORD).text


# Session


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
    assert set(session_of(client)) == {"token", "seen"}
    get(client, "/sign-in/code")
    get(client, "/nowhere")  # its header has a form
    assert set(session_of(client)) == {"token", "seen", "csrf_token"}


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


# Invitation


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


def test_the_link_works_once(client: FlaskClient, store: MemoryStore, clock: StoppedClock) -> None:
    path = invited(store, clock)
    post(client, path, password=PASSWORD)
    answer = post(client, path, password="another long password")
    assert answer.status_code == 410
    assert "This link no longer works" in answer.text
    assert PasswordHasher().verify(store.accounts["new"].password_hash or "", PASSWORD)


def test_the_link_runs_out(client: FlaskClient, store: MemoryStore, clock: StoppedClock) -> None:
    path = invited(store, clock)
    clock.advance(days=1)
    assert post(client, path, password=PASSWORD).status_code == 410
    assert store.accounts["new"].password_hash is None
