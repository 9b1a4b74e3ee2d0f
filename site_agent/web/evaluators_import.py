"""Who assesses whose work, from a spreadsheet and back: send the list, read what it would add, then add it."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.services import activity
from site_agent.services.evaluators_list import COLUMNS, export, import_apply, import_preview
from site_agent.services.spreadsheet import MAX_ROWS
from site_agent.web import ROLES, bp
from site_agent.web.desk import save, staff_id
from site_agent.web.supporter_import import N_SHOWN, csv_file, used_already
from site_agent.web.supporter_list_form import ListForm, keep, kept, take
from ui import clock
from ui.access import allow
from ui.forms import render_form
from ui.looks import done

_EXAMPLE = (
    "supporter-email,physician-name,physician-email\r\n"
    "example.name@example.ca,Dr. Another Name,another.name@example.ca\r\n"
)


@bp.get("/supporters/assessing/import/example.csv")
@allow(*ROLES)
def evaluators_example() -> FlaskResponse:
    """A list to fill in."""
    return csv_file("\ufeff" + _EXAMPLE, "assessing-template.csv")


@bp.post("/supporters/assessing/list.csv")
@allow(*ROLES)
def export_evaluators() -> FlaskResponse:
    """Everybody's list; that it was taken out is logged."""
    text = export(db.session, clock.now())
    activity.note(db.session, staff_id(), "roster-exported", None, clock.now())
    db.session.commit()
    return csv_file(text, "assessing.csv")


@bp.route("/supporters/assessing/import", methods=["GET", "POST"])
@allow(*ROLES)
def import_evaluators() -> Response | tuple[str, int]:
    """Send the list. One with errors is read back and not kept."""
    form, preview = ListForm(), None
    if form.validate_on_submit():
        data = form.data_sent()
        db.session.rollback()  # a long list takes seconds to read: nobody waits for it
        preview = import_preview(db.session, data, clock.now(), form.left_out())
        if not preview.errors:
            return redirect(
                url_for("web.check_evaluators", draft_id=keep(preview.text, is_guessed=preview.is_guessed)),
                303,
            )
        form.mend(preview.text, preview.unknown)
    return render_form(
        "web/evaluators_import.html",
        form,
        preview=preview,
        columns=COLUMNS,
        n_shown=N_SHOWN,
        max_rows=MAX_ROWS,
    )


@bp.route("/supporters/assessing/import/<draft_id>", methods=["GET", "POST"])
@allow(*ROLES)
def check_evaluators(draft_id: str) -> Response | str:
    """What the list would add; the press adds it, once."""
    sent = kept(draft_id)
    if sent is None:
        return used_already()
    db.session.rollback()
    preview = import_preview(db.session, sent.text, clock.now())
    if request.method == "GET" or preview.errors:
        return render_template(
            "web/evaluators_check.html", preview=preview, n_shown=N_SHOWN, is_guessed=sent.is_guessed
        )
    if not take(draft_id):
        return used_already()
    n_added = import_apply(db.session, preview, clock.now())
    save()
    done(ngettext("%(num)d line was added.", "%(num)d lines were added.", n_added))
    return redirect(url_for("web.evaluators"), 303)
