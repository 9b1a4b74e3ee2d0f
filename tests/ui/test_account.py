"""Somebody's own account: password, authenticator, recovery codes, and the browsers they are signed in with."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import (
    ORIGIN,
    PASSWORD,
    add_member,
    client_of,
    code_at,
    get,
    halfway,
    post,
    sign_in,
)
from ui.signin.recovery import code_hash, new_codes
from ui.signin.sessions import token_hash

NEW = "four lazy herons wade"
CHANGES = [
    "/account/authenticator",
    "/account/recovery-codes",
    "/account/passkeys/new",
    "/account/passkeys/x/remove",
]


@pytest.fixture
def store() -> MemoryStore:
    """Knows Ana and Ben."""
    store = MemoryStore()
    add_member(store)
    add_member(store, "ben", "nothing-in-particular")
    return store


@pytest.fixture
def ana(client: FlaskClient, clock: StoppedClock) -> FlaskClient:
    """Ana's browser, in which she signed in a moment ago."""
    sign_in(client, clock)
    return client


def again(app: Flask, clock: StoppedClock, name: str = "ana") -> FlaskClient:
    """Another browser of somebody who signs in with the next code."""
    clock.advance(seconds=30)
    sign_in(client := client_of(app), clock, name)
    return client


def own_hash(client: FlaskClient) -> str:
    with client.session_transaction(base_url=ORIGIN) as session:
        return token_hash(session["token"])


def codes_on(page: str) -> list[str]:
    return re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", page.partition("<main")[2])


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/again", *CHANGES])
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, path: str) -> None:
    assert get(client, path).location.startswith("/sign-in?next=")


@pytest.mark.parametrize(
    "path", ["/account/sessions/end", "/account/sessions/end-others", "/account/password"]
)
def test_a_stranger_changes_nothing(client: FlaskClient, path: str) -> None:
    assert post(client, path, form_page="/sign-in").status_code == 401


def test_an_account_is_there_for_whoever_has_any_role(app: Flask, clock: StoppedClock) -> None:
    assert get(again(app, clock, "ben"), "/account").status_code == 200


@pytest.mark.parametrize("path", CHANGES)
def test_a_quarter_of_an_hour_later_changes_want_signing_in_again(
    ana: FlaskClient, clock: StoppedClock, path: str
) -> None:
    clock.advance(minutes=15)
    assert get(ana, path).status_code in {200, 404}
    clock.advance(seconds=1)
    answer = get(ana, path)
    assert answer.location == f"/account/again?next={path}"
    assert post(ana, path, form_page="/account").location == f"/account/again?next={path}"
    page = get(ana, answer.location)
    assert "Sign in again first" in page.text
    sent = post(ana, answer.location)
    assert sent.location == f"/sign-in?next={path}"
    assert get(ana, "/").text == "home of nobody"


def test_signing_in_again_never_leads_elsewhere(ana: FlaskClient) -> None:
    assert post(ana, "/account/again?next=//evil.example").location == "/sign-in?next=/account"


def test_a_new_password_wants_the_old_one_and_signs_out_every_other_browser(
    ana: FlaskClient, app: Flask, clock: StoppedClock
) -> None:
    other = again(app, clock)
    wrong = post(ana, "/account/password", current="wrong", password=NEW)
    assert wrong.status_code == 422
    assert "That is not your current password" in wrong.text
    short = post(ana, "/account/password", current=PASSWORD, password="short")
    assert "Choose a password of at least 12 characters" in short.text
    assert get(other, "/").text == "home of Ana"
    before = own_hash(ana)
    assert post(ana, "/account/password", current=PASSWORD, password=NEW).location == "/account"
    assert get(ana, "/").text == "home of Ana"
    assert own_hash(ana) != before, "whoever had a copy of the cookie is out as well"
    assert get(other, "/").text == "home of nobody"
    assert post(other, "/sign-in", email="ana@example.org", password=PASSWORD).status_code == 422
    assert post(other, "/sign-in", email="ana@example.org", password=NEW).status_code == 303


