"""What every answer carries, and what no log holds."""

from __future__ import annotations

import logging
import sys
import time
from unittest.mock import patch

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import (
    ORIGIN,
    add_member,
    bare_app,
    client_of,
    csrf_token,
    get,
    post,
    sign_in,
    small_app,
)
from ui import finish
from ui.access import allow, public
from ui.secret_paths import SecretPathFilter, keep_out_of_logs
from ui.security import CONTENT_SECURITY_POLICY, csrf


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/requests", "/nowhere", "/o/token", "/static/ui/img/icon.svg"]
)
def test_every_answer_carries_the_content_policy(client: FlaskClient, path: str) -> None:
    headers = get(client, path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/%00", "/sign-in/welcome/a%00b"])
def test_an_address_with_a_null_character_is_refused(client: FlaskClient, path: str) -> None:
    assert get(client, path).status_code == 400


@pytest.mark.parametrize("field", ["email", "password", "anything"])
def test_a_form_with_a_null_character_is_given_back(client: FlaskClient, field: str) -> None:
    page = post(client, "/sign-in", **{"email": "ana@example.org", "password": "x", field: "a\0b"})
    assert page.status_code == 422
    assert "\0" not in page.text
    if field != "email":
        assert 'value="ana@example.org"' in page.text


def test_no_view_sees_a_null_character_in_a_form() -> None:
    app = bare_app(WTF_CSRF_ENABLED=False)
    app.add_url_rule("/said", "said", public(lambda: str(request.form.to_dict(flat=False))), methods=["POST"])
    finish(app)
    answer = client_of(app).post("/said", data={"a\0": ["b\0c", "d"]}, base_url=ORIGIN)
    assert answer.text == str({"a\ufffd": ["b\ufffdc", "d"]})


def test_the_content_policy_allows_this_host_only() -> None:
    sources = [directive.split()[1:] for directive in CONTENT_SECURITY_POLICY.split("; ")]
    assert {source for each in sources for source in each} == {"'none'", "'self'"}


@pytest.mark.parametrize("path", ["/", "/sign-in", "/requests", "/nowhere", "/o/token"])
def test_no_page_is_kept_by_the_browser(client: FlaskClient, path: str) -> None:
    assert get(client, path).headers["Cache-Control"] == "no-store"


def test_only_a_public_view_may_ask_to_be_kept() -> None:
    app = bare_app(store := MemoryStore(), clock := StoppedClock())

    def kept() -> Response:
        return Response("bytes", headers={"Cache-Control": "public, max-age=60"})

    def private() -> Response:
        return kept()

    app.add_url_rule("/library", "library", public(kept))
    app.add_url_rule("/private", "private", allow("coordinator")(private))
    finish(app)
    add_member(store)
    sign_in(client := client_of(app), clock)
    assert get(client, "/library").headers["Cache-Control"] == "public, max-age=60"
    assert get(client, "/private").text == "bytes"
    assert get(client, "/private").headers["Cache-Control"] == "no-store"


def test_a_static_file_is_kept_while_its_address_stays(client: FlaskClient) -> None:
    assert "immutable" in get(client, "/static/ui/img/icon.svg?v=1").headers["Cache-Control"]
    assert get(client, "/static/ui/img/icon.svg").headers["Cache-Control"] == "no-cache"


def test_the_cookie_is_for_this_host_over_https_and_not_for_scripts(client: FlaskClient) -> None:
    cookie = get(client, "/sign-in").headers["Set-Cookie"]
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} == set(attributes)


def test_a_form_without_its_token_is_refused_with_a_page(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "ana@example.org"}, base_url=ORIGIN)
    assert answer.status_code == 400
    assert "This form is too old" in answer.text


def test_signing_out_needs_the_token() -> None:
    store, clock = MemoryStore(), StoppedClock()
    add_member(store)
    sign_in(client := client_of(small_app(store, clock)), clock)
    assert client.post("/sign-in/out", base_url=ORIGIN).status_code == 400
    assert get(client, "/requests").status_code == 200


def test_a_form_with_its_token_needs_no_referrer(client: FlaskClient) -> None:
    assert post(client, "/sign-in", email="ana@example.org", password="x").status_code == 422


def test_a_form_may_stay_open_for_hours(client: FlaskClient) -> None:
    hours_ago = int(time.time()) - 5 * 3600
    with patch("itsdangerous.timed.TimestampSigner.get_timestamp", return_value=hours_ago):
        token = csrf_token(client)
    fields = {"csrf_token": token, "email": "ana@example.org", "password": "x"}
    assert client.post("/sign-in", data=fields, base_url=ORIGIN).status_code == 422


