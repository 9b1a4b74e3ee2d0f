"""The sign-in pages."""

from __future__ import annotations

from flask import Blueprint, Flask

from ui.secret_paths import keep_out_of_logs
from ui.signin.sessions import init_sessions
from ui.signin.store import SignInStore

WELCOME_PATH = "/sign-in/welcome/"

bp = Blueprint("signin", __name__, url_prefix="/sign-in")


def init_signin(app: Flask, store: SignInStore | None) -> None:
    """Mount the pages at /sign-in, unless nobody signs in to this app (no store)."""
    app.extensions["sign_in_store"] = store
    init_sessions(app)
    keep_out_of_logs([WELCOME_PATH])
    if store is not None:
        app.register_blueprint(bp)
