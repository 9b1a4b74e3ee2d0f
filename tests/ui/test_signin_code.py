"""The code of the authenticator app, and setting the app up."""

from __future__ import annotations

import re
from unittest.mock import patch

import pyotp
import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import (
    ORIGIN,
    SECRET,
    add_member,
    client_of,
    code_at,
    get,
    halfway,
    post,
    sign_in,
)
from ui.signin.codes import matching_step

EMAIL = "ana@example.org"


@pytest.fixture
def store() -> MemoryStore:
    """Knows Ana, who has a password and an authenticator app."""
    store = MemoryStore()
    add_member(store)
    return store


def session_of(client: FlaskClient) -> dict[str, object]:
    with client.session_transaction(base_url=ORIGIN) as session:
        return dict(session)


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


@pytest.mark.parametrize("chosen", [None, "$argon2id$of-another-password"])
def test_who_knew_the_old_password_sets_up_no_code_of_an_account_that_starts_over(
    client: FlaskClient, store: MemoryStore, chosen: str | None
) -> None:
    halfway(client)
    [account] = store.accounts.values()
    account.password_hash, account.totp_secret = chosen, None
    answer = get(client, "/sign-in/set-up-code")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


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
