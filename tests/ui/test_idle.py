"""Who does nothing for long is warned two minutes before they are signed out; a script asks how long is left."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import ORIGIN, add_member, client_of, csrf_token, get, sign_in, small_app

SCRIPT = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def app(store: MemoryStore, clock: StoppedClock) -> Flask:
    add_member(store)
    return small_app(store, clock, SESSION_IDLE_MINUTES=20)


@pytest.fixture
def ana(app: Flask, clock: StoppedClock) -> FlaskClient:
    sign_in(ana := client_of(app), clock)
    return ana


def seconds_on(page: str) -> int:
    found = re.search(r'data-idle="(\d+)"', page)
    assert found, "the page has no warning to show"
    return int(found[1])


def ask(client: FlaskClient, token: str, **more: str) -> int:
    """As static/js/idle.js asks."""
    answer = client.post("/account/stay", data={"csrf_token": token, **more}, base_url=ORIGIN, headers=SCRIPT)
    assert answer.status_code == 200
    return int(answer.get_json()["seconds"])


def test_a_page_says_how_long_is_left_by_the_setting(ana: FlaskClient, clock: StoppedClock) -> None:
    assert seconds_on(get(ana, "/account").text) == 20 * 60
    clock.advance(seconds=50)
    assert seconds_on(get(ana, "/account").text) == 20 * 60 - 50, "activity is noted once a minute"


def test_who_is_signed_out_is_not_warned(client: FlaskClient) -> None:
    page = get(client, "/sign-in").text
    assert "data-idle" not in page
    assert "idle.js" not in page


def test_asking_is_no_activity_and_pressing_is(ana: FlaskClient, clock: StoppedClock) -> None:
    token = csrf_token(ana, "/nowhere")
    clock.advance(minutes=18, seconds=30)
    assert ask(ana, token) == 90
    clock.advance(seconds=60)
    assert ask(ana, token) == 30
    assert ask(ana, token, stay="yes") == 20 * 60
    clock.advance(minutes=19)
    assert get(ana, "/requests").text == "requests"


def test_too_late_is_too_late(ana: FlaskClient, clock: StoppedClock) -> None:
    token = csrf_token(ana, "/nowhere")
    clock.advance(minutes=20, seconds=1)
    assert ask(ana, token, stay="yes") == 0
    assert get(ana, "/requests").status_code == 302


def test_no_other_page_keeps_anybody_signed_in(ana: FlaskClient, clock: StoppedClock) -> None:
    clock.advance(minutes=19)
    assert ana.post("/account/stay", data={"stay": "yes"}, base_url=ORIGIN, headers=SCRIPT).status_code == 400
    clock.advance(minutes=2)
    assert get(ana, "/requests").status_code == 302


def test_pressing_does_not_outlast_the_longest_session(ana: FlaskClient, clock: StoppedClock) -> None:
    token = csrf_token(ana, "/nowhere")
    for _ in range(48):
        clock.advance(minutes=14, seconds=50)
        ask(ana, token, stay="yes")
    clock.advance(minutes=9)
    assert ask(ana, token) == 0
