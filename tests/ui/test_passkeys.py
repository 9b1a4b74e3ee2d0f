"""Passkeys: made, used, removed, and every answer that signs nobody in."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.passkeys import PRESENT, Device
from tests.support.shared_web import ORIGIN, add_member, client_of, csrf_token, get, post, sign_in
from ui.signin.sessions import token_hash

TRY_AGAIN = "That did not work. Try again"
TOO_LATE = "That took too long, or the page was sent twice."
UNKNOWN = "That passkey is not known here."
COPIED = "That passkey may have been copied"


@pytest.fixture
def store() -> MemoryStore:
    """Knows Ana, who has a password and an authenticator app, and Ben."""
    store = MemoryStore()
    add_member(store)
    add_member(store, "ben")
    return store


@pytest.fixture
def device(client: FlaskClient, clock: StoppedClock) -> Device:
    """Ana's phone, with a passkey that she added."""
    device = Device()
    sign_in(client, clock)
    assert add(client, device).location == "/account"
    return device


@pytest.fixture
def stranger(app: Flask, device: Device) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return client_of(app)


def ask(
    client: FlaskClient, path: str = "/sign-in/passkey/question", page: str = "/sign-in"
) -> dict[str, Any]:
    """What the script fetches when the button is pressed."""
    headers = {"X-CSRFToken": csrf_token(client, page), "Sec-Fetch-Dest": "empty"}
    answer = client.post(path, headers=headers, base_url=ORIGIN)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    options: dict[str, Any] = answer.get_json()
    return options


def add(client: FlaskClient, device: Device) -> TestResponse:
    page = "/account/passkeys/new"
    options = ask(client, "/account/passkeys/question", page)
    return post(client, page, credential=device.make(options))


def give(client: FlaskClient, credential: str, next_page: str = "") -> TestResponse:
    query = f"?next={next_page}" if next_page else ""
    return post(client, f"/sign-in/passkey{query}", form_page="/sign-in", credential=credential)


def use(client: FlaskClient, device: Device) -> TestResponse:
    return give(client, device.answer(ask(client)))


def refused(client: FlaskClient, answer: TestResponse, words: str) -> None:
    """Sent back to sign in, told why, and not signed in."""
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert words in get(client, "/sign-in").text
    assert get(client, "/").text == "home of nobody"


def test_a_passkey_signs_in_alone(stranger: FlaskClient, device: Device) -> None:
    answer = use(stranger, device)
    assert (answer.status_code, answer.location) == (303, "/")
    assert get(stranger, "/").text == "home of Ana"


def test_it_leads_back_to_the_page_asked_for_and_never_elsewhere(
    stranger: FlaskClient, device: Device
) -> None:
    assert give(stranger, device.answer(ask(stranger)), "/requests").location == "/requests"
    get(stranger, "/")
    other = client_of(stranger.application)
    assert give(other, device.answer(ask(other)), "//evil.example").location == "/"


def test_the_question_names_this_host_and_nobody(stranger: FlaskClient) -> None:
    options = ask(stranger)
    assert (options["rpId"], options["allowCredentials"]) == ("localhost", [])
    assert options["userVerification"] == "required"


def test_making_one_asks_for_a_checked_and_found_key_and_no_second_one(
    client: FlaskClient, device: Device
) -> None:
    options = ask(client, "/account/passkeys/question", "/account/passkeys/new")
    assert options["authenticatorSelection"] == {
        "residentKey": "required", "requireResidentKey": True, "userVerification": "required",
    }  # fmt: skip
    assert len(options["excludeCredentials"]) == 1
    assert options["attestation"] == "none"


def test_it_is_known_by_a_code_and_a_day(client: FlaskClient, device: Device, store: MemoryStore) -> None:
    [kept] = store.passkeys.values()
    page = get(client, "/account").text
    assert kept.label in page
    assert "Not yet" in page
    use(client_of(client.application), device)
    assert store.passkeys[kept.passkey_id].used_on is not None
    assert "Not yet" not in get(client, "/account").text


