"""Errors as programs read them."""

from __future__ import annotations

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from tests.support.clock import START, StoppedClock
from tests.support.shared_web import ORIGIN, bare_app, get
from ui import finish
from ui.access import public
from ui.problems import problem
from ui.security import csrf


@pytest.fixture
def app() -> Flask:
    app = bare_app(clock=StoppedClock(), MAX_CONTENT_LENGTH=1000)

    @app.post("/v1/messages")
    @csrf.exempt
    @public
    def messages() -> str:
        return str(len(request.get_data()))

    @app.get("/v1/broken")
    @public
    def broken() -> str:
        raise RuntimeError("nobody catches this: s3cret")

    finish(app)
    return app


def test_a_problem_has_every_member_of_the_protocol(app: Flask) -> None:
    with app.test_request_context():
        answer = problem(
            "number-gap", 409, "Number 7 came before 5.", "A number is missing", True, expected=5
        )
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.json == {
        "type": "/v1/problems/number-gap",
        "title": "A number is missing",
        "status": 409,
        "detail": "Number 7 came before 5.",
        "code": "number-gap",
        "retryable": True,
        "server_time": int(START.timestamp()),
        "expected": 5,
    }


def test_a_problem_may_carry_the_server_s_time_it_was_judged_by(app: Flask) -> None:
    with app.test_request_context():
        answer = problem("clock-skew", 400, "Off", "Off", True, server_time=1_700_000_000)
    assert answer.json is not None
    assert answer.json["server_time"] == 1_700_000_000


def test_letters_beyond_ascii_survive(app: Flask) -> None:
    with app.test_request_context():
        answer = problem("bad-token", 400, "xʷməθkʷəy̓əm", "Title", False)
    assert "xʷməθkʷəy̓əm" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "retryable"),
    [
        ("GET", "/v1/nowhere", 404, "not-found", False),
        ("GET", "/v1/messages", 405, "method-not-allowed", False),
        ("GET", "/v1/broken", 500, "server-fault", True),
    ],
)
def test_errors_of_the_web_are_problems_under_v1(
    client: FlaskClient, method: str, path: str, status: int, code: str, retryable: bool
) -> None:
    answer = client.open(path, method=method, base_url=ORIGIN)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    body = answer.json
    assert (body["type"], body["status"], body["code"]) == ("about:blank", status, code)
    assert body["retryable"] is retryable
    assert body["server_time"] == int(START.timestamp())
    assert "s3cret" not in answer.text


def test_a_body_over_the_limit_is_a_problem(client: FlaskClient) -> None:
    answer = client.post("/v1/messages", data=b"x" * 1001, base_url=ORIGIN)
    assert answer.status_code == 413
    assert answer.json is not None
    assert (answer.json["code"], answer.json["retryable"]) == ("too-large", False)


def test_a_body_at_the_limit_is_taken(client: FlaskClient) -> None:
    assert client.post("/v1/messages", data=b"x" * 1000, base_url=ORIGIN).text == "1000"


def test_a_refused_method_still_says_which_are_allowed(client: FlaskClient) -> None:
    assert set(get(client, "/v1/messages").headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_outside_v1_an_error_is_a_page(client: FlaskClient) -> None:
    assert get(client, "/v1").content_type == "text/html; charset=utf-8"
    assert get(client, "/nowhere/v1/x").content_type == "text/html; charset=utf-8"


def test_problems_carry_the_headers_of_every_answer(client: FlaskClient) -> None:
    headers = get(client, "/v1/nowhere").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
