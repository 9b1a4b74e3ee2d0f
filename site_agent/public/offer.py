"""An offer: the card, and yes or not this time. Afterwards the same address shows whatever comes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from protocol.messages.handover import Card, Identity
from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import LinkSession, Offer
from site_agent.public import bp
from site_agent.public.offer_attempt import may_leave
from site_agent.public.offer_name import NameForm
from site_agent.public.offer_pin import pin_page
from site_agent.public.offer_stage import Stage, act, over, stage_of, to_offer
from site_agent.public.visit import is_hub_away, visiting
from site_agent.services import inter_site_helper as helper
from site_agent.services import policy, tracker
from ui import clock


@bp.get("/offer")
@visiting("offer")
def offer(visit: LinkSession) -> str | tuple[str, int]:
    """Where it stands; whatever comes after the yes asks for the PIN."""
    stage = stage_of(visit)
    if stage is None:
        return over()
    if stage.needs_pin and not stage.has_pin:
        return pin_page(stage)
    shown = _SHOWN[stage.name](db.session, stage.offer, clock.now())
    return over() if shown is None else render_template(_TEMPLATE[stage.name], **_context(stage, shown))


@bp.post("/offer/answer")
@visiting("offer")
def answer_offer(visit: LinkSession) -> Response:
    """Yes, or not this time; no reason is asked for, and there is no field for one.

    "close" says that they are close to the physician or assess their work: it is a "no" from here on, and nothing
    tells the two apart (F08, J09). Where the name is shown with the question, a yes asks for the PIN; a no never does.
    """
    stage, now = stage_of(visit), clock.now()
    said = request.form.get("answer")
    if said not in ("yes", "no", "close"):
        abort(400)
    if stage is None:
        return to_offer()
    hears = not stage.match.is_local
    if said == "yes":
        if stage.needs_pin and visit.pin_until is None:
            return to_offer()  # nobody takes on a colleague whose name they could not read
        if stage.name in ASKED:
            thanks = _("Thank you. Your yes is recorded.")
            act(lambda: helper.accept(db.session, stage.offer, now), thanks, of_the_hub=hears)
    elif stage.name in (*ASKED, "waiting"):
        thanks = _("Thank you for answering.")
        act(lambda: helper.decline(db.session, stage.offer, now), thanks, of_the_hub=hears)
    return to_offer()


ASKED = ("asked", "asked-here")
_SHOWN: dict[str, Callable[[Any, Offer, datetime], Card | Identity | str | None]] = {
    "asked": lambda session, offer, now: helper.offered_card(session, offer),
    "asked-here": helper.name,
    "waiting": lambda session, offer, now: helper.offered_card(session, offer),
    "name": helper.name,
    "confirming": lambda session, offer, now: helper.offered_card(session, offer),
    "helping": helper.contact,
}
"""What each page shows of the request; the services recheck the state each time, and None shows nothing."""


_TEMPLATE = {name: f"public/offer_{name.replace('-', '_')}.html" for name in _SHOWN}


def _context(stage: Stage, shown: Card | Identity | str) -> dict[str, Any]:
    return {
        "offer": stage.offer,
        "match": stage.match,
        "about": stage.visit.subject,
        "card": helper.offered_card(db.session, stage.offer),
        "name": shown,
        "contact": shown,
        "form": NameForm() if stage.name == "name" else None,
        "away": not stage.match.is_local and is_hub_away(),
        "mail_goes": standing.is_connected(),
        "posts": stage.supporter.posts,
        "may_leave": isinstance(shown, Identity) and may_leave(shown.ways),
        "talks": tracker.of(db.session, stage.match) if stage.name == "helping" else (),
        "usual_talks": policy.number(db.session, "talks"),
    }
