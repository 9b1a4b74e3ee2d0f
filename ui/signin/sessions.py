"""Who is signed in: a random token in the browser's cookie, its hash in the store.

The cookie (signed by Flask) holds the token, the CSRF secret, when the session began and when the person was last
active. The hash lives in the store with the moment the session ends at the latest, so signing out ends it for
every copy of the cookie. The idle limit rides in the cookie: a copy that lay unused for longer is worthless, even
while the original lives.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app, request, session

from ui.clock import now
from ui.signin.store import Person, SignInStore, current_store
from ui.timewords import to_local

TOKEN_BYTES = 32  # 256 bits: nobody guesses it, so a plain fast hash is enough in the store
_REFRESH_AFTER_SECONDS = 60  # not on every request: two answers at once would overwrite each other's cookie


def init_sessions(app: Flask) -> None:
    """Set the limits an operator may change: all count from the app's clock.

    SESSION_HOURS (12) and SESSION_IDLE_MINUTES (60) end a session; SESSION_FRESH_MINUTES (15) is how long after
    signing in somebody may change how they sign in (ours: long enough to set up a phone).
    """
    app.config.setdefault("SESSION_HOURS", 12)
    app.config.setdefault("SESSION_IDLE_MINUTES", 60)
    app.config.setdefault("SESSION_FRESH_MINUTES", 15)
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(hours=app.config["SESSION_HOURS"])


def token_hash(token: str) -> str:
    """What the store keeps of a secret token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def start(person: Person) -> None:
    """Sign `person` in with a fresh token and CSRF secret; the cookie forgets all else. The caller commits."""
    end()
    store = current_store()
    assert store is not None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    at = now()
    expires_at = at + timedelta(hours=current_app.config["SESSION_HOURS"])
    store.start_session(person.person_id, token_hash(token), at, expires_at)
    session["token"] = token
    session["since"] = session["seen"] = int(at.timestamp())


def find_person() -> Person | None:
    """Who the request's cookie belongs to, or None; counts as activity unless a script asks by itself."""
    store, token = current_store(), session.get("token")
    if store is None or token is None:
        return None
    at = now()
    idle = int(at.timestamp()) - session.get("seen", 0)
    person_id = store.session_person(token_hash(token), at)
    if person_id is None or idle > current_app.config["SESSION_IDLE_MINUTES"] * 60:
        del session["token"]
        session.pop(
            "_flashes", None
        )  # what was said to them, perhaps with a name, is not for whoever comes next
        return None
    if idle > _REFRESH_AFTER_SECONDS and not asked_by_script():
        _note_day(store, token, at)
        session["seen"] = int(at.timestamp())
    return store.person(person_id)


def current_hash() -> str:
    """The token hash of the request's own session; "" without one."""
    token = session.get("token")
    return token_hash(token) if token else ""


def is_fresh() -> bool:
    """Whether somebody signed in here a moment ago, so that it is surely still them."""
    age_seconds = now().timestamp() - session.get("since", 0)
    return bool(age_seconds <= current_app.config["SESSION_FRESH_MINUTES"] * 60)


def end() -> None:
    """Forget the session in the store and empty the cookie. The caller commits."""
    store, token = current_store(), session.get("token")
    if store is not None and token is not None:
        store.end_session(token_hash(token))
    session.clear()


def asked_by_script() -> bool:
    """Whether a script polls (browsers say so): a page nobody looks at must not stay signed in for it."""
    return request.headers.get("Sec-Fetch-Dest") == "empty"


def _note_day(store: SignInStore, token: str, at: datetime) -> None:
    """Keep the day a session is used on, once a day; only while reading, when nothing waits for the database."""
    today = to_local(at).date()
    seen = to_local(datetime.fromtimestamp(session.get("seen", 0), UTC)).date()
    if seen != today and request.method == "GET":
        store.touch_session(token_hash(token), today)
