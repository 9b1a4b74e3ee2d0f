"""A request from elsewhere: the card, whom to ask, what was answered by phone, the clock, the end."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import Match, Supporter
from site_agent.models.match import FINAL
from site_agent.services import inter_site_helper as helper
from site_agent.services.errors import WrongTimeError
from site_agent.web import ROLES, bp
from site_agent.web.desk import attempt, staff_id
from site_agent.web.elsewhere_acts import PRESSES
from site_agent.web.elsewhere_view import context
from site_agent.web.refs import ref_of
from ui import clock
from ui.access import allow
from ui.forms import DateTimePartsField, Form, choices, render_form
from ui.looks import done


class AttemptForm(Form):
    """What a supporter said by phone about the first contact."""

    what = RadioField(
        _l("What happened?"),
        [InputRequired(_l("Select what happened"))],
        choices=choices(
            {"attempted": _l("They left a message, or tried"), "reached": _l("The two have spoken")}
        ),
    )
    at = DateTimePartsField(
        _l("When was it?"),
        [InputRequired(_l("Enter the day and time of the attempt"))],
        default=clock.now,
        description=_l("The true time of the attempt, not of this call. For example, 27 3 2026, 4:40 pm"),
    )


@bp.get("/elsewhere/<thid>")
@allow(*ROLES)
def elsewhere(thid: str) -> str:
    """Where it stands, with what can be done now."""
    return render_template("web/elsewhere.html", **context(_row(thid), clock.now()))


@bp.get("/elsewhere/<thid>/reassign")
@allow(*ROLES)
def reassign(thid: str) -> str:
    """Whom to ask to take over."""
    row = _row(thid)
    if row.state in FINAL:
        abort(409)
    return render_template("web/reassign.html", **context(row, clock.now()))


@bp.route("/elsewhere/<thid>/attempt", methods=["GET", "POST"])
@allow(*ROLES)
def record_attempt(thid: str) -> Response | tuple[str, int]:
    """Record an attempt that a supporter reports by phone, with its true time."""
    row, form, now = _row(thid), AttemptForm(), clock.now()
    if form.validate_on_submit():
        act = helper.reached if form.what.data == "reached" else helper.attempted
        try:
            if attempt(lambda: act(db.session, row, form.at.data, now, staff_id()), WrongTimeError):
                done(_l("The attempt is recorded."))
            return _back(row)
        except WrongTimeError as error:
            form.at.errors = [error.mend]
    return render_form("web/attempt.html", form, row=row, ref=ref_of(thid))


@bp.route("/elsewhere/<thid>/<act>", methods=["GET", "POST"])
@allow(*ROLES)
def elsewhere_act(thid: str, act: str) -> Response | str:
    """A press; if others will feel it, with a question before."""
    row, press = _row(thid), PRESSES.get(act) or abort(404)
    if request.method == "GET":
        if press.question is None:
            abort(404)
        return render_template(
            "web/confirm.html",
            act=press.question,
            caption=ref_of(thid),
            back=url_for(".elsewhere", thid=thid),
        )
    asked = row.supporter_id
    if attempt(lambda: press.do(row, request.form, clock.now())):
        text = str(press.said) % {"name": _name(row.supporter_id or asked)}
        done(standing.said(text) if press.mails else text)
    return _back(row)


def _row(thid: str) -> Match:
    return db.session.get(Match, thid) or abort(404)


def _name(supporter_id: str | None) -> str:
    supporter = db.session.get(Supporter, supporter_id) if supporter_id else None
    return supporter.name if supporter else ""


def _back(row: Match) -> Response:
    """To the page; what has left this site has nothing more to show, so on to Today."""
    if row.state == "ended":
        return redirect(url_for("web.today"), 303)
    return redirect(url_for("web.elsewhere", thid=row.thid), 303)
