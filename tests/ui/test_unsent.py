"""What was typed outlives the session it was typed in, and goes to nobody but who typed it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import html5lib
import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import (
    ORIGIN,
    add_member,
    bare_app,
    csrf_token,
    get,
    post,
    sign_in,
)
from ui import finish, unsent
from ui.access import allow, public

OWN = {"Sec-Fetch-Site": "same-origin"}
NAME = "Dr. Wren “Canary” <b>&amp;"
TYPED = {"name": NAME, "about": "a\r\nb", "password": "three mossy cedars", "pin": "402918", "code": "123456"}
SECRETS = ("three mossy cedars", "402918", "123456")


@pytest.fixture
def taken() -> list[dict[str, list[str]]]:
    """What the page behind sign-in was sent."""
    return []


@pytest.fixture
def app(store: MemoryStore, clock: StoppedClock, taken: list[dict[str, list[str]]]) -> Flask:
    add_member(store)
    add_member(store, "ben")
    app = bare_app(store, clock)

    def take() -> str:
        if request.method == "POST":
            taken.append(request.form.to_dict(flat=False))
        return "taken"

    def ask() -> str:
        return take()

    app.add_url_rule("/requests/new", "new", allow("coordinator")(take), methods=["GET", "POST"])
    app.add_url_rule("/ask", "ask", public(ask), methods=["GET", "POST"])
    finish(app)
    return app


@pytest.fixture
def ana(client: FlaskClient, clock: StoppedClock) -> Iterator[FlaskClient]:
    """Ana, signed in, with the form open."""
    sign_in(client, clock)
    with client:
        yield client


def press(
    client: FlaskClient, token: str, typed: dict[str, Any] = TYPED, path: str = "/requests/new", **more: Any
) -> TestResponse:
    headers = more.pop("headers", OWN)
    return client.post(path, data={"csrf_token": token} | typed, base_url=ORIGIN, headers=headers, **more)


def form_of(answer: TestResponse) -> dict[str, list[str]]:
    """The hidden fields of the form that leads to the same address, as a browser reads them."""
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
    form = next(
        each for each in tree.iter("form") if each.get("method") == "post" and "action" not in each.attrib
    )
    held: dict[str, list[str]] = {}
    for field in form.iter("input"):
        held.setdefault(field.get("name", ""), []).append(field.get("value", ""))
    return held


def test_a_form_of_somebody_signed_out_comes_back_with_what_was_typed(
    ana: FlaskClient, clock: StoppedClock
) -> None:
    token = csrf_token(ana, "/nowhere")
    clock.advance(minutes=61)
    answer = press(ana, token)
    assert answer.status_code == 401
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Sign in in a new tab" in answer.text
    held = form_of(answer)
    assert held.keys() == {"csrf_token", "name", "about"}
    assert held["name"] == [NAME]
    assert "Passwords, PINs and codes are not held here" in answer.text
    assert not [secret for secret in SECRETS if secret in answer.text]


@pytest.mark.parametrize("minutes", [61, 13 * 60], ids=["idle", "long"])
def test_after_signing_in_again_one_press_sends_it(
    ana: FlaskClient, clock: StoppedClock, taken: list[dict[str, list[str]]], minutes: int
) -> None:
    token = csrf_token(ana, "/nowhere")
    clock.advance(minutes=minutes)
    held = form_of(press(ana, token))
    assert sign_in(ana, clock).status_code == 303
    assert ana.post("/requests/new", data=held, base_url=ORIGIN).text == "taken"
    assert taken[-1]["name"] == [NAME]


def test_a_page_left_open_in_another_tab_works_after_the_same_person_signs_in_again(
    ana: FlaskClient, clock: StoppedClock
) -> None:
    token = csrf_token(ana, "/nowhere")
    clock.advance(minutes=61)
    get(ana, "/requests/new")
    sign_in(ana, clock)
    assert press(ana, token).text == "taken"


def test_somebody_else_who_signs_in_there_sends_nothing_unseen(
    ana: FlaskClient, clock: StoppedClock, taken: list[dict[str, list[str]]]
) -> None:
    token = csrf_token(ana, "/nowhere")
    clock.advance(minutes=61)
    held = form_of(press(ana, token))
    sign_in(ana, clock, "ben")
    answer = ana.post("/requests/new", data=held, base_url=ORIGIN, headers=OWN)
    assert answer.status_code == 400
    assert "You are signed in as Ben" in answer.text
    assert taken == []


def test_after_signing_out_in_another_tab_the_same_person_sends_it_at_the_first_press(
    ana: FlaskClient, clock: StoppedClock, taken: list[dict[str, list[str]]]
) -> None:
    token = csrf_token(ana, "/nowhere")
    post(ana, "/sign-in/out", form_page="/nowhere")
    held = form_of(press(ana, token))
    clock.advance(minutes=1)
    sign_in(ana, clock)
    assert ana.post("/requests/new", data=held, base_url=ORIGIN).text == "taken"
    assert taken[-1]["name"] == [NAME]


def test_after_signing_out_somebody_else_gets_a_new_secret(
    ana: FlaskClient, clock: StoppedClock, taken: list[dict[str, list[str]]]
) -> None:
    token = csrf_token(ana, "/nowhere")
    post(ana, "/sign-in/out", form_page="/nowhere")
    sign_in(ana, clock, "ben")
    assert press(ana, token).status_code == 400
    post(ana, "/sign-in/out", form_page="/nowhere")
    clock.advance(minutes=1)
    sign_in(ana, clock)
    assert press(ana, token).status_code == 400, "the first secret went when somebody else came"
    assert taken == []


def test_the_cookie_says_of_nobody_in_clear_that_they_were_here(
    ana: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    whose = [person_id for person_id, _ends_at in store.sessions.values()]
    csrf_token(ana, "/nowhere")
    post(ana, "/sign-in/out", form_page="/nowhere")
    with ana.session_transaction(base_url=ORIGIN) as session:
        assert {"left", "csrf_token"} <= session.keys()
        assert whose
        assert not [person_id for person_id in whose if person_id in repr(dict(session))]


def test_a_session_ended_elsewhere_leaves_no_secret(
    ana: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    token = csrf_token(ana, "/nowhere")
    store.sessions.clear()
    get(ana, "/requests/new")
    clock.advance(minutes=1)
    sign_in(ana, clock)
    assert press(ana, token).status_code == 400


def test_a_form_with_an_old_token_comes_back_and_is_taken_at_the_next_press(
    client: FlaskClient, taken: list[dict[str, list[str]]]
) -> None:
    answer = press(client, "old", path="/ask")
    assert answer.status_code == 400
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.post("/ask", data=form_of(answer), base_url=ORIGIN).text == "taken"
    assert taken[-1].keys() == {"csrf_token", "name", "about"}


@pytest.mark.parametrize("path", ["/requests/new", "/ask"])
@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
        {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Referer": "https://localhost.evil.example/"},
        {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
    ],
    ids=str,
)  # fmt: skip
def test_what_another_page_sends_is_not_put_into_ours(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    answer = press(client, "old", path=path, headers=headers)
    assert answer.status_code == (401 if path == "/requests/new" else 400)
    assert "Canary" not in answer.text
    assert "Send again" not in answer.text


@pytest.mark.parametrize("headers", [{"Origin": ORIGIN}, {"Referer": f"{ORIGIN}/ask"}], ids=str)
def test_an_older_browser_is_known_by_the_origin(client: FlaskClient, headers: dict[str, str]) -> None:
    assert form_of(press(client, "old", path="/ask", headers=headers))["name"] == [NAME]


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "x" * unsent.MOST_CHARS}, {f"n{n}": "x" for n in range(unsent.MOST_FIELDS + 1)},
        {"password": "three mossy cedars"}, {},
    ],
    ids=["long", "many", "secret", "nothing"],
)  # fmt: skip
def test_without_anything_to_hold_or_with_too_much_the_page_is_plain(
    client: FlaskClient, typed: dict[str, str]
) -> None:
    answer = press(client, "old", typed)
    assert answer.status_code == 401
    assert "Send again" not in answer.text
    assert len(answer.text) < 20_000
    assert "mossy" not in answer.text


def test_every_value_of_a_field_that_has_several_is_held(client: FlaskClient) -> None:
    assert form_of(press(client, "old", {"wishes": ["woman", "abroad"]}))["wishes"] == ["woman", "abroad"]


def test_a_file_is_said_to_be_lost(client: FlaskClient) -> None:
    answer = press(client, "old", {"name": NAME, "file": (BytesIO(b"canary,1"), "list.csv")})
    assert form_of(answer).keys() == {"csrf_token", "name"}
    assert "A file cannot be held here" in answer.text
    assert "canary,1" not in answer.text


def test_a_script_that_is_signed_out_gets_no_page(client: FlaskClient) -> None:
    answer = press(client, "old", headers=OWN | {"Sec-Fetch-Dest": "empty"})
    assert answer.status_code == 401
    assert "Canary" not in answer.text


@pytest.mark.parametrize(
    "name",
    ["password", "pin", "again", "code", "current", "csrf_token", "credential", "new-password", "session"],
)
def test_a_secret_is_known_by_the_name_of_its_field(name: str) -> None:
    assert unsent.is_secret(name)


@pytest.mark.parametrize("name", ["name", "phone", "encoded", "ticket", "about", "n_pins", "name_1"])
def test_other_fields_are_no_secret(name: str) -> None:
    assert not unsent.is_secret(name)


def test_nothing_typed_is_kept_by_the_server(
    ana: FlaskClient, store: MemoryStore, clock: StoppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    token = csrf_token(ana, "/nowhere")
    clock.advance(minutes=61)
    with caplog.at_level(logging.DEBUG):
        answers = [press(ana, token), press(ana, "old", path="/ask")]
    assert caplog.records, "the refusal of a token is logged"
    with ana.session_transaction(base_url=ORIGIN) as session:
        kept = [caplog.text, repr(dict(session)), repr(vars(store))]
    kept += [str(answer.headers) for answer in answers]
    assert not [text for text in kept if re.search("Canary|mossy|402918|123456", text)]


@pytest.mark.parametrize(
    "sender", ["http://[", "https://[::1", "null", "", "//", "https://localhost.", "https://localhost:444"]
)
def test_a_sender_that_is_no_address_or_not_ours_gets_the_plain_page(
    ana: FlaskClient, clock: StoppedClock, sender: str
) -> None:
    clock.advance(minutes=61)
    for header in ("Origin", "Referer"):
        answer = press(ana, csrf_token(ana), headers={header: sender})
        assert answer.status_code in (400, 401)
        assert "Canary" not in answer.text