@pytest.mark.parametrize(
    ("wrong", "value"),
    [
        ("origin", "https://evil.example"),
        ("origin", "http://localhost.evil.example"),
        ("origin", "https://localhost:8443"),
        ("rp_id", "evil.example"),
        ("flags", PRESENT),
        ("flags", 0),
    ],
)
def test_an_answer_from_elsewhere_or_from_nobody_checked_is_refused(
    stranger: FlaskClient, device: Device, wrong: str, value: Any
) -> None:
    setattr(device, wrong, value)
    refused(stranger, use(stranger, device), TRY_AGAIN)


def test_plain_http_is_no_origin_but_on_localhost(app: Flask, device: Device, store: MemoryStore) -> None:
    device.origin = "http://localhost"
    assert use(client_of(app), device).location == "/"
    client = client_of(app)
    device.origin, device.rp_id = "http://peers.example", "peers.example"
    page = client.get("/sign-in", base_url="https://peers.example").text
    token = page.split('csrf_token" value="')[1].split('"')[0]
    sent = {"headers": {"X-CSRFToken": token}, "base_url": "https://peers.example"}
    options = client.post("/sign-in/passkey/question", **sent).get_json()
    fields = {"csrf_token": token, "credential": device.answer(options)}
    answer = client.post("/sign-in/passkey", data=fields, base_url="https://peers.example")
    assert answer.location == "/sign-in"
    assert len(store.sessions) == 2, "Ana's own, and the one from localhost"


def test_the_answer_to_another_question_is_refused(stranger: FlaskClient, device: Device) -> None:
    old = device.answer(ask(stranger))
    ask(stranger)
    refused(stranger, give(stranger, old), TRY_AGAIN)


def test_an_answer_without_a_question_is_refused(stranger: FlaskClient, app: Flask, device: Device) -> None:
    elsewhere = device.answer(ask(client_of(app)))
    refused(stranger, give(stranger, elsewhere), TOO_LATE)


def test_an_answer_is_good_once_even_with_a_kept_copy_of_the_cookie(
    client: FlaskClient, device: Device, app: Flask
) -> None:
    synced = Device(sign_count=0)  # as of a passkey that several phones share: its counter says nothing
    add(client, synced)
    answer = synced.answer(ask(stranger := client_of(app)))
    with stranger.session_transaction(base_url=ORIGIN) as session:
        asked = dict(session["passkey"])
    assert give(stranger, answer).location == "/"
    thief = client_of(app)
    with thief.session_transaction(base_url=ORIGIN) as session:
        session["passkey"] = asked
    refused(thief, give(thief, answer), TOO_LATE)


def test_a_question_runs_out(stranger: FlaskClient, device: Device, clock: StoppedClock) -> None:
    answer = device.answer(ask(stranger))
    clock.advance(minutes=5, seconds=1)
    refused(stranger, give(stranger, answer), TOO_LATE)


def test_the_question_of_making_one_does_not_sign_in(client: FlaskClient, device: Device, app: Flask) -> None:
    options = ask(client, "/account/passkeys/question", "/account/passkeys/new")
    answer = device.answer(options)
    other = client_of(app)
    with (
        client.session_transaction(base_url=ORIGIN) as mine,
        other.session_transaction(base_url=ORIGIN) as theirs,
    ):
        theirs["passkey"] = mine["passkey"]
    refused(other, give(other, answer), TOO_LATE)


@pytest.mark.parametrize("count", [5, 4, 0])
def test_a_counter_that_does_not_go_on_is_refused(stranger: FlaskClient, device: Device, count: int) -> None:
    device.sign_count = 5
    use(stranger, device)
    thief = client_of(stranger.application)
    device.sign_count = count
    refused(thief, use(thief, device), COPIED)


def test_a_passkey_that_nobody_has_is_refused(stranger: FlaskClient) -> None:
    refused(stranger, use(stranger, Device()), UNKNOWN)


def test_another_key_under_a_known_name_is_refused(stranger: FlaskClient, device: Device) -> None:
    refused(stranger, use(stranger, Device(credential_id=device.credential_id)), TRY_AGAIN)


def test_a_closed_account_s_passkey_is_refused(
    stranger: FlaskClient, device: Device, store: MemoryStore
) -> None:
    del store.accounts["ana"]
    refused(stranger, use(stranger, device), UNKNOWN)


@pytest.mark.parametrize(
    "credential",
    ["", "x", "{}", "[]", "null", '{"rawId": 7}', '{"rawId": "*"}', '{"rawId": "AA"}', "9" * 30_000],
)
def test_what_is_no_answer_is_refused(stranger: FlaskClient, credential: str) -> None:
    ask(stranger)
    answer = give(stranger, credential)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert get(stranger, "/").text == "home of nobody"


