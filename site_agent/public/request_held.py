"""Everything held, for the physician: a code by mail to the address they gave, then one page in plain words."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField, ValidationError

from site_agent.extensions import db
from site_agent.mail import standing as mail_standing
from site_agent.models import LinkSession
from site_agent.public import bp
from site_agent.public.held_sheet import sections
from site_agent.public.request_page import request_of
from site_agent.public.visit import let_in, present_visit, save, visiting
from site_agent.services import held_for_physician as held
from site_agent.services.errors import ServiceError
from ui import clock
from ui.forms import Form, render_form
from ui.looks import done

Page = Response | str | tuple[str, int]


class CodeForm(Form):
    """Six digits; blanks and a hyphen between them do no harm."""

    code = StringField(_l("The code from the email"))

    def validate_code(self, field: StringField) -> None:
        """Its form only: a code that cannot be one costs no try."""
        field.data = "".join(sign for sign in field.data or "" if sign not in " -\u00a0")
        if len(field.data) != held.DIGITS or not (field.data.isascii() and field.data.isdigit()):
            raise ValidationError(_("Enter the six digits of the code"))


@bp.get("/request/held")
@visiting("request")
def held_question(visit: LinkSession) -> Page:
    """Why a code is asked for; where it goes is not shown, since whoever holds the phone could read it."""
    inside = present_visit(held.KIND)
    if inside is not None and inside.subject == visit.subject:
        return redirect(url_for("public.held_all"), 303)
    return _page(visit, CodeForm(formdata=None))


@bp.post("/request/held")
@visiting("request")
def held_send(visit: LinkSession) -> Response:
    """Mail a code."""
    try:
        held.send_code(db.session, request_of(visit), clock.now())
    except ServiceError as error:
        db.session.rollback()
        flash(str(error.mend), "notice")
    else:
        save()
        connected = mail_standing.is_connected()
        done(_("A code is on its way.") if connected else str(mail_standing.WAITS_FOR_VISITOR))
    return redirect(url_for("public.held_question"), 303)


@bp.post("/request/held/code")
@visiting("request")
def held_code(visit: LinkSession) -> Page:
    """The right code opens the page for a quarter of an hour."""
    form, row, now = CodeForm(), request_of(visit), clock.now()
    if form.validate():
        token = held.check_code(db.session, row, str(form.code.data), now)
        save()
        if token is not None:
            let_in(held.KIND, token)
            return redirect(url_for("public.held_all"), 303)
        left = held.tries_left(db.session, row, now)
        again = _("That is not the code. Look at the latest email; tries left: %(num)s", num=left)
        form.code.errors = [again if left else _("That code no longer works. Ask for a new one")]
    return _page(visit, form)


@bp.get("/request/everything")
@visiting(held.KIND)
def held_all(visit: LinkSession) -> str:
    """All of it, to read or to print. Nobody is told."""
    row = request_of(visit)
    return render_template("public/held_all.html", row=row, sections=sections(row))


def _page(visit: LinkSession, form: CodeForm) -> tuple[str, int]:
    row, now = request_of(visit), clock.now()
    return render_form(
        "public/held_question.html",
        form,
        row=row,
        has_address=held.address(db.session, row) is not None,
        may_try=held.tries_left(db.session, row, now) > 0,
    )
