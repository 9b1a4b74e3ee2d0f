"""The pages people see when something is refused or broken, in the product's look.

Each says what happened and what to do next. Programs (`/v1/…`) get problem+json instead. When even the error
page cannot be drawn, a plain one is sent, which needs no template, no database and no address of this app.
"""

from __future__ import annotations

from flask import Flask, current_app, render_template
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from ui.access import forget_person
from ui.problems import problem_of, speaks_problems
from ui.unsent import answer_old_token

# By status: what happened, and what to do about it.
_WORDS = {
    400: (
        _l("That did not work"),
        _l("Your browser sent something this page cannot read. Go back, reload the page and try again."),
    ),
    401: (_l("You are signed out"), _l("Reload the page to sign in again.")),
    403: (
        _l("You may not open this page"),
        _l(
            "Your account does not have the role it needs. If you should have it, ask whoever gave you access."
        ),
    ),
    404: (
        _l("Page not found"),
        _l("Check the address if you typed it. If you followed a link, it may be old: ask for a fresh one."),
    ),
    405: (
        _l("This page cannot be used that way"),
        _l("Go back and use the buttons on the page. Nothing was changed."),
    ),
    409: (
        _l("Somebody else was faster"),
        _l("This changed since you opened the page. Go back, reload it and look again before you decide."),
    ),
    410: (_l("This link no longer works"), _l("It was used already or it ran out. Ask for a fresh one.")),
    413: (
        _l("That is too large"),
        _l("Go back and send a smaller file. Nothing was changed."),
    ),
    422: (
        _l("Something you sent is not right"),
        _l("Go back, check what you entered and send it again. Nothing was changed."),
    ),
    429: (_l("Too many tries"), _l("Wait a few minutes, then try again.")),
    500: (
        _l("Something went wrong here"),
        _l("This is not your doing. What you sent may not have been kept: try again in a few minutes."),
    ),
    503: (_l("This is not available just now"), _l("Try again in a few minutes.")),
}
_CSRF_WORDS = (
    _l("This form is too old"),
    _l("You signed in or out since you opened it. Go back, reload the page and send it again."),
)
_PLAIN_PAGE = "<!doctype html><html lang=en><meta charset=utf-8><title>{0}</title><h1>{0}</h1><p>{1}</p>"


def init_errors(app: Flask) -> None:
    """Answer every error of the web, and every exception nobody caught, with a page or a problem."""
    app.register_error_handler(HTTPException, _answer)


def _answer(error: HTTPException) -> Response:
    response = problem_of(error) if speaks_problems() else _page(error)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value  # Allow of 405, Retry-After of 429
    return response


def _page(error: HTTPException) -> Response:
    status = error.code or 500
    title, advice = _CSRF_WORDS if isinstance(error, CSRFError) else _WORDS.get(status, _WORDS[400])
    if status >= 500:
        forget_person()  # whatever broke may be what remembers who is signed in
    if isinstance(error, SecurityError):  # an unknown host: this app has no addresses under it
        return _plain_page(status)
    try:
        handed_back = answer_old_token(error) if isinstance(error, CSRFError) else None
        if handed_back is not None:
            return handed_back
        text = render_template("errors/error.html", title=title, advice=advice)
    except Exception:
        current_app.logger.exception("The error page for status %d could not be drawn", status)
        return _plain_page(status)
    return Response(text, status=status, mimetype="text/html")


def _plain_page(status: int) -> Response:
    title, advice = _WORDS[500] if status >= 500 else _WORDS[400]
    return Response(_PLAIN_PAGE.format(title, advice), status=status, mimetype="text/html")
