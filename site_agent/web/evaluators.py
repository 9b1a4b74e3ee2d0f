"""Whose work a supporter assesses: entered on the supporter's page, one by one; together on a page of their own."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from site_agent.extensions import db
from site_agent.forms.checks import one_line
from site_agent.models import Supporter
from site_agent.services import evaluators as service
from site_agent.services import roster, step_back
from site_agent.services.errors import InvalidPhysicianError
from site_agent.services.evaluators import Physician
from site_agent.services.spellings import MAX_EMAIL, MAX_NAME
from site_agent.web import ROLES, bp
from site_agent.web.desk import attempt, save
from site_agent.web.questions import Question
from ui import clock
from ui.access import allow
from ui.forms import EmailField, Form, render_form
from ui.looks import done

_REMOVE = Question(
    title=_l("Does the supporter no longer assess this physician?"),
    lines=(_l("From now on the supporter can be asked when this physician asks for help."),),
    button=_l("Take off the list"),
)


class PhysicianForm(Form):
    """Whose work is assessed. No field takes a remark."""

    name = StringField(
        _l("Name of the physician"),
        [
            InputRequired(_l("Enter the physician’s name")),
            one_line,
            Length(max=MAX_NAME, message=_l("The name must be %(max)d characters or fewer")),
        ],
        description=_l("Titles, accents, initials and the order of the names make no difference."),
    )
    email = EmailField(
        _l("Email of the physician (optional)"),
        [Length(max=MAX_EMAIL, message=_l("The email address must be %(max)d characters or fewer"))],
        description=_l("Also recognizes them when they write their name otherwise."),
    )

    def mark(self, names: tuple[str, ...]) -> None:
        """Say beside each field that was refused what is wrong with it."""
        text = {
            "name": _("Enter a name with letters, of somebody else than the supporter"),
            "email": _("Enter an email address like name@example.ca"),
        }
        for name in names:
            self[name].errors = [text[name]]


@bp.get("/supporters/assessing")
@allow(*ROLES)
def evaluators() -> str:
    """Everybody's list together, by supporter."""
    supporters = roster.everybody(db.session, clock.now())
    lines: dict[str, list[service.Relation]] = {}
    for each in service.everybody(db.session):
        lines.setdefault(each.supporter_id, []).append(each)
    shown = [(each, lines[each.supporter_id]) for each in supporters if each.supporter_id in lines]
    return render_template("web/evaluators.html", shown=shown, n_supporters=len(supporters))


@bp.route("/supporters/<supporter_id>/assesses", methods=["GET", "POST"])
@allow(*ROLES)
def supporter_assesses(supporter_id: str) -> Response | tuple[str, int]:
    """One supporter's list, and a line more."""
    row, form = _row(supporter_id), PhysicianForm()
    if form.validate_on_submit():
        given = Physician(form.name.data or "", form.email.data or None)
        try:
            attempt(lambda: _put_down(row, given), InvalidPhysicianError)
            done(_("%(name)s is on the list.", name=given.name))
            return redirect(url_for("web.supporter_assesses", supporter_id=supporter_id), 303)
        except InvalidPhysicianError as error:
            form.mark(error.fields)
    return render_form(
        "web/supporter_assesses.html", form, supporter=row, relations=service.of(db.session, row)
    )


@bp.route("/supporters/<supporter_id>/assesses/<evaluator_id>", methods=["GET", "POST"])
@allow(*ROLES)
def no_longer_assesses(supporter_id: str, evaluator_id: str) -> Response | str:
    """Take a line off the list."""
    row, back = _row(supporter_id), url_for("web.supporter_assesses", supporter_id=supporter_id)
    relation = service.find(db.session, supporter_id, evaluator_id)
    if relation is None:
        return redirect(back, 303)
    name = relation.physician.name
    if request.method == "GET":
        return render_template("web/confirm.html", act=_REMOVE, caption=f"{row.name} – {name}", back=back)
    service.remove(db.session, evaluator_id)
    save()
    done(_("%(name)s is off the list.", name=name))
    return redirect(back, 303)


def _put_down(supporter: Supporter, physician: Physician) -> None:
    service.add(db.session, supporter, physician, clock.now())
    step_back.look_again(db.session, clock.now())


def _row(supporter_id: str) -> Supporter:
    row = db.session.get(Supporter, supporter_id)
    return row if row is not None and not roster.has_left(row, clock.now()) else abort(404)
