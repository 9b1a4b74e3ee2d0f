"""What every answer carries whoever wrote the view: content policy, cookies, CSRF, hosts, caching.

Settings an operator may give: `PROXY_HOPS` (how many reverse proxies stand in front, default 0),
`TRUSTED_HOSTS` (Flask's own: the host names this app answers to), `MAX_CONTENT_LENGTH` (bytes),
`SECRET_PATH_PREFIXES` (paths whose rest is a secret, such as `/o/`; see `ui.secret_paths`).
"""

from __future__ import annotations

from flask import Flask, abort, current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from ui.access import declaration, is_static
from ui.problems import speaks_problems
from ui.secret_paths import keep_out_of_logs

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
DEFAULT_MAX_BODY_BYTES = 1024 * 1024  # docs/protocol.md: a POST of the wire is at most 1 MiB
_YEAR_SECONDS = 365 * 24 * 3600

csrf = CSRFProtect()
"""Guards every form. An app's signed door is exempt by `csrf.exempt(blueprint)`: no browser speaks to it."""


def init_security(app: Flask) -> None:
    """Set cookies, CSRF, headers and log hygiene for an app whose configuration is loaded."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_DOMAIN=None,
        # The token lives as long as the session, and `no-referrer` leaves no referrer to compare.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    if app.config["MAX_CONTENT_LENGTH"] is None:
        app.config["MAX_CONTENT_LENGTH"] = DEFAULT_MAX_BODY_BYTES
    hops = app.config.setdefault("PROXY_HOPS", 0)
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_no_nul)
    csrf.init_app(app)
    app.after_request(_add_headers)
    app.config.setdefault("SECRET_PATH_PREFIXES", ())
    keep_out_of_logs(app.config["SECRET_PATH_PREFIXES"])


def _no_nul() -> None:
    """Nobody types U+0000, and PostgreSQL cannot even look for it.

    A path with one is refused. In what a form sent it becomes U+FFFD, as in every browser that reads it in a page, so
    that the form comes back with the rest of what was typed and says what to mend (`ui.forms.Form`).
    """
    if "\0" in request.path:
        abort(400)
    if _has_nul(request.args):
        request.args = _readable(request.args)
    if not speaks_problems() and _has_nul(request.form):
        request.form = _readable(request.form)


def _has_nul(sent: MultiDict[str, str]) -> bool:
    return any("\0" in text for pair in sent.items(multi=True) for text in pair)


def _readable(sent: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict(
        (name.replace("\0", "\ufffd"), value.replace("\0", "\ufffd"))
        for name, value in sent.items(multi=True)
    )


def _add_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if is_static(request.endpoint):
        if "v" in request.args:  # the address changes with the content
            response.headers["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable"
    elif not _may_be_kept(response):
        response.headers["Cache-Control"] = "no-store"
    return response


def _may_be_kept(response: Response) -> bool:
    """Only a public view that asked for it itself (a library file by its hash) may be kept by a browser."""
    access = declaration(current_app, request.endpoint) if request.endpoint else None
    return access is not None and access.kind == "public" and response.cache_control.public
