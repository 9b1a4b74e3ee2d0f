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
from site_agent.models import LinkSession, Offer
from site_agent.public import bp
from site_agent.public.offer_name import NameForm
from site_agent.public.offer_pin import pin_page
from site_agent.public.offer_stage import Stage, act, over, stage_of, to_offer
from site_agent.public.visit import is_hub_away, visiting
from site_agent.services import inter_site_helper as helper
from ui import clock


@bp.get("/offer")
@visiting("offer")
def offer(visit: LinkSession) -> str | tuple[str, int]:
    """Where it stands; whatever comes after the yes asks for the PIN."""
    stage = stage_of(visit)
    if stage is None:
        return over()
    if stage.name != "asked" and not stage.has_pin:
        return pin_page(stage)
    shown = _SHOWN[stage.name](db.session, stage.offer, clock.now())
    return (
        over()
        if shown is None
        else render_template(f"public/offer_{stage.name}.html", **_context(stage, shown))
    )


@bp.post("/offer/answer")
@visiting("offer")
def answer_offer(visit: LinkSession) -> Response:
    """Yes, or not this time; no reason is asked for, and there is no field for one."""
    stage, now = stage_of(visit), clock.now()
    said = request.form.get("answer")
    if said not in ("yes", "no"):
        abort(400)
    if stage is None:
        return to_offer()
    if said == "yes" and stage.name == "asked":
        act(lambda: helper.accept(db.session, stage.offer, now), _("Thank you. Your yes is recorded."))
    elif said == "no" and stage.name in ("asked", "waiting"):
        act(lambda: helper.decline(db.session, stage.offer, now), _("Thank you for answering."))
    return to_offer()


_SHOWN: dict[str, Callable[[Any, Offer, datetime], Card | Identity | str | None]] = {
    "asked": lambda session, offer, now: helper.offered_card(session, offer),
    "waiting": lambda session, offer, now: helper.offered_card(session, offer),
    "name": helper.name,
    "confirming": lambda session, offer, now: helper.offered_card(session, offer),
    "helping": helper.contact,
}
"""What each page shows of the request; the services recheck the state each time, and None shows nothing."""


def _context(stage: Stage, shown: Card | Identity | str) -> dict[str, Any]:
    return {
        "offer": stage.offer,
        "match": stage.match,
        "about": stage.visit.subject,
        "card": helper.offered_card(db.session, stage.offer),
        "name": shown,
        "contact": shown,
        "form": NameForm() if stage.name == "name" else None,
        "away": is_hub_away(),
    }
