"""Signing in with an OpenID Connect provider, against a real one."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, give_up, log_in, running_provider
from tests.support.shared_web import ORIGIN, add_member, client_of, get, small_app
from ui.signin.store import Passkey

START = "/sign-in/provider"
STOPPED = "It took too long, or it was stopped there. Go back and start again."
NOBODY = "That account belongs to nobody here."


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with running_provider() as issuer:
        yield issuer


@pytest.fixture
def store() -> MemoryStore:
    """Ana has a password; New was invited and has none yet."""
    store = MemoryStore()
    add_member(store)
    store.add("new", "coordinator")
    return store


def app_with(store: MemoryStore, issuer: str, **config: Any) -> Flask:
    settings = {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "OIDC_NAME": "Cedar Account",
    }
    return small_app(store, StoppedClock(), **settings | config)


@pytest.fixture
def app(store: MemoryStore, issuer: str) -> Flask:
    return app_with(store, issuer)


def sign_in_as(client: FlaskClient, subject: str, start: str = START) -> TestResponse:
    """Go to the provider, log in there and come back; returns the answer to coming back."""
    return get(client, log_in(get(client, start).location, subject))


def test_the_sign_in_page_offers_the_provider_by_name(client: FlaskClient) -> None:
    page = get(client, "/sign-in?next=/requests").text
    assert "Sign in with Cedar Account" in page
    assert 'href="/sign-in/provider?next=/requests"' in page


def test_without_a_provider_nothing_of_it_is_there(store: MemoryStore) -> None:
    client = client_of(small_app(store))
    assert START not in get(client, "/sign-in").text
    assert get(client, START).status_code == 404


def test_an_invited_person_signs_in(client: FlaskClient, store: MemoryStore, issuer: str) -> None:
    answer = sign_in_as(client, "new")
    assert (answer.status_code, answer.location) == (303, "/")
    assert get(client, "/requests").text == "requests"
    assert store.accounts["new"].subject == (issuer, "new")
    assert store.n_commits == 1


def test_the_address_of_the_provider_is_compared_without_case(
    client: FlaskClient, store: MemoryStore
) -> None:
    sign_in_as(client, "shouting")
    assert store.accounts["new"].subject is not None


def test_later_the_account_counts_and_not_the_address(app: Flask, store: MemoryStore) -> None:
    sign_in_as(client_of(app), "new")
    account = store.accounts.pop("new")
    store.add("renamed", "coordinator").subject = account.subject
    sign_in_as(client := client_of(app), "new")
    assert get(client, "/").text == "home of Renamed"


@pytest.mark.parametrize("subject", ["unverified", "texted", "nameless", "stranger"])
def test_without_a_verified_address_of_somebody_invited_nobody_comes_in(
    client: FlaskClient, store: MemoryStore, subject: str
) -> None:
    answer = sign_in_as(client, subject)
    assert answer.status_code == 403
    assert NOBODY in answer.text
    assert store.accounts["new"].subject is None
    assert get(client, "/").text == "home of nobody"


def test_another_account_with_the_same_address_does_not_take_over(app: Flask, store: MemoryStore) -> None:
    sign_in_as(client_of(app), "new")
    linked = store.accounts["new"].subject
    assert sign_in_as(client := client_of(app), "usurper").status_code == 403
    assert store.accounts["new"].subject == linked
    assert get(client, "/").text == "home of nobody"


def test_somebody_with_a_password_is_not_taken_over_by_address(
    client: FlaskClient, store: MemoryStore
) -> None:
    assert sign_in_as(client, "member").status_code == 403
    assert store.accounts["ana"].subject is None


def test_somebody_with_a_passkey_is_not_taken_over_by_address(
    client: FlaskClient, store: MemoryStore
) -> None:
    """An address may pass to somebody else, or be changed by whoever administers people."""
    store.add_passkey(Passkey("p", "new", b"c", b"k", 0, "ABCD", StoppedClock().now()))
    assert sign_in_as(client, "new").status_code == 403
    assert store.accounts["new"].subject is None


def test_signing_in_leads_back_to_the_page_asked_for(client: FlaskClient) -> None:
    assert sign_in_as(client, "new", f"{START}?next=/requests").location == "/requests"


def test_signing_in_never_leads_elsewhere(client: FlaskClient) -> None:
    assert sign_in_as(client, "new", f"{START}?next=//evil.example").location == "/"


def test_signed_in_the_cookie_forgets_the_way_there(client: FlaskClient) -> None:
    get(client, "/sign-in")
    sign_in_as(client, "new")
    with client.session_transaction(base_url=ORIGIN) as session:
        assert set(session) == {"token", "since", "seen"}


def test_giving_up_at_the_provider_gives_a_page_that_says_what_to_do(client: FlaskClient) -> None:
    answer = get(client, give_up(get(client, START).location))
    assert answer.status_code == 400
    assert "You could not be signed in with Cedar Account" in answer.text
    assert STOPPED in answer.text
    assert 'href="/sign-in"' in answer.text


def test_coming_back_in_another_browser_is_refused(app: Flask, client: FlaskClient) -> None:
    way_back = log_in(get(client, START).location, "new")
    answer = get(client_of(app), way_back)
    assert answer.status_code == 400
    assert STOPPED in answer.text


def test_coming_back_twice_is_refused(client: FlaskClient) -> None:
    way_back = log_in(get(client, START).location, "new")
    assert get(client, way_back).status_code == 303
    assert get(client, way_back).status_code == 400


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=y", "?state=y", "?error=server_error"])
def test_a_made_up_way_back_is_refused(client: FlaskClient, query: str) -> None:
    assert get(client, f"{START}/callback{query}").status_code == 400


def test_a_code_the_provider_did_not_give_is_refused(client: FlaskClient) -> None:
    [state] = parse_qs(urlsplit(get(client, START).location).query)["state"]
    assert get(client, f"{START}/callback?code=made-up&state={state}").status_code == 400


def test_a_wrong_client_secret_is_refused_with_a_page(store: MemoryStore, issuer: str) -> None:
    client = client_of(app_with(store, issuer, OIDC_CLIENT_SECRET="wrong"))
    assert sign_in_as(client, "new").status_code == 400


def test_a_provider_that_calls_itself_otherwise_is_refused(store: MemoryStore, issuer: str) -> None:
    client = client_of(app_with(store, issuer.replace("127.0.0.1", "localhost")))
    assert sign_in_as(client, "new").status_code == 400
    assert store.accounts["new"].subject is None


def test_what_is_told_about_another_account_is_refused(app: Flask, store: MemoryStore) -> None:
    client = client_of(app)
    told = {"sub": "other", "email": "new@example.org", "email_verified": True}
    with patch.object(app.extensions["oidc"], "userinfo", return_value=told):
        assert sign_in_as(client, "new").status_code == 400
    assert store.accounts["new"].subject is None


def test_an_answer_to_another_question_is_refused(client: FlaskClient) -> None:
    location = get(client, START).location
    [nonce] = parse_qs(urlsplit(location).query)["nonce"]
    assert get(client, log_in(location.replace(nonce, "another"), "new")).status_code == 400


def test_the_code_is_bound_to_this_browser(client: FlaskClient) -> None:
    asked = parse_qs(urlsplit(get(client, START).location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["https://localhost/sign-in/provider/callback"]
    assert asked["scope"] == ["openid email"]


def test_starting_again_leaves_nothing_in_the_cookie(client: FlaskClient) -> None:
    for _ in range(3):
        get(client, START)
    with client.session_transaction(base_url=ORIGIN) as session:
        assert sum(name.startswith("_state_") for name in session) == 1


@pytest.fixture
def dead_issuer() -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


def test_a_provider_that_does_not_answer_gives_a_page(store: MemoryStore, dead_issuer: str) -> None:
    answer = get(client_of(app_with(store, dead_issuer)), START)
    assert answer.status_code == 503
    assert "It does not answer just now." in answer.text


def test_the_code_is_kept_out_of_logs(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("some.server").warning("GET /sign-in/provider/callback?code=s3cret&state=s3cret")
    assert "s3cret" not in caplog.text
