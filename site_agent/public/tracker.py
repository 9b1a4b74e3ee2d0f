"""After a talk: that it happened and how the supporter found it, in at most ten taps (I01 to I03).

Made for a poor line: a plain form, whose ticket makes of two submissions one talk. Sending it needs no PIN afresh,
since it shows nobody's name; the PIN was given in this browser when the form was opened.
"""

from __future__ import annotations

from flask import flash
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.forms.talk import TalkForm
from site_agent.models import LinkSession
from site_agent.public import bp
from site_agent.public.offer_stage import Stage, act, offering, stage_of, to_offer
from site_agent.public.visit import visiting
from site_agent.services import tracker
from site_agent.services.errors import WrongTimeError
from ui import clock
from ui.forms import render_form

Page = Response | tuple[str, int]


@bp.get("/offer/talk")
@offering("helping")
def note_talk(stage: Stage) -> Page:
    """The form, with a ticket of its own."""
    form = TalkForm()
    form.ticket.data = tracker.ticket()
    return _page(stage, form)


@bp.post("/offer/talk")
@visiting("offer")
def keep_talk(visit: LinkSession) -> Page:
    """Keep it. What comes after the end leaves no row, and the page says so kindly."""
    stage, form = stage_of(visit), TalkForm()
    if tracker.find(db.session, form.ticket.data or "") is not None:
        return to_offer()
    if stage is None:
        flash(
            _("This had ended before your entry came, so nothing was noted. Nothing is left to do."), "notice"
        )
        return to_offer()
    if stage.name != "helping" or visit.pin_until is None:
        return to_offer()
    if not form.validate():
        return _page(stage, form)
    try:
        act(lambda: _keep(stage, form), _said(form), WrongTimeError, of_the_hub=False)
    except WrongTimeError:
        form.day.errors = [_("Select a day after you were put in touch, and not in the future")]
        return _page(stage, form)
    return to_offer()


def _keep(stage: Stage, form: TalkForm) -> None:
    now = clock.now()
    tracker.record(db.session, stage.match, form.entry(stage.match, now), now)


def _said(form: TalkForm) -> str:
    """Thanks, and what follows from the two ticks."""
    said = [_("Saved. Thank you.")]
    if form.call_me.data:
        said.append(_("Your coordinator sees that you would like a call."))
    if form.more_needed.data:
        said.append(
            _(
                "More help than talks with a peer: the card “How to hand over to longer help” on this page leads to it."
            )
        )
    return " ".join(said)


def _page(stage: Stage, form: TalkForm) -> tuple[str, int]:
    return render_form("public/tracker.html", form, about=stage.visit.subject)
