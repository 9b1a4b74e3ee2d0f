"""What the pages of somebody's own account share: whose it is, who may change it, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from ui.access import current_person
from ui.looks import done
from ui.signin import sessions
from ui.signin.store import Person

Page = Response | str | tuple[str, int]

bp = Blueprint("account", __name__, url_prefix="/account")


def own() -> Person:
    """Whose account it is."""
    person = current_person()
    assert person is not None  # @signed_in saw to it
    return person


def fresh(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page that changes how somebody signs in: whoever finds a desk unattended must not."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if sessions.is_fresh():
            return view(*args, **kwargs)
        return redirect(url_for("account.again", next=request.path), 303)

    return guarded


def back(*, said: str | None = None) -> Response:
    """To the account's first page, with what was done."""
    if said:
        done(said)
    return redirect(url_for("account.account"), 303)
