"""Pages for anyone: the nameless withdrawal, help, privacy and accessibility."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("public", __name__)

from hub.public import about, withdraw  # noqa: E402, F401  (their routes hang on the blueprint above)
