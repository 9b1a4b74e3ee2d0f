"""One supporter: what is kept about them, whether they can be asked, a pause, the agreement, leaving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent import words
from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import Supporter
from site_agent.services import agreements, evaluators, pins, roster
from site_agent.services.errors import InvalidSupporterError
from site_agent.web import ROLES, bp
from site_agent.web.desk import attempt, save
from site_agent.web.supporter_form import LeaveForm, PauseForm, SupporterForm
from site_agent.web.supporter_rows import last_day, rows
from ui import clock
from ui.access import allow
from ui.forms import render_form
from ui.looks import done
from ui.timewords import day

Page = Response | tuple[str, int]


@bp.route("/supporters/new", methods=["GET", "POST"])
@allow(*ROLES)
def new_supporter() -> Page:
    """Add one."""
    form = SupporterForm()
    added: list[Supporter] = []
    if _saved(form, lambda details: added.append(roster.add(db.session, details, clock.now()))):
        done(_("%(name)s is on the roster. Send the agreement next.", name=added[0].name))
        return _to(added[0])
    return render_form("web/supporter_form.html", form, supporter=None)


@bp.get("/supporters/<supporter_id>")
@allow(*ROLES)
def supporter(supporter_id: str) -> str:
    """What is kept, and what can be done."""
    row = _row(supporter_id)
    code = roster.status(db.session, row, clock.now())
    return render_template(
        "web/supporter.html",
        supporter=row,
        status=words.SUPPORTER_STATUS[code],
        meaning=words.SUPPORTER_MEANING[code],
        rows=rows(row),
        is_signed=agreements.is_signed(db.session, row),
        has_pin=row.pin_hash is not None,
        awaits_pin=row.pin_hash is None and row.agreement_at is not None,
        n_assessed=len(evaluators.of(db.session, row)),
        is_leaving=row.left_at is not None,
        is_locked=pins.tries_left(row) == 0,
    )


@bp.route("/supporters/<supporter_id>/edit", methods=["GET", "POST"])
@allow(*ROLES)
def edit_supporter(supporter_id: str) -> Page:
    """Change what is kept."""
    row = _row(supporter_id)
    form = SupporterForm(obj=row)
    if _saved(form, lambda details: roster.update(db.session, row, details, clock.now())):
        done(_("The changes are saved."))
        return _to(row)
    return render_form("web/supporter_form.html", form, supporter=row)


@bp.route("/supporters/<supporter_id>/pause", methods=["GET", "POST"])
@allow(*ROLES)
def pause_supporter(supporter_id: str) -> Page:
    """No new offers for a while."""
    row, form = _row(supporter_id), PauseForm()
    if not form.validate_on_submit():
        return render_form("web/pause.html", form, supporter=row)
    roster.pause(db.session, row, form.until.data, clock.now())
    save()
    undo = url_for("web.resume_supporter", supporter_id=supporter_id)
    done(_("%(name)s is paused.", name=row.name), undo=undo)
    return _to(row)


@bp.post("/supporters/<supporter_id>/resume")
@allow(*ROLES)
def resume_supporter(supporter_id: str) -> Response:
    """End a pause."""
    row = _row(supporter_id)
    roster.resume(db.session, row, clock.now())
    save()
    done(_("%(name)s can be asked again.", name=row.name))
    return _to(row)


@bp.post("/supporters/<supporter_id>/agreement")
@allow(*ROLES)
def send_agreement(supporter_id: str) -> Response:
    """Mail a link to the agreement. Whoever has a PIN signs a new version with it."""
    row = _row(supporter_id)
    agreements.invite(db.session, row, clock.now())
    save()
    done(standing.said(_("The link is on its way to %(name)s.", name=row.name)))
    return _to(row)


@bp.route("/supporters/<supporter_id>/leave", methods=["GET", "POST"])
@allow(*ROLES)
def supporter_leaves(supporter_id: str) -> Page:
    """They leave the programme: at once, or after a last day."""
    row, form = _row(supporter_id), LeaveForm()
    if not form.validate_on_submit():
        return render_form("web/leave.html", form, supporter=row)
    roster.leave(db.session, row, clock.now(), form.on())
    save()
    if form.on() is None:
        done(_("%(name)s is no longer on the roster.", name=row.name))
        return redirect(url_for("web.supporters"), 303)
    said = _("Nobody new is put to %(name)s, who stays until %(day)s.", name=row.name, day=day(last_day(row)))
    done(said, undo=url_for("web.supporter_stays", supporter_id=supporter_id))
    return _to(row)


@bp.post("/supporters/<supporter_id>/stay")
@allow(*ROLES)
def supporter_stays(supporter_id: str) -> Response:
    """They take back their notice."""
    row = _row(supporter_id)
    if attempt(lambda: roster.stay(db.session, row, clock.now())):
        done(_("%(name)s stays on the roster.", name=row.name))
    return _to(row)


def _row(supporter_id: str) -> Supporter:
    row = db.session.get(Supporter, supporter_id)
    return row if row is not None and not roster.has_left(row, clock.now()) else abort(404)


def _to(row: Supporter) -> Response:
    return redirect(url_for("web.supporter", supporter_id=row.supporter_id), 303)


def _saved(form: SupporterForm, keep: Callable[[roster.Details], Any]) -> bool:
    """Whether the form was sent, right and kept; what the roster refuses is marked on the form."""
    if not form.validate_on_submit():
        return False
    try:
        return attempt(lambda: keep(form.details()), InvalidSupporterError)
    except InvalidSupporterError as error:
        form.mark(error.fields)
        return False
