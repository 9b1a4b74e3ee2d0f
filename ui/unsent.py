"""A form that could not be taken, since its sender was signed out meanwhile or its token is of an earlier sign-in.

What was typed goes back in the answer itself, in hidden fields of a form to the same address. Nothing of it is kept
here. Only a form that a page of ours sent is answered so: any other page could put its own words into it and wait for
somebody to press the button.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

MOST_CHARS = 100_000
"""Ours: ten times the longest form there is, a list from a spreadsheet aside."""
MOST_FIELDS = 500
"""Ours: a form with every box ticked has some sixty."""

_SECRET_WORDS = frozenset({"password", "current", "pin", "again", "code", "token", "credential", "session"})
_WORD = re.compile(r"[^a-z]+")


@dataclass(frozen=True)
class Unsent:
    """What a form held: name and value of each field that may be handed back, and what cannot be."""

    fields: tuple[tuple[str, str], ...]
    n_secrets: int
    n_files: int


def answer_signed_out() -> Response:
    """401: sign in elsewhere, come back, press once more."""
    return _answer("errors/signed_out.html", 401, what_was_sent())


def answer_old_token(error: CSRFError) -> Response | None:
    """400: press once more. None where there is nothing to hand back, for the plain page of that error."""
    unsent = what_was_sent()
    return None if unsent is None else _answer("errors/old_form.html", error.code or 400, unsent)


def is_secret(name: str) -> bool:
    """Whether a field's name says that nobody but its reader should have what it holds, not even the page itself."""
    return not _SECRET_WORDS.isdisjoint(_WORD.split(name.lower()))


def what_was_sent() -> Unsent | None:
    """What of this request can be handed back; None for nothing, too much, or what another page sent.

    Also for an app's own page that has to refuse a form, such as one of a visit that has ended.
    """
    if request.method != "POST" or not _is_from_own_page():
        return None
    posted = list(request.form.items(multi=True))
    fields = tuple((name, value) for name, value in posted if not is_secret(name))
    n_chars = sum(len(name) + len(value) for name, value in fields)
    if not fields or len(fields) > MOST_FIELDS or n_chars > MOST_CHARS:
        return None
    if any("\0" in text for pair in fields for text in pair):
        return None  # it would be refused again
    n_secrets = sum(is_secret(name) and name != "csrf_token" for name, _value in posted)
    return Unsent(fields, n_secrets, sum(bool(file.filename) for file in request.files.values()))


def _answer(template: str, status: int, unsent: Unsent | None) -> Response:
    return Response(render_template(template, unsent=unsent), status=status, mimetype="text/html")


def _is_from_own_page() -> bool:
    """As browsers tell it since 2023; older ones by the origin, as far as `no-referrer` leaves them one to send."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        return urlsplit(sender)[:2] == urlsplit(request.host_url)[:2]
    except ValueError:  # no browser sends such an address
        return False
