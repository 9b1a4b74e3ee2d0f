"""One person of the hub: what is kept, and what is asked before something is done to their account."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from hub.dashboard import bp
from hub.dashboard.history import member_history
from hub.dashboard.questions import Question
from hub.dashboard.reader import staff_id
from hub.dashboard.team import link_page, standing
from hub.extensions import db
from hub.models import Person
from hub.services import people
from hub.words import ROLE
from ui.access import allow
from ui.clock import now
from ui.forms import Form
from ui.looks import done
from ui.timewords import day, to_local

INVITED, ACTIVE = "invited", "active"
_BY_NAME = (
    Question(
        "fresh-link",
        frozenset({INVITED}),
        _l("Make a fresh invitation?"),
        (
            _l(
                "The one they have stops working. The new one works once, for seven days, and is shown to you once."
            ),
        ),
        _l("Make a fresh invitation"),
        _l("A fresh invitation was made."),
        safe=True,
    ),
    Question(
        "start-over",
        frozenset({ACTIVE}),
        _l("Start this account over?"),
        (
            _l("For a lost phone, a forgotten password or no recovery codes left."),
            _l(
                "Password, authenticator app, passkeys and recovery codes stop working, and they are signed out."
            ),
            _l("You get a link to hand over, shown once. It works once, for seven days."),
        ),
        _l("Start it over"),
        _l("The account starts over."),
    ),
    Question(
        "make-viewer",
        frozenset({people.STAFF}),
        _l("Make them a member of the advisory group?"),
        (_l("They look at overview and matches and can press nothing, from now on."),),
        _l("Make them a member of the advisory group"),
        _l("They look at overview and matches now."),
        safe=True,
    ),
    Question(
        "make-staff",
        frozenset({people.VIEWER}),
        _l("Make them a member of the provincial team?"),
        (
            _l(
                "They can open every page and press everything, from now on: also approve sites and end accounts."
            ),
        ),
        _l("Make them a member of the provincial team"),
        _l("They are of the provincial team now."),
        safe=True,
    ),
    Question(
        "close",
        frozenset({INVITED, ACTIVE}),
        _l("End this account?"),
        (
            _l("They are signed out everywhere and cannot sign in any more, from now on."),
            _l("What they decided stays in the audit log. Invite them again if they come back."),
        ),
        _l("End this account"),
        _l("The account is ended."),
    ),
)
QUESTIONS = {question.name: question for question in _BY_NAME}
_ROLES = {"make-viewer": people.VIEWER, "make-staff": people.STAFF}


@bp.get("/team/<person_id>")
@allow("staff")
def member(person_id: str) -> str:
    """What is kept, and what can be done."""
    row = member_row(person_id)
    return render_template(
        "dashboard/team_member.html",
        account=row,
        tag=standing(row),
        facts=_facts(row),
        is_self=_is_self(row),
        events=member_history(row),
        actions=[] if _is_self(row) else [each for each in _BY_NAME if each.states & _states(row)],
    )


@bp.route("/team/<person_id>/<action>", methods=["GET", "POST"])
@allow("staff")
def confirm_member(person_id: str, action: str) -> str | Response:
    """The question before an act; sent, it is done. Nobody does it to themselves."""
    row, question = member_row(person_id), QUESTIONS.get(action) or abort(404)
    back = url_for("dashboard.member", person_id=person_id)
    if _is_self(row):
        return not_oneself(person_id)
    if not question.states & _states(row):
        abort(409)
    if not Form().validate_on_submit():
        return render_template("dashboard/confirm.html", question=question, caption=row.name, back=back)
    try:
        shown = _act(row, action)
    except people.LastStaffError:
        db.session.rollback()
        flash(_("Nobody else of the provincial team can sign in. Invite somebody else first."), "notice")
        return redirect(back, 303)
    db.session.commit()
    if shown:
        return link_page(row.name, shown)
    done(str(question.done))
    return redirect(url_for("dashboard.team") if action == "close" else back, 303)


def not_oneself(person_id: str) -> Response:
    """Back to the page of one's own account, with what to do."""
    flash(_("This is your own account. Ask somebody else of the team to do it."), "notice")
    return redirect(url_for("dashboard.member", person_id=person_id), 303)


def _act(row: Person, action: str) -> str:
    """Do it; the secret of a link to show, if there is one. Does not commit."""
    session = db.session()
    if action in _ROLES:
        people.set_role(session, row, _ROLES[action], now(), staff_id())
    elif action == "close":
        people.close(session, row, now(), staff_id())
    else:
        return people.start_over(session, row, now(), staff_id())
    return ""


def _states(row: Person) -> frozenset[str]:
    """In which states the questions about this person are offered."""
    return frozenset({row.role, ACTIVE if people.can_sign_in(db.session(), row) else INVITED})


def _facts(row: Person) -> list[dict[str, Any]]:
    facts = [
        (_("Email"), row.email),
        (_("Role"), str(ROLE[row.role])),
        (_("Account since"), day(to_local(row.created_at).date())),
    ]
    until = people.invited_until(db.session(), row)
    if until is not None and until > now():
        facts.append((_("Invitation works until"), day(to_local(until).date())))
    return [{"key": {"text": key}, "value": {"text": value}} for key, value in facts]


def _is_self(row: Person) -> bool:
    return staff_id() == row.person_id


def member_row(person_id: str) -> Person:
    """Whoever has an account of this id, or 404."""
    row = db.session.get(Person, person_id)
    return row if row is not None and row.closed_at is None else abort(404)