def test_a_door_for_programs_can_be_exempt_from_form_tokens() -> None:
    app = bare_app()

    @app.post("/v1/messages")
    @csrf.exempt
    @public
    def messages() -> str:
        return "taken"

    finish(app)
    assert client_of(app).post("/v1/messages", base_url=ORIGIN).text == "taken"


def address_app(**config: object) -> Flask:
    app = bare_app(**config)
    app.add_url_rule("/address", "address", public(lambda: f"{request.remote_addr} {request.url}"))
    finish(app)
    return app


FORWARDED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "peer.example",
}


def test_forwarded_headers_are_ignored_without_a_proxy() -> None:
    answer = address_app().test_client().get("/address", headers=FORWARDED)
    assert answer.text == "127.0.0.1 http://localhost/address"


def test_forwarded_headers_count_behind_one_proxy() -> None:
    answer = address_app(PROXY_HOPS=1).test_client().get("/address", headers=FORWARDED)
    assert answer.text == "203.0.113.9 https://peer.example/address"


def test_a_host_that_is_not_ours_gets_a_plain_page(caplog: pytest.LogCaptureFixture) -> None:
    client = client_of(address_app(TRUSTED_HOSTS=["peer.example"]))
    assert client.get("/address", base_url="https://peer.example").status_code == 200
    answer = client.get("/address", base_url="https://evil.example")
    assert answer.status_code == 400
    assert "evil.example" not in answer.text
    assert not caplog.records


def test_a_body_over_the_limit_is_refused() -> None:
    client = client_of(small_app(MAX_CONTENT_LENGTH=1000))
    answer = client.post("/o/token", data={"csrf_token": "x" * 2000}, base_url=ORIGIN)
    assert answer.status_code == 413
    assert "That is too large" in answer.text


def test_the_body_limit_has_a_default() -> None:
    assert bare_app().config["MAX_CONTENT_LENGTH"] == 1024 * 1024


@pytest.mark.parametrize(
    ("logged", "kept"),
    [
        ("GET /o/s3cret HTTP/1.1", "GET /o/… HTTP/1.1"),
        ("GET /o/s3cret/yes?code=s3cret HTTP/1.1", "GET /o/… HTTP/1.1"),
        ("<Request 'https://localhost/o/s3cret' [GET]>", "<Request 'https://localhost/o/…' [GET]>"),
        ("nothing secret at /offers/list", "nothing secret at /offers/list"),
        ("two: /o/s3cret and /r/s3cret", "two: /o/… and /r/…"),
    ],
)
def test_a_link_token_is_cut_out_of_a_line(logged: str, kept: str) -> None:
    assert SecretPathFilter(["/o/", "/r/"]).cut(logged) == kept


def test_without_secret_paths_lines_stay_as_they_are() -> None:
    assert SecretPathFilter().cut("GET /o/token") == "GET /o/token"


def test_no_logger_writes_a_link_token(caplog: pytest.LogCaptureFixture) -> None:
    small_app()  # SECRET_PATH_PREFIXES holds /o/
    with caplog.at_level(logging.INFO):
        logging.getLogger("some.server.access").info('"%s %s" %d', "GET", "/o/s3cret", 200)
        logging.getLogger("another").warning("at %(path)s", {"path": "/o/s3cret/yes"})
    assert [record.getMessage() for record in caplog.records] == ['"GET /o/…" 200', "at /o/…"]
    assert "s3cret" not in caplog.text


def test_no_traceback_holds_a_link_token(caplog: pytest.LogCaptureFixture) -> None:
    keep_out_of_logs(["/o/"])
    try:
        raise ValueError("cannot read /o/s3cret")
    except ValueError:
        logging.getLogger("some.app").error("It failed", exc_info=sys.exc_info())
    assert "cannot read /o/…" in caplog.text
    assert "s3cret" not in caplog.text


def test_an_error_on_a_link_page_is_logged_without_the_token(caplog: pytest.LogCaptureFixture) -> None:
    app = bare_app()

    def fail(token: str) -> str:
        raise RuntimeError(f"no offer at {request.path}")

    app.add_url_rule("/o/<token>", "offer", public(fail))
    finish(app)
    assert get(client_of(app), "/o/s3cret").status_code == 500
    assert "no offer at /o/…" in caplog.text
    assert "s3cret" not in caplog.text


def test_a_line_whose_arguments_do_not_fit_is_left_to_logging() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "%d of /o/s3cret", ("three",), None)
    assert SecretPathFilter(["/o/"]).filter(record)
    assert record.args == ("three",)


def test_the_welcome_link_is_secret_too(caplog: pytest.LogCaptureFixture) -> None:
    small_app(MemoryStore())
    logging.getLogger("some.server").warning("GET /sign-in/welcome/s3cret")
    assert "s3cret" not in caplog.text
