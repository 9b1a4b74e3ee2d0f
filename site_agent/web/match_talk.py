"""A talk that a supporter reports by phone: the tracker's taps, recorded at the desk and marked so."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.forms.talk import TalkForm
from site_agent.models import Interaction
from site_agent.models.match import HELPING
from site_agent.services import tracker
from site_agent.services.errors import NoLongerOpenError, WrongTimeError
from site_agent.web import ROLES, bp
from site_agent.web.desk import attempt, staff_id
from site_agent.web.match_about import with_match
from ui import clock
from ui.access import allow
from ui.forms import render_form
from ui.looks import done


@bp.route("/elsewhere/<thid>/talk", methods=["GET", "POST"])
@bp.route("/requests/<request_id>/help/talk", methods=["GET", "POST"])
@allow(*ROLES)
def record_talk(thid: str | None = None, request_id: str | None = None) -> Response | tuple[str, int]:
    """The same taps as the supporter's own page has; sent twice counts once."""
    (shown, match), form, now = with_match(thid, request_id), TalkForm(), clock.now()
    if request.method == "GET":
        if match.state not in HELPING:
            abort(409)
        form.ticket.data = tracker.ticket()
    elif form.validate():

        def record() -> None:
            shown.require_seen(request.form)
            tracker.record(db.session, match, form.entry(match, now), now, staff_id())

        try:
            if attempt(record, WrongTimeError):
                done(_("The talk is recorded."))
            return redirect(shown.page, 303)
        except WrongTimeError:
            form.day.errors = [_("Select a day after they were put in touch, and not in the future")]
    return render_form("web/talk.html", form, about=shown)


@bp.post("/talks/<interaction_id>/called")
@allow(*ROLES)
def called(interaction_id: str) -> Response:
    """The supporter who asked for it was called."""
    row = db.session.get(Interaction, interaction_id) or abort(404)

    def note() -> None:
        if not tracker.called(db.session, row, clock.now()):
            raise NoLongerOpenError()

    if attempt(note):
        done(_("Thank you for calling."))
    return redirect(url_for("web.today"), 303)
