"""An offer: the card, and yes or not this time. Afterwards the same address shows whatever comes next."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from protocol.messages.handover import Identity
from site_agent.extensions import db
from site_agent.models import LinkSession
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
    return render_template(f"public/offer_{stage.name}.html", **_context(stage))


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


def _context(stage: Stage) -> dict[str, Any]:
    """What a page may show. Name and contact details come from the services, which recheck the state each time."""
    now = clock.now()
    contact: Identity | None = None
    name: str | None = None
    if stage.name == "name":
        name = helper.name(db.session, stage.offer, now)
    elif stage.name == "helping":
        contact = helper.contact(db.session, stage.offer, now)
    return {
        "stage": stage,
        "offer": stage.offer,
        "incoming": stage.incoming,
        "about": stage.visit.subject,
        "card": helper.offered_card(db.session, stage.offer),
        "name": name,
        "contact": contact,
        "form": NameForm() if stage.name == "name" else None,
        "away": is_hub_away(),
    }
