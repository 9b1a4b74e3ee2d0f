"""The physician's secret link. It works until the request is erased."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.public import bp
from site_agent.public.visit import enter
from site_agent.services import links
from ui import access, clock

KIND = "request"


@bp.get("/r/<token>")
@access.link(KIND)
def open_request(token: str) -> str | tuple[str, int]:
    """One button."""
    if links.find(db.session, token, KIND, clock.now()) is None:
        return _unknown()
    return render_template("public/request_open.html")


@bp.post("/r/<token>")
@access.link(KIND)
def enter_request(token: str) -> Response | tuple[str, int]:
    """Exchange the link for a session; the link stays good."""
    link = links.find(db.session, token, KIND, clock.now())
    if link is None:
        return _unknown()
    enter(link)
    return redirect(url_for("public.request_page"), 303)


def _unknown() -> tuple[str, int]:
    return render_template("public/request_unknown.html"), 404
