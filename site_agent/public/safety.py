"""Somebody may come to harm: whom to call now, first of all; then, which way was taken (J04, J05).

The page opens for everybody and asks for no PIN. Who came in by a link of theirs can note the way: the time and the
way are all that is kept, and there is no place for a word.
"""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from site_agent import talk_words
from site_agent.extensions import db
from site_agent.looks import site_phone
from site_agent.models import LinkSession, Match
from site_agent.public import bp
from site_agent.public.offer_stage import stage_of
from site_agent.public.visit import present_visit, require_about, save
from site_agent.services import policy, safety
from ui import clock
from ui.access import public
from ui.forms import Form, choices, render_form


class WayForm(Form):
    """The way that was taken. Five ways, no words."""

    route = RadioField(
        _l("Which way did you take?"),
        [InputRequired(_l("Select the way that you took"))],
        choices=choices(talk_words.ROUTE),
    )
    ticket = HiddenField()


@bp.get("/safety")
@public
def need_help_now() -> str | tuple[str, int]:
    """Whom to call now."""
    form = WayForm()
    form.ticket.data = safety.ticket()
    return _page(form, _visit())


@bp.post("/safety")
@public
def note_way() -> Response | str | tuple[str, int]:
    """Keep time and way, pause the match, tell the keepers that something waits. Twice is once."""
    visit = _visit()
    if visit is None:
        return render_template("public/again.html", kind="offer"), 403
    require_about(visit)
    form = WayForm()
    if not form.validate():
        return _page(form, visit)
    ticket = form.ticket.data or ""
    if not 0 < len(ticket) <= 43:
        abort(400)
    safety.report(db.session, _helped(visit), form.route.data, ticket, clock.now())
    save()
    return redirect(url_for("public.way_noted"), 303)


@bp.get("/safety/noted")
@public
def way_noted() -> str:
    """What was kept, what happens now, and an offer to talk about it."""
    return render_template("public/safety_noted.html", **_shown(_visit()))


def _page(form: WayForm, visit: LinkSession | None) -> tuple[str, int]:
    about = visit.subject if visit else ""
    return render_form("public/safety.html", form, about=about, visit=visit, **_shown(visit))


def _shown(visit: LinkSession | None) -> dict[str, Any]:
    """Whom to ask for, and whether a match is paused with it."""
    pauses = visit is not None and _helped(visit) is not None
    return {
        "keepers": _keepers(visit),
        "keeper_phone": keeper_phone(),
        "crisis_phone": policy.text(db.session, "crisis_phone"),
        "pauses": pauses,
    }


def _visit() -> LinkSession | None:
    return present_visit("offer") or present_visit("supporter")


def _helped(visit: LinkSession) -> Match | None:
    """The match that this visit is about, if it is being helped."""
    stage = stage_of(visit) if visit.kind == "offer" else None
    return stage.match if stage is not None and stage.name == "helping" else None


def _keepers(visit: LinkSession | None) -> list[str]:
    """The keepers' names, for supporters only."""
    return [person.name for person in safety.keepers(db.session)] if visit is not None else []


def keeper_phone() -> str:
    """Where a safety keeper is reached: their own number, if the site has given one; else the site's."""
    return policy.text(db.session, "keeper_phone") or site_phone()
