"""A physician's answer to reach-out: the link in the mail leads to yes or not now. Neither needs a reason.

The link opens again and again until name and contact details are destroyed, since the door stays open (E14).
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.models import LinkSession, Outreach
from site_agent.public import bp
from site_agent.public.link_door import LinkDoor, Page
from site_agent.public.visit import present_visit, save, visiting
from site_agent.services import outreach, retention
from site_agent.services.errors import NoLongerOpenError
from ui import access, clock

KIND = outreach.LINK


@bp.get("/reply/<token>")
@access.link(KIND)
def open_reply(token: str) -> Page:
    """One button."""
    return _DOOR.look(token)


@bp.post("/reply/<token>")
@access.link(KIND)
def enter_reply(token: str) -> Page:
    """To the two answers; the link stays good."""
    return _DOOR.come_in(token)


@bp.get("/reply")
@visiting(KIND)
def reply(visit: LinkSession) -> str:
    """What this is, and the two answers."""
    row = db.session.get_one(Outreach, visit.subject)
    return render_template(
        "public/reply.html", row=row, kept_days=retention.identity_kept(db.session).days, open=_is_open(row)
    )


@bp.post("/reply")
@visiting(KIND)
def not_now(visit: LinkSession) -> Response:
    """Not now; pressing twice says the same."""
    row = db.session.get_one(Outreach, visit.subject)
    try:
        outreach.refuse(db.session, row, "resources" in request.form, clock.now())
    except NoLongerOpenError as error:
        db.session.rollback()
        if row.state != "offered":
            flash(str(error.mend), "notice")
    else:
        save()
    return redirect(url_for("public.reply"), 303)


def answering(subject: str) -> Outreach | None:
    """The outreach that a form of this browser says it answers, if the browser came in by its link."""
    visit = present_visit(KIND)
    if visit is None or not subject or visit.subject != subject:
        return None
    return db.session.get(Outreach, subject)


def _is_open(row: Outreach) -> bool:
    return row.state in outreach.OPEN


def _unknown(token: str) -> Page:
    return render_template("public/reply_unknown.html"), 404


_DOOR = LinkDoor(KIND, "public/reply_open.html", "public.reply", _unknown)
