"""Helped from one's own site after all: chosen by the physician's own link; or objected to, where somebody noted it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.models import AnySession, LinkSession, Request
from site_agent.public import bp
from site_agent.public.request_page import request_of, to_page
from site_agent.public.safety import keeper_phone
from site_agent.public.visit import save, visiting
from site_agent.services import policy, stay
from site_agent.services.errors import NoLongerOpenError
from ui import clock
from ui.looks import done


@bp.get("/request/stay")
@visiting("request")
def stay_here(visit: LinkSession) -> Response | str:
    """What it would change."""
    row = request_of(visit)
    if not stay.may_stay(row):
        return to_page()
    name_first = policy.choice(db.session, "name_before_yes") == "yes"
    return render_template("public/request_stay.html", row=row, name_first=name_first)


@bp.post("/request/stay")
@visiting("request")
def stay_here_now(visit: LinkSession) -> Response:
    """Choose it; the coordinator hears that something waits."""
    said = _("Your own site looks for somebody now.")
    return _do(visit, lambda session, row, now: stay.stay_here(session, row, now, None), said)


@bp.get("/request/not-agreed")
@visiting("request")
def not_agreed(visit: LinkSession) -> Response | str:
    """What objecting does, and whom else to ask."""
    row = request_of(visit)
    if not stay.may_object(db.session, row):
        return to_page()
    return render_template("public/request_not_agreed.html", row=row, keeper_phone=keeper_phone())


@bp.post("/request/not-agreed")
@visiting("request")
def not_agreed_now(visit: LinkSession) -> Response:
    """Close the name again."""
    return _do(visit, stay.object_to, _("Your name is closed again, and nobody of your site is asked."))


def _do(visit: LinkSession, act: Callable[[AnySession, Request, datetime], None], said: str) -> Response:
    try:
        act(db.session, request_of(visit), clock.now())
    except NoLongerOpenError as error:
        db.session.rollback()
        flash(str(error.mend), "notice")
    else:
        save()
        done(said)
    return to_page()
