"""Who may open which page. Every view says so; a view that says nothing is refused at start-up.

    @bp.get("/requests")
    @allow("coordinator", "lead")
    def requests(): ...

The declaration stays on the view function, so that it can be read at start-up and by tests. Before each
request the default is to deny: without a declaration nobody comes in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, has_request_context, redirect, request, url_for
from werkzeug.wrappers import Response

from ui.signin.sessions import asked_by_script, find_person
from ui.signin.store import Person, current_store
from ui.unsent import answer_signed_out

View = TypeVar("View", bound=Callable[..., Any])

_PERSON = "alongside.person"  # kept on the request itself: an app context may outlive it


@dataclass(frozen=True)
class Access:
    """A declaration: for anyone, for anyone with an account, for the roles in `names`, or for holders of the kind
    of link in `names`."""

    kind: Literal["public", "person", "roles", "link"]
    names: frozenset[str] = frozenset()


class UndeclaredRouteError(RuntimeError):
    """A route whose view does not say who may open it."""


def public(view: View) -> View:
    """Anyone may open this page, signed in or not."""
    return _declare(view, Access("public"))


def signed_in(view: View) -> View:
    """Whoever is signed in may open this page, with any role or none: it is about their own account."""
    return _declare(view, Access("person"))


def allow(*roles: str) -> Callable[[View], View]:
    """Whoever is signed in with one of these roles may open this page."""
    if not roles:
        raise ValueError("@allow needs at least one role; a page for everyone is @public")
    return lambda view: _declare(view, Access("roles", frozenset(roles)))


def link(kind: str) -> Callable[[View], View]:
    """Whoever holds a secret link of this kind may open this page. The view itself checks the link."""
    return lambda view: _declare(view, Access("link", frozenset({kind})))


def current_person() -> Person | None:
    """Who is signed in, or None; looked up once a request."""
    if not has_request_context():
        return None
    if _PERSON not in request.environ:
        request.environ[_PERSON] = find_person()
    person: Person | None = request.environ[_PERSON]
    return person


def forget_person() -> None:
    """Treat the rest of this request as signed out: for a page that must not ask the store."""
    request.environ[_PERSON] = None


def local_path(target: str | None) -> str | None:
    """`target` if it is a path on this host, else None.

    Refuses what a browser would read as another host: a scheme, two slashes, backslashes (read as slashes)
    and spaces or control characters (dropped before reading).
    """
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if any(ord(character) <= 0x20 or ord(character) == 0x7F for character in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def declaration(app: Flask, endpoint: str) -> Access | None:
    """What the view behind an endpoint declares; static files are public."""
    if is_static(endpoint):
        return Access("public")
    return getattr(app.view_functions.get(endpoint), "access", None)


def is_static(endpoint: str | None) -> bool:
    """Whether an endpoint serves an app's or a blueprint's static folder."""
    return endpoint is not None and endpoint.rpartition(".")[2] == "static"


def routes(app: Flask) -> list[tuple[str, frozenset[str], Access | None]]:
    """Every route as (rule, methods, declaration), for tests that walk over all of them."""
    return [
        (rule.rule, frozenset(rule.methods or ()), declaration(app, rule.endpoint))
        for rule in app.url_map.iter_rules()
    ]


def init_access(app: Flask) -> None:
    """Deny by default: from now on each request is checked before anything else runs."""
    app.before_request(_guard)


def require_declarations(app: Flask) -> None:
    """Raise UndeclaredRouteError naming every route without a declaration."""
    undeclared = sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if declaration(app, rule.endpoint) is None
    )
    if undeclared:
        raise UndeclaredRouteError(
            "These routes do not say who may open them. Put @public, @allow(…) or @link(…) directly above "
            "each view: " + ", ".join(undeclared)
        )


def _declare(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def _guard() -> Response | None:
    if request.endpoint is None:
        return None  # no such page, or not this method: the error pages answer
    access = declaration(current_app, request.endpoint)
    if access is None:
        abort(403)
    if access.kind not in {"roles", "person"}:
        return None
    person = current_person()
    if person is None:
        return _to_sign_in()
    if access.kind == "roles" and not access.names & person.roles:
        abort(403)
    return None


def _to_sign_in() -> Response:
    if current_store() is None:
        abort(403)
    if asked_by_script():
        abort(401)  # a redirect would put the sign-in page inside the page that polls
    if request.method not in {"GET", "HEAD"}:
        return answer_signed_out()
    return redirect(url_for("signin.sign_in", next=local_path(request.full_path.rstrip("?"))))
