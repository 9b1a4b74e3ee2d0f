"""Today: what waits, the most urgent first, the rest of the week, the open requests, and how the site stands."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.hub_link import LinkStatus, hub_link
from site_agent.mail import standing
from site_agent.services import matching, setup
from site_agent.services.errors import NoLongerOpenError
from site_agent.web import ROLES, bp
from site_agent.web.desk import attempt, staff_id
from site_agent.web.open_help import OpenHelp
from site_agent.web.request_rows import status
from site_agent.web.waiting import waiting
from site_agent.web.week import week
from ui import clock
from ui.access import allow
from ui.looks import done


@bp.get("/")
@allow(*ROLES)
def today() -> str:
    """The page."""
    now = clock.now()
    hub = hub_link().status(db.session, now)
    pool = matching.Pool.now(db.session, now)
    shown = _lists(pool)
    here = [each for each in shown["supporters"].values() if each.left_at is None]
    return render_template(
        "web/today.html",
        **shown,
        hub=hub,
        hub_tag=hub_tag(hub),
        n_supporters=len(here),
        n_ready=len(pool.free),
        n_tasks=sum(not task.done for task in setup.tasks(db.session)),
    )


@bp.get("/today/list")
@allow(*ROLES)
def today_list() -> Response:
    """The lists alone, for the page to keep them fresh. They hold no token of a form, which would never be the same."""
    pool = matching.Pool.now(db.session, clock.now())
    answer = make_response(render_template("web/today_list.html", **_lists(pool)))
    answer.add_etag()
    return answer.make_conditional(request)


@bp.post("/today/mail/<mail_id>/settled")
@allow(*ROLES)
def mail_settled(mail_id: str) -> Response:
    """Somebody phoned the supporter whom a mail did not reach."""

    def settle() -> None:
        if not standing.settled(db.session, mail_id):
            raise NoLongerOpenError()

    if attempt(settle):
        done(_("Thank you for phoning."))
    return redirect(url_for("web.today"), 303)


def hub_tag(status: LinkStatus) -> tuple[str, str]:
    """Words and colour for how the link stands."""
    if status.alarm:
        return _("Alarm"), "red"
    if status.code == "not-enrolled":
        return _("Not enrolled"), "grey"
    if status.pending:
        return _("Waiting for approval"), "yellow"
    return (_("Connected"), "green") if status.connected else (_("Not connected"), "yellow")


def _lists(pool: matching.Pool) -> dict[str, Any]:
    now = pool.at
    open_help = OpenHelp.read(db.session)
    going = [
        (row, status(row, open_help.match_of(row)))
        for row in open_help.requests
        if row.state in ("looking", "in-hand", "in-touch") and not row.restate
    ]
    return {
        "waiting": waiting(db.session, open_help, staff_id(), pool, now),
        "week": week(open_help, now),
        "requests": going,
        "supporters": open_help.supporters,
    }
