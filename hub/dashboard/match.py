"""One match: both sites, state and clock, how it came about; staff may take it back or close it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.dashboard import bp
from hub.dashboard.history import match_history
from hub.dashboard.overview import is_staff
from hub.dashboard.questions import MATCH_QUESTIONS, offered
from hub.dashboard.reader import staff_id
from hub.dashboard.rows import MatchRow, one_match
from hub.extensions import db
from hub.models import Match
from hub.services import brokerage
from hub.words import MODALITY, STAGE
from ui.access import allow
from ui.clock import now
from ui.forms import Form
from ui.looks import done
from ui.timewords import when

_ACTS: dict[str, Callable[[Session, Match, str, datetime], bool]] = {
    "take-back": brokerage.take_back,
    "close": brokerage.close_by_staff,
}


@bp.get("/matches/<match_id>")
@allow("staff", "viewer")
def match(match_id: str) -> str:
    """The page; only staff are offered acts."""
    row = _row(match_id)
    return render_template(
        "dashboard/match.html",
        match=row,
        facts=_facts(row),
        events=match_history(row.match),
        actions=offered(MATCH_QUESTIONS, row.state) if is_staff() else [],
    )


@bp.route("/matches/<match_id>/<action>", methods=["GET", "POST"])
@allow("staff")
def confirm_match(match_id: str, action: str) -> str | Response:
    """The question before an act; sent, it is done."""
    row = _row(match_id)
    question = MATCH_QUESTIONS.get(action) or abort(404)
    if row.state not in question.states:
        abort(409)
    back = url_for("dashboard.match", match_id=match_id)
    about = row.match.helper_site_id or ""
    if not Form().validate_on_submit():
        caption = _("Match %(ref)s, now with %(site)s", ref=row.ref, site=row.helper)
        return render_template(
            "dashboard/confirm.html", question=question, caption=caption, back=back, about=about
        )
    if request.form.get("about") != about:
        abort(409)  # pressed twice, or read long ago: it would hit the site that was asked meanwhile
    if not _ACTS[action](db.session(), row.match, staff_id(), now()):
        abort(409)
    db.session.commit()
    done(str(question.done))
    return redirect(back, 303)


def _facts(row: MatchRow) -> list[dict[str, Any]]:
    match = row.match
    facts = [
        (_("From"), row.home),
        (_("To"), row.helper or _("No site yet")),
        (_("Career stage"), STAGE.get(match.stage, match.stage)),
        (_("How to talk"), MODALITY.get(match.modality, match.modality)),
        (_("Asked"), when(match.asked_at)),
    ]
    if match.contact_met is not None:
        facts.append(
            (_("First attempt"), _("Inside the limit") if match.contact_met else _("After the limit"))
        )
    return [{"key": {"text": key}, "value": {"text": value}} for key, value in facts]


def _row(match_id: str) -> MatchRow:
    return one_match(match_id, now()) or abort(404)
