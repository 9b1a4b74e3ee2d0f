"""The answer to an outreach that came by phone: not now, or yes, with the form filled in together."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from site_agent.extensions import db
from site_agent.forms.ask import AskForm
from site_agent.forms.checks import places
from site_agent.forms.ticket import new_ticket, read_ticket
from site_agent.models import Outreach
from site_agent.services import outreach
from site_agent.services.errors import InvalidRequestError
from site_agent.web import ROLES, bp
from site_agent.web.desk import attempt, save, staff_id
from site_agent.web.handing import hand_over
from ui import clock
from ui.access import allow
from ui.forms import Form, choices, render_form
from ui.looks import done

Page = Response | str | tuple[str, int]


class NotNowForm(Form):
    """On a no, leave to send resources is asked for, and nothing else (E14)."""

    resources = RadioField(
        _l("Would they like a list of other help?"),
        [InputRequired(_l("Select whether they would like a list of other help"))],
        choices=choices({"yes": _l("Yes, send it"), "no": _l("No")}),
    )


@bp.route("/outreach/<outreach_id>/not-now", methods=["GET", "POST"])
@allow(*ROLES)
def outreach_not_now(outreach_id: str) -> Page:
    """They said not now: support was offered, and the door stays open."""
    row = db.session.get(Outreach, outreach_id) or abort(404)
    form = NotNowForm()
    if not form.validate_on_submit():
        return render_form("web/outreach_not_now.html", form, row=row)
    if attempt(lambda: outreach.refuse(db.session, row, form.resources.data == "yes", clock.now())):
        done(_("Support was offered. Nothing more is to be done about %(ref)s.", ref=row.ref))
    return redirect(url_for("web.outreach_page", outreach_id=row.outreach_id), 303)


@bp.route("/outreach/<outreach_id>/ask", methods=["GET", "POST"])
@allow(*ROLES)
def outreach_ask(outreach_id: str) -> Page:
    """They would like a supporter: the form, filled in with them on the phone."""
    row = db.session.get(Outreach, outreach_id) or abort(404)
    if row.state not in outreach.OPEN:
        return redirect(url_for("web.outreach_page", outreach_id=row.outreach_id), 303)
    who, now = outreach.contact_of(db.session, row), clock.now()
    known = {"name": who.name, "phone": who.phone, "email": who.email} if who else {}
    form = AskForm(sites=places(), **known)
    code = read_ticket(request.form.get("ticket", ""), now)
    if form.validate_on_submit() and code is not None:
        new = form.new_request("phone", now, staff_id())
        try:
            recorded = outreach.accept(db.session, row, new, now, code)
        except InvalidRequestError as error:
            db.session.rollback()
            form.name.errors = [error.mend]
        else:
            save()
            return hand_over(recorded)
    return render_form("web/outreach_ask.html", form, row=row, ticket=new_ticket(now))
