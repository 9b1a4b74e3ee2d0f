"""Supporters from a spreadsheet and back: send the list, read what it would do or what is wrong with it, then do it."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import RadioField

from site_agent.extensions import db
from site_agent.models import Supporter
from site_agent.services import activity, roster_export
from site_agent.services.roster import MAX_PLACES
from site_agent.services.roster_columns import values
from site_agent.services.roster_import import COLUMNS, Entry, Outcome, Preview, import_apply, import_preview
from site_agent.services.spreadsheet import MAX_ROWS
from site_agent.web import ROLES, bp
from site_agent.web.desk import save, staff_id
from site_agent.web.supporter_list_form import ListForm, keep, kept, take
from site_agent.web.supporter_rows import LABEL, value
from ui import clock
from ui.access import allow
from ui.forms import Form, choices, render_form
from ui.looks import done

N_SHOWN = 20
"""Of the supporters that would be added: enough to see that the columns are right."""
_EXAMPLE = (
    "name,email,phone,stage,languages,modalities,gender,posts,places,foundations,practice\r\n"
    "Dr. Example Name,example.name@example.ca,250-555-0142,mid,English / French,in-person / phone,woman,,1,"
    "2025-09-17,2025-09-25\r\n"
)
_KNOWN = {"leave": _l("Leave them as they are"), "change": _l("Change them to what the list says")}


class CheckForm(Form):
    """What happens to those who are on the roster with other details."""

    known = RadioField(
        _l("Those who are on the roster already"),
        choices=choices(_KNOWN),
        default="leave",
        validate_choice=True,
    )


def csv_file(text: str, name: str) -> FlaskResponse:
    """A list to download."""
    answer = FlaskResponse(text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@bp.get("/supporters/import/example.csv")
@allow(*ROLES)
def import_example() -> FlaskResponse:
    """A list to fill in."""
    return csv_file("\ufeff" + _EXAMPLE, "supporters-template.csv")


@bp.post("/supporters/list.csv")
@allow(*ROLES)
def export_supporters() -> FlaskResponse:
    """The roster as a list; that it was taken out is logged."""
    text = roster_export.export(db.session)
    activity.note(db.session, staff_id(), "roster-exported", None, clock.now())
    db.session.commit()
    return csv_file(text, "supporters.csv")


@bp.route("/supporters/import", methods=["GET", "POST"])
@allow(*ROLES)
def import_supporters() -> Response | tuple[str, int]:
    """Send the list. One with errors is read back and not kept."""
    form, preview = ListForm(), None
    if form.validate_on_submit():
        data = form.data_sent()
        db.session.rollback()  # a long list takes seconds to read: nobody waits for it
        preview = import_preview(db.session, data, clock.now(), form.left_out())
        if not preview.errors:
            return redirect(
                url_for("web.import_check", draft_id=keep(preview.text, is_guessed=preview.is_guessed)), 303
            )
        form.mend(preview.text, preview.unknown)
    return render_form(
        "web/import.html",
        form,
        preview=preview,
        columns=COLUMNS,
        values=values,
        max_places=MAX_PLACES,
        n_shown=N_SHOWN,
        max_rows=MAX_ROWS,
    )


@bp.route("/supporters/import/<draft_id>", methods=["GET", "POST"])
@allow(*ROLES)
def import_check(draft_id: str) -> Response | tuple[str, int]:
    """What the list would do; the press does it, once."""
    sent, form = kept(draft_id), CheckForm()
    if sent is None:
        flash(
            _("That list was used already, or is too old. Send it again if something is missing."), "notice"
        )
        return redirect(url_for("web.supporters"), 303)
    preview = import_preview(db.session, sent.text, clock.now())
    if not form.validate_on_submit() or preview.errors:
        return render_form(
            "web/import_check.html",
            form,
            preview=preview,
            n_shown=N_SHOWN,
            differences=_differences(preview),
            is_guessed=sent.is_guessed,
        )
    if not take(draft_id):
        return used_already()
    outcome = import_apply(db.session, preview, clock.now(), change=form.known.data == "change")
    save()
    done(_said(outcome))
    return redirect(url_for("web.supporters"), 303)


def used_already() -> Response:
    """Where a second press leads, and a list that was left lying."""
    flash(_("That list was used already, or is too old. Send it again if something is missing."), "notice")
    return redirect(url_for("web.supporters"), 303)


def _said(outcome: Outcome) -> str:
    added = ngettext("%(num)d supporter was added.", "%(num)d supporters were added.", outcome.n_added)
    changed = ngettext("%(num)d was changed.", "%(num)d were changed.", outcome.n_changed)
    if outcome.n_added and outcome.n_changed:
        return f"{added} {changed}"
    if outcome.n_changed:
        changed = ngettext(
            "%(num)d supporter was changed.", "%(num)d supporters were changed.", outcome.n_changed
        )
        return str(changed)
    return str(added if outcome.n_added else _("Nothing was to be changed."))


def _differences(preview: Preview) -> list[tuple[Entry, list[tuple[str, str, str]]]]:
    """Those on the roster whom the list has otherwise: what stands there and what the list says."""
    shown = preview.changed[:N_SHOWN]
    found = select(Supporter).where(Supporter.email.in_([entry.details.email for entry in shown]))
    known = {row.email: row for row in db.session.scalars(found)}
    return [(entry, _of(entry, known[entry.details.email])) for entry in shown]


def _of(entry: Entry, row: Supporter) -> list[tuple[str, str, str]]:
    return [
        (str(LABEL[name]), value(name, getattr(row, name)), value(name, getattr(entry.details, name)))
        for name in entry.changes
    ]
