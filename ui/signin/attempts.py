"""Holds back whoever guesses passwords or codes: only so many failures per account in any stretch of time.

Failures are counted under a keyed hash of the email that was typed, whether or not it has an account: an answer
then tells nothing about who has one, and a password typed into the wrong box is not kept.
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
    """What failures for this address are counted under."""
    secret = current_app.secret_key
    key = secret.encode() if isinstance(secret, str) else secret or b""
    return hmac.new(key, b"sign-in failure:" + email.strip().lower().encode(), hashlib.sha256).hexdigest()


def minutes_to_wait(store: SignInStore, email: str) -> int:
    """In how many minutes this address may try again; 0 for now."""
    key, at, minutes = email_key(email), now(), current_app.config["SIGN_IN_FAILURE_MINUTES"]
    for passed in range(minutes):
        since = at - timedelta(minutes=minutes - passed)
        if store.failures_since(key, since) < current_app.config["SIGN_IN_FAILURES"]:
            return passed
    return int(minutes)


def failed(store: SignInStore, email: str) -> None:
    """Count one failure, durably."""
    store.record_failure(email_key(email), now())
    store.commit()


def succeeded(store: SignInStore, email: str) -> None:
    """Forget the failures: somebody signed in with everything that is asked. The caller commits."""
    store.clear_failures(email_key(email))
