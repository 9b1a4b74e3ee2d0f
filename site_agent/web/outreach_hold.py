"""The legal hold of an outreach, set and lifted by whoever is in charge."""

from __future__ import annotations

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
from site_agent.web.held import LAW, LIFT
from site_agent.web.outreach import find
from site_agent.web.questions import Question
from ui import clock
from ui.access import allow
from ui.looks import done

_SET = Question(
    title=_l("Set a legal hold?"),
    lines=(
        LAW,
        _l(
            "Until you lift it, the name, the reason and the other answers are not erased because of their age."
        ),
        _l("It is logged with your name."),
    ),
    button=_l("Set the hold"),
    safe=True,
)


@bp.route("/outreach/<outreach_id>/hold", methods=["GET", "POST"])
@allow(*roles.IN_CHARGE)
def hold_outreach(outreach_id: str) -> Response | str:
    """Set a legal hold. Twice is once."""
    row = find(outreach_id)
    if request.method == "GET":
        return render_template("web/confirm.html", act=_SET, caption=row.ref, back=_page(row))
    if holds.put(db.session, row, clock.now(), staff_id()):
        done(_("%(ref)s is under a legal hold.", ref=row.ref))
    save()
    return redirect(_page(row), 303)


@bp.route("/outreach/<outreach_id>/hold/lift", methods=["GET", "POST"])
@allow(*roles.IN_CHARGE)
def lift_outreach_hold(outreach_id: str) -> Response | str:
    """Lift it; erasing goes on. Twice is once."""
    row = find(outreach_id)
    if request.method == "GET":
        return render_template("web/confirm.html", act=LIFT, caption=row.ref, back=_page(row))
    if holds.lift(db.session, row, clock.now(), staff_id()):
        done(_("The legal hold of %(ref)s is lifted.", ref=row.ref))
    save()
    return redirect(_page(row), 303)


def _page(row: Outreach) -> str:
    return url_for("web.outreach_page", outreach_id=row.outreach_id)
