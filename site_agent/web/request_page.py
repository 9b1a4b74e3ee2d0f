"""One request of this site: what was asked, where it stands, what happened, and what can be done."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent import outbox
from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import Request
from site_agent.services import activity, local, policy, requests
from site_agent.services.errors import InvalidRequestError
from site_agent.web import ROLES, bp
from site_agent.web.desk import attempt, opened, save, staff_id
from site_agent.web.history import history
from site_agent.web.match_about import about
from site_agent.web.match_view import context
from site_agent.web.places import places
from site_agent.web.questions import SaidSoForm
from site_agent.web.request_acts import act_named, offered
from site_agent.web.request_rows import contact_words, meaning, rows, status
from site_agent.web.wishes_form import WishesAgainForm
from ui import clock
from ui.access import allow
from ui.forms import render_form
from ui.looks import done


@bp.get("/requests/<request_id>")
@allow(*ROLES)
def request_page(request_id: str) -> str:
    """Summary, whom to ask or who helps, and timeline. One that goes elsewhere names nobody and no place."""
    shown, now = about(None, request_id), clock.now()
    row, match = shown.request, shown.match
    assert row is not None
    step = local.next_step(db.session, row, now)
    subjects = [row.request_id, *([match.thid] if match else [])]
    page = context(shown, now) | {
        "row": row,
        "rows": rows(db.session, row),
        "status": status(row, match),
        "meaning": meaning(db.session, row, match),
        "step": step,
        "programme_phone": policy.text(db.session, "programme_phone"),
        "acts_of_request": offered(row, match, step),
        "can_reopen": requests.may_reopen(db.session, row, now),
        "is_here": not row.elsewhere,
        "events": history(db.session, *subjects),
    }
    if requests.identity_here(db.session, row) is not None:
        opened("request-opened", request_id)
    return render_template("web/request_page.html", **page)


@bp.route("/requests/<request_id>/name", methods=["GET", "POST"])
@allow(*ROLES)
def request_name(request_id: str) -> str | Response:
    """Open the name of a request that goes elsewhere: on purpose, kept with who and when, seen by the physician."""
    row = _row(request_id)
    if request.method == "GET":
        return render_template("web/name_question.html", row=row)
    now = clock.now()  # of both lines alike, since the physician reads them as one
    identity = requests.open_name(db.session, row, staff_id(), now)
    if identity is None:
        flash(_("The name was erased. There is nothing to open."), "notice")
        return redirect(url_for("web.request_page", request_id=request_id), 303)
    activity.note(db.session, staff_id(), "name-opened", request_id, now)
    save()
    return render_template("web/name.html", row=row, identity=identity, contact=contact_words(identity))


@bp.route("/requests/<request_id>/wishes", methods=["GET", "POST"])
@allow(*ROLES)
def request_wishes(request_id: str) -> Response | tuple[str, int]:
    """The physician says wishes and places to avoid again: for another person, or because they were erased."""
    row, shown = _row(request_id), about(None, request_id)
    again = row.state in ("in-hand", "in-touch")
    if not again and not row.restate:
        abort(409)
    if again and "restate" in request.form:
        abort(409)  # left open since the wishes were erased: it must not end what was found meanwhile
    form = WishesAgainForm(sites=places(db.session) if row.elsewhere else {})
    if not form.validate_on_submit():
        return render_form("web/wishes_again.html", form, row=row, again=again, about=shown)
    said = _("The hub looks for somebody for request %(ref)s.", ref=row.ref)
    if again and not row.elsewhere:
        said = _(
            "The first supporter has nothing more to do. Choose the next for request %(ref)s.", ref=row.ref
        )

    def do() -> None:
        shown.require_seen(request.form)
        _say_again(row, form.wishes_said(), another=again)

    try:
        if attempt(do, InvalidRequestError):
            done(said)
    except InvalidRequestError as error:
        form.wishes.errors = [error.mend]
        return render_form("web/wishes_again.html", form, row=row, again=again, about=shown)
    return redirect(url_for("web.request_page", request_id=request_id), 303)


@bp.post("/requests/<request_id>/reopen")
@allow(*ROLES)
def request_reopen(request_id: str) -> Response:
    """Undo a close, while nothing of it is erased."""
    row = _row(request_id)
    if attempt(lambda: requests.reopen(db.session, row, clock.now(), staff_id())):
        done(_("Request %(ref)s is open again.", ref=row.ref))
    return redirect(url_for("web.request_page", request_id=request_id), 303)


@bp.route("/requests/<request_id>/<act>", methods=["GET", "POST"])
@allow(*ROLES)
def request_act(request_id: str, act: str) -> tuple[str, int] | Response:
    """A question, and the press that answers it."""
    row, chosen = _row(request_id), act_named(act) or abort(404)
    page = url_for("web.request_page", request_id=request_id)
    shown, form = about(None, request_id), SaidSoForm(chosen.question)
    if not form.validate_on_submit():
        seen = request.form.get("seen", shown.seen) if chosen.moves_on else None
        asked = {"act": chosen.question, "caption": row.ref, "back": page, "seen": seen}
        return render_form("web/confirm.html", form, **asked)

    def do() -> None:
        shown.require_seen(request.form)
        chosen.do(row, clock.now())

    try:
        if attempt(do):
            undo = url_for("web.request_reopen", request_id=request_id) if chosen.undo else None
            said = str(chosen.said) % {"ref": row.ref}
            done(standing.said(said) if chosen.mails else said, undo)
    except outbox.NotEnrolledError:
        db.session.rollback()
        flash(_("This site is not enrolled at a hub yet. Finish that in the set-up list first."), "notice")
    return redirect(page, 303)


def _say_again(row: Request, wishes: requests.Wishes, *, another: bool) -> None:
    if another and not row.elsewhere:
        local.another(db.session, row, wishes, clock.now(), staff_id())
    elif another:
        requests.rematch(db.session, row, wishes, clock.now(), staff_id())
    else:
        requests.restate(db.session, row, wishes, clock.now(), staff_id())


def _row(request_id: str) -> Request:
    return db.session.get(Request, request_id) or abort(404)
