"""Today: what waits, the most urgent first, the rest of the week, the open requests, and how the site stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.hub_link import LinkStatus, hub_link
from site_agent.mail import standing as mail
from site_agent.models import Enrolment, LinkState
from site_agent.services import matching, setup
from site_agent.services.errors import NoLongerOpenError
from site_agent.web import ROLES, bp
from site_agent.web.addresses import address
from site_agent.web.desk import attempt, staff_id
from site_agent.web.navigation import may_open
from site_agent.web.news import seen
from site_agent.web.open_help import OpenHelp
from site_agent.web.request_rows import status
from site_agent.web.waiting import Standing, waiting
from site_agent.web.week import week
from ui import clock
from ui.access import allow
from ui.looks import done

_SINGLETONS = (select(LinkState), select(Enrolment))
"""Each table has one row at most."""


@bp.get("/")
@allow(*ROLES)
def today() -> str:
    """The page."""
    seen()
    standing = _standing(clock.now())
    return render_template(
        "web/today.html",
        **_lists(standing),
        hub=standing.hub,
        hub_tag=hub_tag(standing.hub),
        n_supporters=len(standing.pool.roster),
        n_ready=len(standing.pool.free),
        n_tasks=len(standing.tasks_left),
        may_open=may_open,
    )


@bp.get("/today/list")
@allow(*ROLES)
def today_list() -> Response:
    """The lists alone, for the page to keep them fresh. They hold no token of a form, which would never be the same."""
    answer = make_response(render_template("web/today_list.html", **_lists(_standing(clock.now()))))
    answer.add_etag()
    return answer.make_conditional(request)


@bp.post("/today/mail/<mail_id>/settled")
@allow(*ROLES)
def mail_settled(mail_id: str) -> Response:
    """Somebody phoned the supporter whom a mail did not reach."""

    def settle() -> None:
        if not mail.settled(db.session, mail_id):
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


def _standing(now: datetime) -> Standing:
    held = [db.session.scalar(singleton) for singleton in _SINGLETONS]
    open_help = OpenHelp.read(db.session)
    return Standing(
        at=now,
        open_help=open_help,
        pool=matching.Pool.now(db.session, now, open_help.supporters.values()),
        hub=hub_link().status(db.session, now),
        tasks_left=tuple(task.code for task in setup.tasks(db.session) if not task.done),
        held=held,
    )


def _lists(standing: Standing) -> dict[str, Any]:
    open_help = standing.open_help
    going = [
        (row, status(row, open_help.match_of(row)), address("web.request_page", "request_id", row.request_id))
        for row in open_help.requests
        if row.state in ("looking", "in-hand", "in-touch") and not row.restate
    ]
    return {
        "waiting": waiting(db.session, standing, staff_id()),
        "week": week(open_help, standing.at),
        "requests": going,
    }
