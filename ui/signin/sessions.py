"""Who is signed in: a random token in the browser's cookie, its hash in the store.

The cookie (signed by Flask) holds the token, the CSRF secret, when the session began and when the person was last
active. The hash lives in the store with the moment the session ends at the latest, so signing out ends it for
every copy of the cookie. The idle limit rides in the cookie: a copy that lay unused for longer is worthless, even
while the original lives.

When a session has run out, or its person signed out, the cookie keeps the CSRF secret and a mark of whose it was until
the next sign-in. If the same person signs in again, their forms keep the secret, so that what they had typed in another
tab can still be sent; anybody else gets a new one. The mark is a keyed hash, which tells nobody's
id. A session that was ended elsewhere, such as by a new password, leaves nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app, request, session

from ui.clock import now
from ui.signin.store import Person, SignInStore, current_store
from ui.timewords import to_local

TOKEN_BYTES = 32  # 256 bits: nobody guesses it, so a plain fast hash is enough in the store
_LEFT = "left"
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
    """Sign `person` in with a fresh token; the cookie forgets all else (see `empty_for`). The caller commits."""
    store = current_store()
    assert store is not None
    _forget(store)
    empty_for(person)
    session.pop(_LEFT, None)
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
    if person_id is None or idle > _idle_limit():
        _run_out(store, token)
        return None
    if idle > _REFRESH_AFTER_SECONDS and not asked_by_script():
        _note_day(store, token, at)
        session["seen"] = int(at.timestamp())
    return store.person(person_id)


def _run_out(store: SignInStore, token: str) -> None:
    """Take the token out of the cookie, and leave there whose it was, unless it was ended on purpose."""
    began_at = datetime.fromtimestamp(session.get("since", 0), UTC)
    whose = store.session_person(token_hash(token), began_at)
    del session["token"]
    session.pop("_flashes", None)  # what was said to them, perhaps with a name, is not for whoever comes next
    if whose is not None and "csrf_token" in session:
        session[_LEFT] = _mark(whose)


def _mark(person_id: str) -> str:
    """Whose the CSRF secret in the cookie is: with another secret the same person's mark is another."""
    key = current_app.secret_key or ""
    text = f"left:{session['csrf_token']}:{person_id}"
    return hmac.new(key.encode() if isinstance(key, str) else key, text.encode(), "sha256").hexdigest()


def empty_for(person: Person) -> None:
    """Empty the cookie for this person, who keeps the CSRF secret if the session that ended here was theirs."""
    kept = {name: session[name] for name in (_LEFT, "csrf_token") if name in session}
    theirs = len(kept) == 2 and hmac.compare_digest(str(kept[_LEFT]), _mark(person.person_id))
    session.clear()
    if theirs:
        session.update(kept)


def seconds_left() -> int:
    """How long the session lasts if nothing is done, as far as the idle limit goes."""
    return max(0, int(_idle_limit() - (now().timestamp() - session.get("seen", 0))))


def stay() -> None:
    """Count as active: somebody pressed a button that says so."""
    session["seen"] = int(now().timestamp())


def _idle_limit() -> int:
    return int(current_app.config["SESSION_IDLE_MINUTES"]) * 60


def current_hash() -> str:
    """The token hash of the request's own session; "" without one."""
    token = session.get("token")
    return token_hash(token) if token else ""


def is_fresh() -> bool:
    """Whether somebody signed in here a moment ago, so that it is surely still them."""
    age_seconds = now().timestamp() - session.get("since", 0)
    return bool(age_seconds <= current_app.config["SESSION_FRESH_MINUTES"] * 60)


def leave() -> None:
    """End the session for its own person, whose forms in other tabs can be sent once they are back. The caller
    commits."""
    store, token = current_store(), session.get("token")
    whose = store.session_person(token_hash(token), now()) if store is not None and token else None
    if whose is not None and "csrf_token" in session:
        session[_LEFT] = _mark(whose)
    kept = {name: session[name] for name in (_LEFT, "csrf_token") if _LEFT in session}
    end()
    session.update(kept)


def end() -> None:
    """Forget the session in the store and empty the cookie. The caller commits."""
    store = current_store()
    if store is not None:
        _forget(store)
    session.clear()


def _forget(store: SignInStore) -> None:
    token = session.get("token")
    if token is not None:
        store.end_session(token_hash(token))


def asked_by_script() -> bool:
    """Whether a script polls (browsers say so): a page nobody looks at must not stay signed in for it."""
    return request.headers.get("Sec-Fetch-Dest") == "empty"


def _note_day(store: SignInStore, token: str, at: datetime) -> None:
    """Keep the day a session is used on, once a day; only while reading, when nothing waits for the database."""
    today = to_local(at).date()
    seen = to_local(datetime.fromtimestamp(session.get("seen", 0), UTC)).date()
    if seen != today and request.method == "GET":
        store.touch_session(token_hash(token), today)
