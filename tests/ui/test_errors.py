"""Every error is a page in the product's look that says what to do next."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from unittest.mock import patch

import html5lib
import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.exceptions import TooManyRequests

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import add_member, bare_app, client_of, get, post, sign_in
from ui import finish
from ui.access import public

TITLES = {
    400: "That did not work",
    401: "You are signed out",
    403: "You may not open this page",
    404: "Page not found",
    405: "This page cannot be used that way",
    409: "Somebody else was faster",
    410: "This link no longer works",
    413: "That is too large",
    422: "Something you sent is not right",
    429: "Too many tries",
    500: "Something went wrong here",
    503: "This is not available just now",
}


@pytest.fixture
def app(store: MemoryStore, clock: StoppedClock) -> Flask:
    app = bare_app(store, clock)

    @app.get("/fail/<int:status>")
    @public
    def fail(status: int) -> str:
        abort(status)

    @app.get("/slow-down")
    @public
    def slow_down() -> str:
        raise TooManyRequests(retry_after=60)

    @app.get("/broken")
    @public
    def broken() -> str:
        raise RuntimeError("a name that must not be shown")

    finish(app)
    return app


@pytest.mark.parametrize(("status", "title"), TITLES.items())
def test_each_error_has_its_own_page(client: FlaskClient, status: int, title: str) -> None:
    answer = get(client, f"/fail/{status}")
    assert answer.status_code == status
    assert f"<title>{title} – Alongside</title>" in answer.text
    assert f'<h1 class="govuk-heading-l">{title}</h1>' in answer.text
    html5lib.HTMLParser(strict=True).parse(answer.text)


def test_an_error_without_words_of_its_own_gets_the_general_page(client: FlaskClient) -> None:
    answer = get(client, "/fail/418")
    assert answer.status_code == 418
    assert TITLES[400] in answer.text


def test_a_path_that_leads_nowhere_is_not_found(client: FlaskClient) -> None:
    answer = get(client, "/nowhere")
    assert answer.status_code == 404
    assert TITLES[404] in answer.text


def test_a_refused_method_says_which_are_allowed(client: FlaskClient) -> None:
    answer = post(client, "/broken", form_page="/sign-in")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_waiting_time_is_passed_on(client: FlaskClient) -> None:
    assert get(client, "/slow-down").headers["Retry-After"] == "60"


def test_an_uncaught_exception_is_logged_and_not_shown(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = get(client, "/broken")
    assert answer.status_code == 500
    assert TITLES[500] in answer.text
    assert "must not be shown" not in answer.text
    assert "RuntimeError: a name that must not be shown" in caplog.text


def test_an_error_page_knows_who_is_signed_in(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    add_member(store)
    sign_in(client, clock)
    assert "Ana" in get(client, "/nowhere").text


def test_a_broken_page_does_not_ask_a_broken_store(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    add_member(store)
    sign_in(client, clock)
    with patch.object(store, "session_person", side_effect=OSError("database is gone")):
        answer = get(client, "/requests-of-nobody")
        assert answer.status_code == 404
        assert "Page not found" not in answer.text, "the look needs the store, so the plain page is sent"
        assert "That did not work" in answer.text
        broken = get(client, "/broken")
    assert broken.status_code == 500
    assert "app-footer" in broken.text, "the 500 page asks nobody and keeps the product's look"


@pytest.fixture
def no_templates(app: Flask) -> Iterator[None]:
    with patch("ui.errors.render_template", side_effect=RuntimeError("no template")):
        yield


@pytest.mark.usefixtures("no_templates")
@pytest.mark.parametrize(("status", "title"), [(404, TITLES[400]), (500, TITLES[500])])
def test_when_nothing_can_be_drawn_a_plain_page_is_sent(
    client: FlaskClient, status: int, title: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = get(client, f"/fail/{status}")
    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.text
    assert "could not be drawn" in caplog.text
    html5lib.HTMLParser(strict=True).parse(answer.text)


def test_a_redirect_of_the_router_is_no_error() -> None:
    app = bare_app()
    app.add_url_rule("/folder/", "folder", public(lambda: "inside"))
    finish(app)
    answer = get(client_of(app), "/folder")
    assert answer.status_code == 308
    assert answer.location == "https://localhost/folder/"
