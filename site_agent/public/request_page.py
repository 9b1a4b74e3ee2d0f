"""The physician's page: where the request stands, and withdrawing it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.models import LinkSession, Request
from site_agent.models.request import FINAL
from site_agent.public import bp
from site_agent.public.standing import standing
from site_agent.public.visit import is_hub_away, save, visiting
from site_agent.services import requests
from site_agent.services.errors import NoLongerOpenError
from ui import clock
from ui.looks import done


@bp.get("/request")
@visiting("request")
def request_page(visit: LinkSession) -> str:
    """Where it stands, who opened the name, and what can be done."""
    row = request_of(visit)
    return render_template(
        "public/request.html", row=row, now_at=standing(row), away=row.elsewhere and is_hub_away()
    )


@bp.get("/request/withdraw")
@visiting("request")
def withdraw(visit: LinkSession) -> Response | str:
    """A question before it."""
    row = request_of(visit)
    return to_page() if row.state in FINAL else render_template("public/request_withdraw.html", row=row)


@bp.post("/request/withdraw")
@visiting("request")
def withdraw_now(visit: LinkSession) -> Response:
    """Take it back; pressing twice says the same."""
    row = request_of(visit)
    try:
        requests.withdraw(db.session, row, clock.now())
    except NoLongerOpenError as error:
        db.session.rollback()
        flash(str(error.mend), "notice")
        return to_page()
    away = row.elsewhere and is_hub_away()
    save()
    if away:
        done(
            _("Withdrawn here. The provincial hub is told as soon as it can be reached; you need do nothing.")
        )
    else:
        done(_("Your request is withdrawn."))
    return to_page()


def request_of(visit: LinkSession) -> Request:
    """The request that this visit is about."""
    return db.session.get_one(Request, visit.subject)


def to_page() -> Response:
    """Back to where it stands."""
    return redirect(url_for("public.request_page"), 303)
