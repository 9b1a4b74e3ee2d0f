"""Today: what waits, the most urgent first, the open requests, and how the site stands."""

from __future__ import annotations

from typing import Any

from flask import make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.hub_link import LinkStatus, hub_link
from site_agent.models import Request
from site_agent.services import roster, setup
from site_agent.web import ROLES, bp
from site_agent.web.waiting import waiting
from ui import clock
from ui.access import allow


@bp.get("/")
@allow(*ROLES)
def today() -> str:
    """The page."""
    now = clock.now()
    everybody = roster.everybody(db.session)
    ready = [each for each in everybody if roster.status(db.session, each, now) == "ready"]
    hub = hub_link().status(db.session, now)
    return render_template(
        "web/today.html",
        **_lists(),
        hub=hub,
        hub_tag=hub_tag(hub),
        n_supporters=len(everybody),
        n_ready=len(ready),
        n_tasks=sum(not task.done for task in setup.tasks(db.session)),
    )


@bp.get("/today/list")
@allow(*ROLES)
def today_list() -> Response:
    """The lists alone, for the page to keep them fresh."""
    answer = make_response(render_template("web/today_list.html", **_lists()))
    answer.add_etag()
    return answer.make_conditional(request)


def hub_tag(status: LinkStatus) -> tuple[str, str]:
    """Words and colour for how the link stands."""
    if status.alarm:
        return _("Alarm"), "red"
    if status.code == "not-enrolled":
        return _("Not enrolled"), "grey"
    if status.pending:
        return _("Waiting for approval"), "yellow"
    return (_("Connected"), "green") if status.connected else (_("Not connected"), "yellow")


def _lists() -> dict[str, Any]:
    going = Request.state.in_(("looking", "in-hand", "in-touch")), Request.restate.is_(False)
    open_rows = select(Request).where(*going).order_by(Request.received_at)
    return {
        "waiting": waiting(db.session, clock.now()),
        "requests": db.session.scalars(open_rows).all(),
    }