def test_guessing_the_password_on_this_page_is_held_back_too(ana: FlaskClient) -> None:
    for n in range(5):
        post(ana, "/account/password", current=f"guess {n}", password=NEW)
    answer = post(ana, "/account/password", current=PASSWORD, password=NEW)
    assert answer.status_code == 422
    assert "There were too many wrong tries. Wait 15 minutes" in answer.text


def test_changing_the_password_does_not_make_an_old_session_fresh(
    ana: FlaskClient, clock: StoppedClock
) -> None:
    clock.advance(minutes=16)
    post(ana, "/account/password", current=PASSWORD, password=NEW)
    assert get(ana, "/account/recovery-codes").location.startswith("/account/again")


def test_who_has_no_password_chooses_one_only_just_after_signing_in(
    ana: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    store.accounts["ana"].password_hash = None
    assert post(ana, "/account/password", password=NEW).location == "/account"
    store.accounts["ana"].password_hash = None
    clock.advance(minutes=16)
    assert get(ana, "/account/password").location == "/account/again?next=/account/password"


def test_another_phone_takes_the_place_of_the_first(
    ana: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    page = get(ana, "/account/authenticator").text
    shown = re.search(r'<code class="app-code">([A-Z2-7 ]+)</code>', page)
    assert shown
    secret, old = shown[1].replace(" ", ""), store.accounts["ana"].totp_secret
    clock.advance(seconds=30)
    assert post(ana, "/account/authenticator", code="000000").status_code == 422
    assert store.accounts["ana"].totp_secret == old
    assert post(ana, "/account/authenticator", code=code_at(clock, secret)).location == "/account"
    assert store.accounts["ana"].totp_secret == secret
    with ana.session_transaction(base_url=ORIGIN) as session:
        assert "new_authenticator" not in session


def test_ten_codes_are_shown_once_and_kept_as_hashes(ana: FlaskClient, store: MemoryStore) -> None:
    assert "None. If you lose the phone, you cannot sign in" in get(ana, "/account").text
    made = codes_on(post(ana, "/account/recovery-codes").text)
    assert len(set(made)) == 10
    assert store.recovery_codes["ana"] == {code_hash("ana", each) for each in made}
    assert not codes_on(get(ana, "/account/recovery-codes").text)
    assert "10 of 10 left" in get(ana, "/account").text


def test_made_anew_the_old_ones_end(ana: FlaskClient, store: MemoryStore) -> None:
    [first, *_rest] = codes_on(post(ana, "/account/recovery-codes").text)
    assert "10 are left." in get(ana, "/account/recovery-codes").text
    post(ana, "/account/recovery-codes")
    assert code_hash("ana", first) not in store.recovery_codes["ana"]


def test_a_recovery_code_signs_in_once_in_the_place_of_the_app(
    ana: FlaskClient, app: Flask, store: MemoryStore
) -> None:
    [code, *_rest] = codes_on(post(ana, "/account/recovery-codes").text)
    halfway(client := client_of(app))
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert post(client, "/sign-in/recovery-code", code=sloppy).location == "/"
    assert get(client, "/").text == "home of Ana"
    assert "9 recovery codes are left." in get(client, "/account").text
    halfway(client := client_of(app))
    answer = post(client, "/sign-in/recovery-code", code=code)
    assert answer.status_code == 422
    assert "That code is not right, or it was used already" in answer.text
    assert store.n_recovery_codes("ana") == 9


def test_a_recovery_code_wants_the_password_first(client: FlaskClient, store: MemoryStore) -> None:
    store.set_recovery_codes("ana", [code_hash("ana", code := new_codes()[0])])
    assert post(client, "/sign-in/recovery-code", form_page="/sign-in", code=code).location == "/sign-in"
    assert store.n_recovery_codes("ana") == 1


def test_somebody_else_s_code_is_worthless(client: FlaskClient, store: MemoryStore) -> None:
    store.set_recovery_codes("ben", [code_hash("ben", code := new_codes()[0])])
    store.set_recovery_codes("ana", store.recovery_codes["ben"])
    halfway(client)
    assert post(client, "/sign-in/recovery-code", code=code).status_code == 422


@pytest.mark.parametrize("typed", ["", "123456", "7K2M-9QXY-ZMNA"])
def test_what_is_no_recovery_code_is_refused_and_not_counted(
    client: FlaskClient, store: MemoryStore, typed: str
) -> None:
    halfway(client)
    answer = post(client, "/sign-in/recovery-code", code=typed)
    assert answer.status_code == 422
    assert "Enter one of your recovery codes" in answer.text
    assert not store.failures


def test_guessing_codes_is_held_back(app: Flask, store: MemoryStore) -> None:
    store.set_recovery_codes("ana", [code_hash("ana", code := new_codes()[0])])
    halfway(client := client_of(app))
    for guess in new_codes()[:5]:
        assert post(client, "/sign-in/recovery-code", code=guess).status_code == 422
    assert post(client, "/sign-in/recovery-code", code=code).status_code == 429


def test_the_first_sign_in_leads_to_recovery_codes_and_on(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    store.accounts["ana"].totp_secret = None
    post(client, "/sign-in?next=/requests", email="ana@example.org", password=PASSWORD)
    page = get(client, "/sign-in/set-up-code?next=/requests").text
    shown = re.search(r'<code class="app-code">([A-Z2-7 ]+)</code>', page)
    assert shown
    code = code_at(clock, shown[1].replace(" ", ""))
    answer = post(client, "/sign-in/set-up-code?next=/requests", code=code)
    assert answer.location == "/account/recovery-codes?next=/requests"
    made = post(client, answer.location)
    assert len(codes_on(made.text)) == 10
    assert 'href="/requests"' in made.text


def test_sessions_are_listed_with_this_one_marked(ana: FlaskClient, app: Flask, clock: StoppedClock) -> None:
    again(app, clock)
    page = get(ana, "/account").text
    assert page.count("This browser") == 1
    assert page.count('name="session"') == 1
    assert own_hash(ana) not in page


def test_the_last_day_of_use_is_kept_and_shown(app: Flask, clock: StoppedClock) -> None:
    app.config["SESSION_IDLE_MINUTES"] = 24 * 60
    clock.advance(hours=13)  # eleven at night
    ana, other = again(app, clock), again(app, clock)
    assert get(ana, "/account").text.count("Today") == 2
    clock.advance(hours=2)
    page = get(ana, "/account").text
    assert page.count("Today") == 1, "the other browser was not used since midnight"
    get(other, "/account")
    assert get(ana, "/account").text.count("Today") == 2


def test_one_browser_is_signed_out(ana: FlaskClient, app: Flask, clock: StoppedClock) -> None:
    other = again(app, clock)
    assert (
        post(ana, "/account/sessions/end", form_page="/account", session=own_hash(other)).location
        == "/account"
    )
    assert get(other, "/").text == "home of nobody"
    assert get(ana, "/").text == "home of Ana"
    assert "That browser is signed out." in get(ana, "/account").text


def test_all_others_are_signed_out(ana: FlaskClient, app: Flask, clock: StoppedClock) -> None:
    others = [again(app, clock), again(app, clock)]
    post(ana, "/account/sessions/end-others", form_page="/account")
    assert [get(each, "/").text for each in others] == ["home of nobody"] * 2
    assert "2 other browsers are signed out." in get(ana, "/account").text


def test_this_browser_may_end_its_own(ana: FlaskClient) -> None:
    answer = post(ana, "/account/sessions/end", form_page="/account", session=own_hash(ana))
    assert answer.location == "/sign-in"
    assert get(ana, "/").text == "home of nobody"


def test_nobody_ends_somebody_else_s_session(ana: FlaskClient, app: Flask, clock: StoppedClock) -> None:
    ben = again(app, clock, "ben")
    post(ana, "/account/sessions/end", form_page="/account", session=own_hash(ben))
    post(ana, "/account/sessions/end-others", form_page="/account")
    assert get(ben, "/").text == "home of Ben"


@pytest.mark.parametrize("path", ["/account/sessions/end", "/account/sessions/end-others", *CHANGES])
def test_a_press_without_its_token_is_refused(ana: FlaskClient, path: str) -> None:
    assert ana.post(path, base_url=ORIGIN).status_code == 400
