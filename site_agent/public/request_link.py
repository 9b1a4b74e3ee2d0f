"""The physician's secret link. It works until the request is erased."""

from __future__ import annotations

from flask import render_template

from site_agent.public import bp
from site_agent.public.link_door import LinkDoor, Page
from ui import access

KIND = "request"


@bp.get("/r/<token>")
@access.link(KIND)
def open_request(token: str) -> Page:
    """One button."""
    return _DOOR.look(token)


@bp.post("/r/<token>")
@access.link(KIND)
def enter_request(token: str) -> Page:
    """To the physician's page; the link stays good."""
    return _DOOR.come_in(token)


def _unknown(token: str) -> Page:
    return render_template("public/request_unknown.html"), 404


_DOOR = LinkDoor(KIND, "public/request_open.html", "public.request_page", _unknown)
