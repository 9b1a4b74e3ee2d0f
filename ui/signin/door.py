"""What the sign-in pages do alike: lead on, let in, show a form again, say how long to wait."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import Field

from ui.access import local_path
from ui.forms import Form, render_form
from ui.signin import attempts, oidc, sessions
from ui.signin.store import Person, SignInStore

Page = Response | tuple[str, int] | tuple[str, int, dict[str, str]]

bp = Blueprint("signin", __name__, url_prefix="/sign-in")


@bp.context_processor
def _words() -> dict[str, object]:
    return {
        "next_page": local_path(request.args.get("next")),
        "provider": oidc.provider_name(),
        "shortest": current_app.config["PASSWORD_MIN_LENGTH"],
    }


def let_in(store: SignInStore, person: Person) -> Response:
    """They gave everything that is asked. Commits."""
    sessions.start(person)
    store.commit()
    return redirect(target(), 303)


def target() -> str:
    """The page that was asked for before signing in, else the app's first for whoever it is now."""
    home: str = current_app.extensions["ui"].home()
    asked = local_path(request.args.get("next"))
    # The bare address names no page, and what stands there may not be theirs to open.
    return home if asked in (None, "/") else asked


def on_to(endpoint: str) -> Response:
    """The next step, which knows where all this leads."""
    return redirect(url_for(endpoint, next=local_path(request.args.get("next"))), 303)


def page(name: str, form: Form, **context: object) -> tuple[str, int]:
    """A page of signing in with its form."""
    return render_form(f"signin/{name}.html", form, **context)


def held_back(
    store: SignInStore, email: str, name: str, form: Form, field: Field
) -> tuple[str, int, dict[str, str]]:
    """The page again, saying how long to wait."""
    minutes = attempts.minutes_to_wait(store, email)
    field.errors = [
        ngettext(
            "There were too many wrong tries. Wait %(num)s minute, then try again.",
            "There were too many wrong tries. Wait %(num)s minutes, then try again.",
            minutes,
        )
    ]
    text, _status = page(name, form)
    return text, 429, {"Retry-After": str(minutes * 60)}
