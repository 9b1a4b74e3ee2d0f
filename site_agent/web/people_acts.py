"""What is asked before it is done to an account: a fresh invitation, starting it over, ending it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from site_agent import roles
from site_agent.extensions import db
from site_agent.services import people as service
from site_agent.web import bp
from site_agent.web.desk import attempt, staff_id
from site_agent.web.people import hand_over, keep_in_log, the_person
from site_agent.web.questions import Question
from ui import clock
from ui.access import allow
from ui.forms import Form
from ui.looks import done

_RESEND = Question(
    title=_l("Send a fresh invitation?"),
    lines=(_l("The one they have stops working. The new one works once, for seven days."),),
    button=_l("Send a fresh invitation"),
    safe=True,
)
_START_OVER = Question(
    title=_l("Start this account over?"),
    lines=(
        _l("For a lost phone, a forgotten password or no recovery codes left."),
        _l("Password, authenticator app, passkeys and recovery codes stop working, and they are signed out."),
        _l("They get a fresh invitation that works once, for seven days. Their roles stay."),
    ),
    button=_l("Start it over"),
)
_END = Question(
    title=_l("End this account?"),
    lines=(
        _l("They are signed out everywhere and cannot sign in any more, from now on."),
        _l("What they did stays in the timelines. Invite them again if they come back."),
    ),
    button=_l("End this account"),
)


@bp.route("/settings/people/<person_id>/start-over", methods=["GET", "POST"])
@allow(*roles.IN_CHARGE)
def start_person_over(person_id: str) -> Response | str:
    """Forget how they sign in, and invite them afresh. One's own account somebody else has to start over."""
    row = the_person(person_id)
    if row.person_id == staff_id():
        return not_oneself(person_id)
    question = _START_OVER if service.can_sign_in(db.session, row) else _RESEND
    if not Form().validate_on_submit():
        return _ask(question, row.name, person_id)
    token = service.start_over(db.session, row, clock.now())
    keep_in_log(row)
    return hand_over(row, token)


@bp.route("/settings/people/<person_id>/end", methods=["GET", "POST"])
@allow(*roles.IN_CHARGE)
def end_person(person_id: str) -> Response | str:
    """End an account; never one's own, and never the last coordinator's."""
    row = the_person(person_id)
    if row.person_id == staff_id():
        return not_oneself(person_id)
    if not Form().validate_on_submit():
        return _ask(_END, row.name, person_id)

    def end() -> None:
        service.end(db.session, row, clock.now())
        keep_in_log(row)

    if not attempt(end):
        return _back(person_id)
    done(_("The account of %(name)s is ended.", name=row.name))
    return redirect(url_for("web.people"), 303)


def _ask(question: Question, name: str, person_id: str) -> str:
    back = url_for("web.person", person_id=person_id)
    return render_template("web/confirm.html", act=question, caption=name, back=back)


def not_oneself(person_id: str) -> Response:
    """Back to the page of one's own account, with what to do."""
    flash(_("This is your own account. Ask another coordinator or the physician lead to do it."), "notice")
    return _back(person_id)


def _back(person_id: str) -> Response:
    return redirect(url_for("web.person", person_id=person_id), 303)
