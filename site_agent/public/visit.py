"""A visit by secret link. GET shows one button and changes nothing, since mail scanners follow links; the POST puts a
session's token into the cookie, so that from then on no address holds a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from flask import abort, render_template, request, session
from sqlalchemy import select

from site_agent.extensions import db
from site_agent.hub_link import hub_link
from site_agent.models import LinkSession, SecretLink
from site_agent.services import links
from ui import access, clock

View = Callable[..., Any]


_TOGETHER = (("offer", "supporter"), ("request", "held"))
"""A browser holds one supporter and one physician at a time: who comes in by one of these ends what another left
open."""


def enter(link: SecretLink) -> None:
    """Let this browser in by the link; an earlier visit of the same kind ends here."""
    for kind in next((kinds for kinds in _TOGETHER if link.kind in kinds), (link.kind,)):
        links.end_session(db.session, session.pop(_key(kind), None))
    let_in(link.kind, links.start_session(db.session, link, clock.now()))
    save()


def let_in(kind: str, token: str) -> None:
    """Keep the token of a visit of this kind in the cookie."""
    session[_key(kind)] = token


def present_visit(kind: str) -> LinkSession | None:
    """The visit of this kind that is open in this browser, if there is one."""
    return links.find_session(db.session, session.get(_key(kind)), kind, clock.now())


def visiting(kind: str) -> Callable[[View], View]:
    """The page takes a LinkSession of this kind first; without one it says how to come back in.

    A form says what it is about, so that a press on a page left open cannot count for what the same browser has
    opened since.
    """

    def wrap(view: View) -> View:
        @access.link(kind)
        @wraps(view)
        def visited(*args: Any, **values: Any) -> Any:
            visit = present_visit(kind)
            if visit is None:
                return render_template("public/again.html", kind=kind), 403
            require_about(visit)
            return view(visit, *args, **values)

        return visited

    return wrap


def require_about(visit: LinkSession) -> None:
    """A form is about what this visit is about, or 409."""
    if request.method == "POST" and request.form.get("about") != visit.subject:
        abort(409)


def save() -> None:
    """Commit what the press changed, and let the link send at once what it queued."""
    db.session.commit()
    hub_link().wake()


def is_hub_away() -> bool:
    """Whether what is said now waits here until the hub can be reached."""
    return not hub_link().status(db.session, clock.now()).connected


def unused_links(kind: str, subject: str) -> Sequence[SecretLink]:
    """Links to the subject that would open something now."""
    good = SecretLink.spent_at.is_(None), SecretLink.expires_at > clock.now()
    return db.session.scalars(
        select(SecretLink).where(SecretLink.kind == kind, SecretLink.subject == subject, *good)
    ).all()


def _key(kind: str) -> str:
    return f"{kind}-visit"
