"""The safety route as the keepers see it: when it was taken and which way, and whether a debrief was offered (J05).

Nobody else opens this page, whatever else they do at the site. It opens on purpose and the opening is logged.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import abort, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent import roles, talk_words
from site_agent.extensions import db
from site_agent.models import SafetyReport
from site_agent.services import activity, retention, safety
from site_agent.web import bp
from site_agent.web.desk import save, staff_id
from ui import clock
from ui.access import allow
from ui.looks import done

_OPENED = "safety-opened-at"
_STAYS_OPEN = timedelta(minutes=15)
"""Ours: as long as a supporter's PIN counts by default."""


@bp.get("/safety/reports")
@allow(*roles.SAFETY)
def safety_reports() -> str:
    """How many wait; the reports themselves once they were opened."""
    rows = safety.reports(db.session) if _is_open() else None
    waiting = safety.n_waiting(db.session)
    kept = retention.report_kept(db.session).days
    return render_template(
        "web/safety_reports.html", rows=rows, n_waiting=waiting, route=talk_words.ROUTE, n_days=kept
    )


@bp.post("/safety/reports")
@allow(*roles.SAFETY)
def open_safety_reports() -> Response:
    """Open them, and leave a line of who did."""
    now = clock.now()
    activity.note(db.session, staff_id(), "safety-opened", None, now)
    save()
    session[_OPENED] = now.isoformat()
    return _back()


@bp.post("/safety/reports/<report_id>/debrief")
@allow(*roles.SAFETY)
def offered_debrief(report_id: str) -> Response:
    """A debrief was offered."""
    row = _row(report_id)
    if safety.debrief_offered(db.session, row, clock.now()):
        save()
        done(_("Noted: a debrief was offered."), undo=url_for("web.undo_debrief", report_id=report_id))
    return _back()


@bp.post("/safety/reports/<report_id>/undo")
@allow(*roles.SAFETY)
def undo_debrief(report_id: str) -> Response:
    """A press by mistake."""
    if safety.debrief_not_offered(db.session, _row(report_id)):
        save()
    return _back()


def _row(report_id: str) -> SafetyReport:
    return db.session.get(SafetyReport, report_id) or abort(404)


def _is_open() -> bool:
    opened = session.get(_OPENED)
    return opened is not None and clock.now() - datetime.fromisoformat(opened) < _STAYS_OPEN


def _back() -> Response:
    return redirect(url_for("web.safety_reports"), 303)
