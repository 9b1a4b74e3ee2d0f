"""Links that the coordinator sends a supporter: to a new PIN, which is logged, and to the supporter's own page."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import Supporter
from site_agent.services import agreements, pins, roster, supporter_page
from site_agent.web import ROLES, bp
from site_agent.web.desk import save, staff_id
from site_agent.web.questions import Question
from ui import clock
from ui.access import allow
from ui.looks import done

_RESET = Question(
    title=_l("Let this supporter choose a new PIN?"),
    lines=(
        _l("Speak with them first, so that you know it is they who ask: assistants read doctors’ email."),
        _l("The old PIN stops working now. A link to choose a new one goes to their own address."),
        _l("That you did this is logged."),
    ),
    button=_l("Send a link for a new PIN"),
    safe=True,
)


@bp.route("/supporters/<supporter_id>/pin", methods=["GET", "POST"])
@allow(*ROLES)
def reset_pin(supporter_id: str) -> Response | str:
    """A forgotten PIN ends here, and a link to choose another goes out."""
    row = _row(supporter_id)
    if request.method == "GET":
        page = url_for("web.supporter", supporter_id=supporter_id)
        return render_template("web/confirm.html", act=_RESET, caption=row.name, back=page)
    now = clock.now()
    pins.reset(db.session, row, now, staff_id())
    agreements.invite(db.session, row, now)
    return _sent(row, _("The link for a new PIN is on its way to %(name)s.", name=row.name))


@bp.post("/supporters/<supporter_id>/page")
@allow(*ROLES)
def send_own_page(supporter_id: str) -> Response:
    """Mail the supporter a link to their own page."""
    row = _row(supporter_id)
    supporter_page.send_link(db.session, row, clock.now())
    return _sent(row, _("The link is on its way to %(name)s.", name=row.name))


def _row(supporter_id: str) -> Supporter:
    row = db.session.get(Supporter, supporter_id)
    return row if row is not None and not roster.has_left(row, clock.now()) else abort(404)


def _sent(row: Supporter, said: str) -> Response:
    save()
    done(standing.said(said))
    return redirect(url_for("web.supporter", supporter_id=row.supporter_id), 303)
