"""One site: the six words while it waits, what is known of it, what happened, and what staff may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, HiddenField, ValidationError
from wtforms.validators import InputRequired

from hub.dashboard import bp
from hub.dashboard.history import site_history
from hub.dashboard.invite import code_page
from hub.dashboard.questions import SITE_QUESTIONS, offered
from hub.dashboard.reader import staff_id
from hub.dashboard.rows import SiteRow, one_site
from hub.extensions import db
from hub.models import EnrolmentState, Site, SiteState
from hub.services import enrolment
from hub.words import KIND, ZONE
from protocol.words import six_words
from ui.access import allow
from ui.clock import now
from ui.forms import Form
from ui.looks import done
from ui.timewords import when

_ACTS: dict[str, Callable[[Session, Site, str, datetime], bool]] = {
    "refuse": enrolment.refuse,
    "suspend": enrolment.suspend,
    "resume": enrolment.resume,
    "withdraw": enrolment.withdraw,
}


class ApproveForm(Form):
    """The words travel along, so that only the keys whose words were compared can be approved."""

    compared = BooleanField(
        _l("I compared all six words with the coordinator by phone, and they agree"),
        [InputRequired(_l("Compare all six words by phone, then tick the box"))],
    )
    words = HiddenField()

    def __init__(self, site: Site) -> None:
        self.current = waiting_words(site)
        super().__init__()
        self.shown = self.words.data
        self.words.data = " ".join(self.current)

    def validate_compared(self, field: Field) -> None:
        if self.shown != " ".join(self.current):
            field.data = False
            raise ValidationError(_("The words changed since you opened the page. Compare the new ones"))


@bp.route("/sites/<site_id>", methods=["GET", "POST"])
@allow("staff")
def site(site_id: str) -> tuple[str, int] | Response:
    """The page; sent, it approves the site."""
    row = _row(site_id)
    form = ApproveForm(row.site)
    if request.method == "POST" and not form.current:
        abort(409)
    if not form.validate_on_submit():
        return _page(row, form), 422 if form.errors else 200
    if not enrolment.approve(db.session(), row.site, staff_id(), now()):
        abort(409)
    db.session.commit()
    done(_("%(site)s takes part now.", site=row.site.name))
    return redirect(url_for("dashboard.site", site_id=site_id), 303)


@bp.route("/sites/<site_id>/<action>", methods=["GET", "POST"])
@allow("staff")
def confirm_site(site_id: str, action: str) -> str | Response:
    """The question before an act; sent, it is done. A fresh code is shown at once, since it is shown only once."""
    row = _row(site_id)
    question = SITE_QUESTIONS.get(action) or abort(404)
    if row.site.state not in question.states:
        abort(409)
    form, back = Form(), url_for("dashboard.site", site_id=site_id)
    if not form.validate_on_submit():
        return render_template("dashboard/confirm.html", question=question, caption=row.site.name, back=back)
    if action == "fresh-code":
        return _fresh_code(row.site)
    if not _ACTS[action](db.session(), row.site, staff_id(), now()):
        abort(409)
    db.session.commit()
    undo = question.undo and url_for("dashboard.confirm_site", site_id=site_id, action=question.undo)
    done(str(question.done), undo=undo or None)
    return redirect(back, 303)


def waiting_words(site: Site) -> tuple[str, ...]:
    """The six words of the keys that an approval would take; empty while none wait."""
    for each in site.enrolments:
        if each.state == EnrolmentState.PROVED and each.signing_kid and each.sealing_kid:
            return six_words(each.signing_kid, each.sealing_kid)
    return ()


def _fresh_code(site: Site) -> str:
    code_text = enrolment.renew_code(db.session(), site, now())
    db.session.commit()
    return code_page(site, code_text)


def _page(row: SiteRow, form: ApproveForm) -> str:
    questions = offered(SITE_QUESTIONS, row.site.state)
    return render_template(
        "dashboard/site.html",
        site=row.site,
        words=row.words,
        form=form,
        six_words=[{"number": word, "text": _("word %(n)d", n=n)} for n, word in enumerate(form.current, 1)],
        actions=[each for each in questions if each.name != "refuse"],
        facts=_facts(row),
        events=site_history(row.site),
    )


def _facts(row: SiteRow) -> list[dict[str, Any]]:
    site = row.site
    facts = [
        (_("Community"), site.community),
        (_("Organization"), KIND.get(site.kind, site.kind)),
        (_("Funding"), _("Funded by the initiative") if site.funded else _("Not funded by the initiative")),
        (_("Cohort"), site.cohort or _("No cohort")),
        (_("Time zone"), ZONE.get(site.zone, site.zone)),
        (_("Last seen"), row.seen),
    ]
    if site.state == SiteState.INVITED:
        facts.append((_("Code works until"), when(site.enrolments[0].expires_at)))
    return [{"key": {"text": key}, "value": {"text": value}} for key, value in facts]


def _row(site_id: str) -> SiteRow:
    return one_site(site_id, now()) or abort(404)
