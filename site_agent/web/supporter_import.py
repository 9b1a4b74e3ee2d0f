"""Supporters from a spreadsheet: choose the file, read what it would add or what is wrong with it, then add."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.services import drafts, roster
from site_agent.services.roster_import import COLUMNS
from site_agent.web import ROLES, bp
from site_agent.web.desk import save, staff_id
from ui import clock
from ui.access import allow
from ui.forms import Form, render_form
from ui.looks import done

N_SHOWN = 20
"""Of the supporters that would be added: enough to see that the columns are right."""
_EXAMPLE = (
    "name,email,phone,stage,languages,modalities,gender,posts,places,foundations,practice\r\n"
    "Dr. Example Name,example.name@example.ca,250-555-0142,mid,en/fr,in-person/phone,woman,,1,2025-09-17,2025-09-25\r\n"
)


class ImportForm(Form):
    """The file."""

    file = FileField(_l("The list, as a CSV file"), [FileRequired(_l("Choose a CSV file"))])


@bp.get("/supporters/import/example.csv")
@allow(*ROLES)
def import_example() -> FlaskResponse:
    """A list to fill in."""
    answer = FlaskResponse("\ufeff" + _EXAMPLE, mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=supporters.csv"
    return answer


@bp.route("/supporters/import", methods=["GET", "POST"])
@allow(*ROLES)
def import_supporters() -> Response | tuple[str, int]:
    """Choose the file. A list with errors is read back and not kept."""
    form, preview = ImportForm(), None
    if form.validate_on_submit():
        with form.file.data.stream as sent:
            data = sent.read()
        preview = roster.import_preview(db.session, data)
        if not preview.errors:
            return _keep(data)
        form.file.errors = [_("The list is not right yet. Mend what is shown below and choose it again")]
    return render_form("web/import.html", form, preview=preview, columns=COLUMNS)


@bp.route("/supporters/import/<draft_id>", methods=["GET", "POST"])
@allow(*ROLES)
def import_check(draft_id: str) -> Response | str:
    """What would be added; the press adds it, once."""
    draft = drafts.find(db.session, draft_id, staff_id(), clock.now())
    if draft is None:
        flash(
            _("That list was added already, or is too old. Choose the file again if it is missing."), "notice"
        )
        return redirect(url_for("web.supporters"), 303)
    preview = roster.import_preview(db.session, drafts.read(db.session, draft)["list"]["csv"][0])
    if request.method == "GET" or preview.errors:
        return render_template("web/import_check.html", preview=preview, n_shown=N_SHOWN)
    drafts.take(db.session, draft)
    n_added = roster.import_apply(db.session, preview, clock.now())
    save()
    done(ngettext("%(num)d supporter was added.", "%(num)d supporters were added.", n_added))
    return redirect(url_for("web.supporters"), 303)


def _keep(data: bytes) -> Response:
    """Sealed like any form under way: it holds names."""
    draft = drafts.begin(db.session, staff_id(), clock.now())
    text = data.decode("utf-8-sig") if _is_utf8(data) else data.decode("cp1252")
    drafts.put(db.session, draft, {"list": {"csv": [text]}}, clock.now())
    db.session.commit()
    return redirect(url_for("web.import_check", draft_id=draft.draft_id), 303)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