@pytest.mark.parametrize("credential", ["", "{}", '{"id": "AA", "rawId": "AA", "type": "public-key"}'])
def test_what_is_no_new_passkey_is_refused(client: FlaskClient, device: Device, credential: str) -> None:
    ask(client, "/account/passkeys/question", "/account/passkeys/new")
    answer = post(client, "/account/passkeys/new", credential=credential)
    assert answer.location == "/account/passkeys/new"
    assert TRY_AGAIN in get(client, "/account/passkeys/new").text


def test_the_same_passkey_is_not_kept_twice(client: FlaskClient, device: Device, store: MemoryStore) -> None:
    assert add(client, device).location == "/account/passkeys/new"
    assert len(store.passkeys) == 1


def test_wrong_passwords_do_not_lock_a_passkey_out(stranger: FlaskClient, device: Device) -> None:
    for n in range(6):
        post(stranger, "/sign-in", email="ana@example.org", password=f"guess {n}")
    assert use(stranger, device).location == "/"


def test_it_is_removed_after_a_question_and_then_unknown(
    client: FlaskClient, device: Device, store: MemoryStore, stranger: FlaskClient
) -> None:
    [kept] = store.passkeys
    page = f"/account/passkeys/{kept}/remove"
    assert "Remove this passkey?" in get(client, page).text
    assert post(client, page).location == "/account"
    refused(stranger, use(stranger, device), UNKNOWN)


def test_somebody_else_s_passkey_is_not_found(
    app: Flask, device: Device, store: MemoryStore, clock: StoppedClock
) -> None:
    [kept] = store.passkeys
    sign_in(ben := client_of(app), clock, "ben")
    page = f"/account/passkeys/{kept}/remove"
    assert get(ben, page).status_code == 404
    assert post(ben, page, form_page="/account").status_code == 404
    assert kept in store.passkeys


def test_the_only_way_in_is_not_removed(client: FlaskClient, device: Device, store: MemoryStore) -> None:
    store.accounts["ana"].password_hash = None
    [kept] = store.passkeys
    assert post(client, f"/account/passkeys/{kept}/remove", form_page="/account").location == "/account"
    assert "It is the only way you sign in." in get(client, "/account").text
    assert kept in store.passkeys


def test_nobody_keeps_more_than_ten(client: FlaskClient, device: Device, store: MemoryStore) -> None:
    for _ in range(9):
        add(client, Device())
    assert get(client, "/account/passkeys/new").location == "/account"
    assert len(store.passkeys) == 10


def test_an_invitation_begins_with_a_passkey_in_the_place_of_a_password(
    app: Flask, store: MemoryStore, clock: StoppedClock
) -> None:
    store.add("new", "coordinator")
    store.invitations[token_hash("invited")] = ("new", clock.now().replace(hour=23))
    page, device = "/sign-in/welcome/invited", Device()
    client = client_of(app)
    wrong = Device(origin="https://evil.example")
    options = ask(client, page + "/passkey/question", page)
    store.commit = lambda: None  # type: ignore[method-assign]
    kept = dict(store.invitations)
    assert post(client, page + "/passkey", form_page=page, credential=wrong.make(options)).location == page
    store.invitations = kept  # what was not committed is as it was
    options = ask(client, page + "/passkey/question", page)
    assert options["user"]["name"] == "new@example.org"
    assert post(client, page + "/passkey", form_page=page, credential=device.make(options)).location == "/"
    assert get(client, "/").text == "home of New"
    assert post(client, page + "/passkey", form_page="/account", credential="{}").status_code == 410
    assert use(client_of(app), device).location == "/"


def test_a_spent_invitation_asks_no_device(client: FlaskClient, device: Device) -> None:
    headers = {"X-CSRFToken": csrf_token(client, "/account")}
    path = "/sign-in/welcome/nothing/passkey/question"
    assert client.post(path, headers=headers, base_url=ORIGIN).status_code == 410


def test_the_sign_in_page_says_what_to_do_without_a_passkey(client: FlaskClient) -> None:
    page = get(client, "/sign-in").text
    assert "This browser cannot use passkeys, or runs no scripts." in page
