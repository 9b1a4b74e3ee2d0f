"""The legal hold of a request, of a match and of an outreach, set and lifted by whoever is in charge."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from site_agent import roles
from site_agent.extensions import db
from site_agent.models import Outreach
from site_agent.services import holds
from site_agent.web import bp
from site_agent.web.desk import save, staff_id
from site_agent.web.held import about_held, subject_of
from site_agent.web.outreach import find
from site_agent.web.questions import Question
from ui import clock
from ui.access import allow
from ui.looks import done

_LAW = _l("Only for as long as a court, a regulator or counsel of the site asks for it.")
_SET = Question(
    title=_l("Set a legal hold?"),
    lines=(
        _LAW,
        _l(
            "Until you lift it, the name, the reason and the other answers are not erased because of their age."
        ),
        _l("Wishes still go when a supporter says yes, and who was asked when it closes."),
        _l(
            "It is logged with your name. The physician of a request of this site reads that the law asks for it."
        ),
    ),
    button=_l("Set the hold"),
    safe=True,
)
_LIFT = Question(
    title=_l("Lift the legal hold?"),
    lines=(_l("It is logged with your name."),),
    warning=_l("What should have been erased meanwhile is erased within a minute. This cannot be undone."),
    button=_l("Lift the hold"),
)
_SET_OUTREACH = replace(_SET, lines=(*_SET.lines[:2], _l("It is logged with your name.")))


@bp.route("/requests/<request_id>/hold", methods=["GET", "POST"])
@bp.route("/elsewhere/<thid>/hold", methods=["GET", "POST"])
@allow(*roles.IN_CHARGE)
def hold(request_id: str | None = None, thid: str | None = None) -> Response | str:
    """Set a legal hold. Twice is once."""
    shown = about_held(thid, request_id)
    return _put(subject_of(shown), shown.ref, shown.page, _SET)


@bp.route("/requests/<request_id>/hold/lift", methods=["GET", "POST"])
@bp.route("/elsewhere/<thid>/hold/lift", methods=["GET", "POST"])
@allow(*roles.IN_CHARGE)
def lift_hold(request_id: str | None = None, thid: str | None = None) -> Response | str:
    """Lift it; erasing goes on. Twice is once."""
    shown = about_held(thid, request_id)
    return _lift(subject_of(shown), shown.ref, shown.page)


@bp.route("/outreach/<outreach_id>/hold", methods=["GET", "POST"])
@allow(*roles.IN_CHARGE)
def hold_outreach(outreach_id: str) -> Response | str:
    """Set one on an outreach. Twice is once."""
    row = find(outreach_id)
    return _put(row, row.ref, _page(row), _SET_OUTREACH)


@bp.route("/outreach/<outreach_id>/hold/lift", methods=["GET", "POST"])
@allow(*roles.IN_CHARGE)
def lift_outreach_hold(outreach_id: str) -> Response | str:
    """Lift that of an outreach. Twice is once."""
    row = find(outreach_id)
    return _lift(row, row.ref, _page(row))


def _put(subject: holds.Subject, ref: str, page: str, question: Question) -> Response | str:
    if request.method == "GET":
        return render_template("web/confirm.html", act=question, caption=ref, back=page)
    if holds.put(db.session, subject, clock.now(), staff_id()):
        done(_("%(ref)s is under a legal hold.", ref=ref))
    save()
    return redirect(page, 303)


def _lift(subject: holds.Subject, ref: str, page: str) -> Response | str:
    if request.method == "GET":
        return render_template("web/confirm.html", act=_LIFT, caption=ref, back=page)
    if holds.lift(db.session, subject, clock.now(), staff_id()):
        done(_("The legal hold of %(ref)s is lifted.", ref=ref))
    save()
    return redirect(page, 303)


def _page(row: Outreach) -> str:
    return url_for("web.outreach_page", outreach_id=row.outreach_id)
