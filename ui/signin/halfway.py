"""Between the password and the code: who gave the right password in this browser, for a few minutes.

It rides in the signed cookie. A copy is worth no more than the password that made it: the code is still asked,
and wrong ones are counted under the account. It ends with that password: an account that starts over asks for a new
code, and whoever knew the old password must not be the one to set it up.
"""

from __future__ import annotations

from flask import Flask, current_app, session

from ui.clock import now
from ui.signin import codes, sessions
from ui.signin.sessions import token_hash
from ui.signin.store import Person, SignInStore, the_store


def init_halfway(app: Flask) -> None:
    """Setting: SIGN_IN_CODE_MINUTES, the time to type the code or set up an app (default 10)."""
    app.config.setdefault("SIGN_IN_CODE_MINUTES", 10)


def begin(person: Person) -> None:
    """The password was right. The cookie forgets what it held before (see `sessions.empty_for`)."""
    sessions.empty_for(person)
    by = _mark(the_store(), person.person_id)
    session["halfway"] = {"person_id": person.person_id, "at": int(now().timestamp()), "by": by}


def person_halfway(store: SignInStore) -> Person | None:
    """Who gave the right password a few minutes ago and may still have an account."""
    state = session.get("halfway")
    if state is None:
        return None
    age_seconds = now().timestamp() - state["at"]
    is_late = age_seconds > current_app.config["SIGN_IN_CODE_MINUTES"] * 60
    person = None if is_late else store.person(state["person_id"])
    if person is None or state.get("by") != _mark(store, person.person_id):
        del session["halfway"]
        return None
    return person


def offered_secret() -> str:
    """The secret this browser was shown while it sets up an authenticator app; a new one the first time."""
    state = session["halfway"]
    if "secret" not in state:
        session["halfway"] = state | {"secret": codes.new_secret()}
    secret: str = session["halfway"]["secret"]
    return secret


def _mark(store: SignInStore, person_id: str) -> str:
    """Tells one password of a person from the next, and nothing else: what is kept of a password is salted."""
    return token_hash(store.password_hash(person_id) or "")
