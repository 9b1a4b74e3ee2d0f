"""Record a request that came by phone, by mail or on paper: four pages, then check, then hand over."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.models.draft import Draft
from site_agent.services import drafts, requests
from site_agent.services.errors import InvalidRequestError
from site_agent.web import ROLES, bp
from site_agent.web.desk import save, staff_id
from site_agent.web.handing import hand_over
from site_agent.web.places import places
from site_agent.web.received_form import ReceivedForm
from site_agent.web.record_forms import STEPS, CameForm, Step, step_named
from site_agent.web.record_sheet import Sheet, after, before, pages_to_mend
from site_agent.web.record_summary import rows
from site_agent.web.request_rows import waits_long
from ui import clock
from ui.access import allow
from ui.forms import Form, render_form

Page = Response | str | tuple[str, int]


@bp.route("/requests/new", methods=["GET", "POST"])
@allow(*ROLES)
def record() -> Page:
    """The first page. Nothing is kept before it is answered."""
    form = CameForm()
    if not form.validate_on_submit():
        return _question(STEPS[0], form, None)
    draft = drafts.begin(db.session, staff_id(), clock.now())
    drafts.keep(db.session, draft, STEPS[0].name, _settled(form), clock.now())
    db.session.commit()
    return _to(draft, STEPS[1])


@bp.route("/requests/new/<draft_id>/<step>", methods=["GET", "POST"])
@allow(*ROLES)
def record_step(draft_id: str, step: str) -> Page:
    """One page: what was typed is kept even if it is not right."""
    draft = _find(draft_id)
    if draft is None:
        return _gone()
    sheet = _sheet(draft)
    at = step_named(step) or abort(404)
    if request.method == "GET":
        return _question(at, sheet.form(at), draft)
    sheet.answers = drafts.keep(db.session, draft, step, _typed(), clock.now())
    form = sheet.form(at)
    right = form.validate()
    if right:
        sheet.answers = drafts.keep(db.session, draft, step, _settled(form), clock.now())
    db.session.commit()
    if request.form.get("go") == "back":
        return _to(draft, before(at) or at)
    if not right:
        return _question(at, form, draft)
    return _to(draft, sheet.unfinished() if "change" in request.args else after(at))


@bp.route("/requests/new/<draft_id>/check", methods=["GET", "POST"])
@allow(*ROLES)
def record_check(draft_id: str) -> Page:
    """All answers; the press records them once, however often it is pressed."""
    draft = _find(draft_id)
    if draft is None:
        return _gone()
    sheet = _sheet(draft)
    unfinished = sheet.unfinished()
    if unfinished is not None:
        return _to(draft, unfinished)
    if request.method == "GET":
        return _check(draft, sheet)
    try:
        if not drafts.take(db.session, draft):
            return _gone()
        recorded = requests.record(db.session, sheet.new_request(staff_id()), clock.now())
    except InvalidRequestError as error:
        db.session.rollback()
        return _check(draft, sheet, pages_to_mend(error.fields)), 422
    save()
    return hand_over(recorded)


@bp.post("/requests/new/<draft_id>/drop")
@allow(*ROLES)
def record_drop(draft_id: str) -> Response:
    """Stop, and destroy what was typed."""
    draft = _find(draft_id)
    if draft is not None:
        drafts.take(db.session, draft)
        db.session.commit()
    flash(_("What was typed is deleted. Nothing was recorded."), "done")
    return redirect(url_for("web.requests_list"), 303)


def _find(draft_id: str) -> Draft | None:
    return drafts.find(db.session, draft_id, staff_id(), clock.now())


def _gone() -> Response:
    flash(_("That form was sent or deleted already. Look for the request in this list."), "notice")
    return redirect(url_for("web.requests_list"), 303)


def _sheet(draft: Draft) -> Sheet:
    return Sheet(drafts.read(db.session, draft), places(db.session))


def _typed() -> dict[str, list[str]]:
    sent = request.form.to_dict(flat=False)
    return {name: values for name, values in sent.items() if name not in {"csrf_token", "go"}}


def _settled(form: Form) -> dict[str, list[str]]:
    """What was typed, with "just now" written out as the moment that it means."""
    return _typed() | form.settled() if isinstance(form, ReceivedForm) else _typed()


def _to(draft: Draft, step: Step | None) -> Response:
    """On to a question, or to the check when there is none."""
    if step is None:
        return redirect(url_for("web.record_check", draft_id=draft.draft_id), 303)
    return redirect(url_for("web.record_step", draft_id=draft.draft_id, step=step.name), 303)


def _question(step: Step, form: Form, draft: Draft | None) -> Page:
    draft_id = draft.draft_id if draft else None
    earlier = before(step)
    back = url_for("web.record_step", draft_id=draft_id, step=earlier.name) if earlier else None
    return render_form(
        "web/record_step.html",
        form,
        step=step,
        draft_id=draft_id,
        back=back or url_for("web.requests_list"),
        n_step=STEPS.index(step) + 1,
        n_steps=len(STEPS),
    )


def _check(draft: Draft, sheet: Sheet, wrong: list[Step] | None = None) -> str:
    since = sheet.said()["received_at"]
    return render_template(
        "web/record_check.html",
        rows=rows(sheet, draft.draft_id),
        wrong=wrong or [],
        elsewhere=sheet.is_elsewhere(),
        late_since=since if waits_long(db.session, since) else None,
        draft_id=draft.draft_id,
        back=url_for("web.record_step", draft_id=draft.draft_id, step=STEPS[-1].name),
    )
