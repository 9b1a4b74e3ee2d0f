"""A small app on the shared web alone: one page of each kind of access, and ways to sign in to it."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pyotp
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.clock import StoppedClock
from tests.support.memory_store import Account, MemoryStore
from ui import finish, init_clock, init_ui
from ui.access import allow, current_person, link, public
from ui.options import UiOptions

ORIGIN = "https://localhost"
PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CHEAP = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


def bare_app(store: MemoryStore | None = None, clock: StoppedClock | None = None, **config: Any) -> Flask:
    """An app with the shared web and no page of its own; `finish` was not called."""
    app = Flask("shared_web")
    settings = {"SECRET_KEY": "test" * 8, "ARGON2": CHEAP, "SECRET_PATH_PREFIXES": ("/o/",)}
    app.config.from_mapping(settings | config)
    init_clock(app, clock or StoppedClock())
    options = UiOptions(
        product=lambda: "Alongside",
        navigation=list,
        home=lambda: "/",
        store=store,
        zone=lambda: ZoneInfo("America/Vancouver"),
    )
    init_ui(app, options)
    return app


def small_app(store: MemoryStore | None = None, clock: StoppedClock | None = None, **config: Any) -> Flask:
    """An app with a page of each kind, ready to be asked."""
    app = bare_app(store, clock, **config)

    @app.get("/")
    @public
    def home() -> str:
        person = current_person()
        return f"home of {person.name if person else 'nobody'}"

    @app.route("/requests", methods=["GET", "POST"])
    @allow("coordinator", "lead")
    def requests() -> str:
        return "requests"

    @app.route("/o/<token>", methods=["GET", "POST"])
    @link("offer")
    def offer(token: str) -> str:
        return "offer"

    @app.get("/broken")
    @public
    def broken() -> str:
        raise RuntimeError("nobody catches this")

    finish(app)
    return app


def client_of(app: Flask) -> FlaskClient:
    """A browser's stand-in: it keeps cookies, over HTTPS."""
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    return client


def add_member(store: MemoryStore, name: str = "ana", *roles: str) -> Account:
    """Somebody who has a password and an authenticator app."""
    account = store.add(name, *(roles or ("coordinator",)))
    account.password_hash = PasswordHasher(**CHEAP).hash(PASSWORD)
    account.totp_secret = SECRET
    return account


def csrf_token(client: FlaskClient, path: str = "/sign-in") -> str:
    """The token of the form on a page."""
    page = client.get(path, base_url=ORIGIN).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, f"{path} has no form with a token"
    return found[1]


def post(client: FlaskClient, path: str, form_page: str | None = None, **fields: str) -> TestResponse:
    """Send a form as the page at `form_page` (the same path, if not given) would."""
    data = {"csrf_token": csrf_token(client, form_page or path)} | fields
    return client.post(path, data=data, base_url=ORIGIN)


def get(client: FlaskClient, path: str, **options: Any) -> TestResponse:
    """Open a page."""
    return client.get(path, base_url=ORIGIN, buffered=True, **options)


def code_at(clock: StoppedClock, secret: str = SECRET, steps: int = 0) -> str:
    """What the authenticator app shows now, or so many steps of 30 seconds later."""
    return pyotp.TOTP(secret).at(clock.now(), counter_offset=steps)


def halfway(client: FlaskClient, name: str = "ana") -> None:
    """Give the right password, but not the code yet."""
    answer = post(client, "/sign-in", email=f"{name}@example.org", password=PASSWORD)
    assert answer.status_code == 303


def sign_in(client: FlaskClient, clock: StoppedClock, name: str = "ana", next_page: str = "") -> TestResponse:
    """Sign in with password and code; returns the answer to the code."""
    query = f"?next={next_page}" if next_page else ""
    post(client, f"/sign-in{query}", email=f"{name}@example.org", password=PASSWORD)
    return post(client, f"/sign-in/code{query}", code=code_at(clock))
