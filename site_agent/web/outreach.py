"""Reach-out at the desk: the list, a notice taken down, one outreach, and whom to call."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from site_agent import words_doors
from site_agent.extensions import db
from site_agent.forms.notify import notify_form
from site_agent.forms.ticket import new_ticket, read_ticket
from site_agent.models import Outreach
from site_agent.models.outreach import FINAL
from site_agent.services import activity, outreach
from site_agent.web import ROLES, bp
from site_agent.web.desk import save, staff_id
from site_agent.web.outreach_acts import offered
from site_agent.web.outreach_rows import contact_rows, rows
from ui import clock
from ui.access import allow
from ui.looks import done

N_ENDED = 30
"""Ours: what is over is looked up seldom."""

Page = Response | str | tuple[str, int]


@bp.get("/outreach")
@allow(*ROLES)
def outreach_list() -> str:
    """Open ones, those to be contacted first; then those that have ended, without how."""
    open_rows = db.session.scalars(select(Outreach).where(Outreach.state.in_(outreach.OPEN))).all()
    ended = (
        select(Outreach).where(Outreach.state.in_(FINAL)).order_by(Outreach.received_at.desc(), Outreach.ref)
    )
    return render_template(
        "web/outreach_list.html",
        open_rows=sorted(
            open_rows, key=lambda row: (outreach.OPEN.index(row.state), row.received_at, row.ref)
        ),
        ended=db.session.scalars(ended.limit(N_ENDED)).all(),
        doors=words_doors,
        routine=outreach.is_routine(db.session),
    )


@bp.route("/outreach/new", methods=["GET", "POST"])
@allow(*ROLES)
def outreach_new() -> Page:
    """A notice that came by phone, mail or in person: the coordinator attests the consent."""
    now = clock.now()
    form = notify_form(words_doors.NOTIFIER, outreach.is_routine(db.session))
    form.notifier.label.text = _("Who told you?")
    form.notifier.validators = [InputRequired(_("Select who told you"))]
    ticket = request.form.get("ticket", "")
    sent = request.method == "POST" and request.form.get("go") != "more"
    right = sent and form.validate()
    seed = read_ticket(ticket, now) if right else None
    if seed is None:
        page = render_template(
            "web/outreach_new.html", form=form, ticket=new_ticket(now) if right or not ticket else ticket
        )
        return page, 422 if form.errors else 200
    notice = replace(form.notice(), attested_by=staff_id())
    n_new = outreach.record(db.session, notice, seed, now)
    save()
    if n_new:
        done(
            ngettext("One outreach is recorded.", "%(num)d outreaches are recorded, each on its own.", n_new)
        )
    else:
        done(_("Nothing new: they are on the list already."))
    return redirect(url_for("web.outreach_list"), 303)


@bp.get("/outreach/<outreach_id>")
@allow(*ROLES)
def outreach_page(outreach_id: str) -> str:
    """Where it stands and what can be done. It names nobody."""
    row, patience = find(outreach_id), outreach.patience(db.session)
    return render_template(
        "web/outreach_page.html",
        row=row,
        rows=rows(db.session, row),
        status=words_doors.OUTREACH_STATUS[row.state],
        meaning=words_doors.OUTREACH_MEANING[row.state],
        ends_at=outreach.ends_at(row, patience) if row.state not in FINAL else None,
        follow_up_from=None if row.followed_up_at else outreach.follow_up_from(row, patience),
        patience=patience,
        forgotten_at=outreach.forgotten_at(db.session, row) if row.case_id else None,
        before=outreach.offered_before(db.session, row) if row.state not in FINAL else None,
        may_see=may_see(row),
        acts=offered(db.session, row, clock.now()),
    )


@bp.route("/outreach/<outreach_id>/contact", methods=["GET", "POST"])
@allow(*ROLES)
def outreach_contact(outreach_id: str) -> Page:
    """Whom to call, and the first words. Opening it is noted with who and when."""
    row = find(outreach_id)
    who = outreach.contact_of(db.session, row) if may_see(row) else None
    if request.method == "GET" or who is None:
        return redirect(url_for("web.outreach_page", outreach_id=outreach_id), 303)
    activity.note(db.session, staff_id(), "outreach-opened", row.outreach_id, clock.now())
    save()
    return render_template(
        "web/outreach_contact.html",
        row=row,
        contact=contact_rows(who),
        acts=offered(db.session, row, clock.now()),
    )


def find(outreach_id: str) -> Outreach:
    """The outreach, or no such page."""
    return db.session.get(Outreach, outreach_id) or abort(404)


def may_see(row: Outreach) -> bool:
    """Name and contact details are for reaching out, and for sending the list of other help that was wished for."""
    return row.case_id is not None and (row.state in outreach.OPEN or outreach.owes_resources(row))
