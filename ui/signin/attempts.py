"""Holds back whoever guesses passwords or codes: only so many tries per account in any stretch of time.

A try is counted before it is judged, and taken back when it was right: of any number sent at once no more are
judged than are allowed. Tries are counted under a keyed hash of the email that was typed, whether or not it has
an account: an answer then tells nothing about who has one, and a password typed into the wrong box is not kept.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import Flask, current_app

from ui.clock import now
from ui.signin.store import SignInStore


def init_attempts(app: Flask) -> None:
    """Settings: SIGN_IN_FAILURES allowed in any SIGN_IN_FAILURE_MINUTES (defaults 5 in 15)."""
    app.config.setdefault("SIGN_IN_FAILURES", 5)
    app.config.setdefault("SIGN_IN_FAILURE_MINUTES", 15)


def email_key(email: str) -> str:
    """What tries for this address are counted under."""
    secret = current_app.secret_key
    key = secret.encode() if isinstance(secret, str) else secret or b""
    return hmac.new(key, b"sign-in failure:" + email.strip().lower().encode(), hashlib.sha256).hexdigest()


def begin(store: SignInStore, email: str) -> int | None:
    """Count a try for this address, durably, before it is judged; its id, or None when it has to wait."""
    at, minutes = now(), current_app.config["SIGN_IN_FAILURE_MINUTES"]
    since = at - timedelta(minutes=minutes)
    counted = store.count_try(email_key(email), at, since, current_app.config["SIGN_IN_FAILURES"])
    store.commit()
    return counted


def minutes_to_wait(store: SignInStore, email: str) -> int:
    """In how many minutes this address may try again, at least 1: for whoever was refused just now."""
    key, at, minutes = email_key(email), now(), current_app.config["SIGN_IN_FAILURE_MINUTES"]
    for passed in range(1, minutes):
        since = at - timedelta(minutes=minutes - passed)
        if store.failures_since(key, since) < current_app.config["SIGN_IN_FAILURES"]:
            return passed
    return int(minutes)


def succeeded(store: SignInStore, email: str) -> None:
    """Forget the tries: somebody signed in with everything that is asked. The caller commits."""
    store.clear_failures(email_key(email))
