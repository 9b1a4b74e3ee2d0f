"""A supporter's link from a mail: it opens once, and an old one sends a fresh one to the supporter's own address."""

from __future__ import annotations

from flask import redirect, render_template, url_for

from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import Offer
from site_agent.public import bp
from site_agent.public.link_door import LinkDoor, Page, may_send_fresh
from site_agent.public.offer_stage import is_over, over
from site_agent.public.visit import save
from site_agent.services import inter_site_helper as helper
from site_agent.services import links
from ui import access, clock
from ui.access import public

KIND = "offer"


@bp.get("/o/<token>")
@access.link(KIND)
def open_offer(token: str) -> Page:
    """One button."""
    return _DOOR.look(token)


@bp.post("/o/<token>")
@access.link(KIND)
def enter_offer(token: str) -> Page:
    """Into the offer; the link is used up with that."""
    return _DOOR.come_in(token)


@bp.post("/o/<token>/fresh")
@access.link(KIND)
def fresh_offer(token: str) -> Page:
    """Mail a new link."""
    link = links.known(db.session, token, KIND)
    if link is None:
        return _not_good(token)
    return send_fresh(link.subject)


@bp.get("/offer/sent")
@public
def fresh_sent() -> str:
    """A fresh link is on its way, or waits for a mail server. No address is shown."""
    waits = "" if standing.is_connected() else standing.WAITS_FOR_VISITOR
    return render_template("public/offer_sent.html", mail_waits=waits)


def send_fresh(offer_id: str) -> Page:
    """A new link to the supporter's own address, and nowhere else."""
    offer = db.session.get(Offer, offer_id)
    if may_send_fresh(KIND, offer_id):
        if offer is None or helper.fresh_link(db.session, offer, clock.now()) is None:
            db.session.rollback()
            return over()
        save()
    return redirect(url_for("public.fresh_sent"), 303)


def _not_good(token: str) -> Page:
    """Used, expired or unknown; of the last nothing can be said."""
    link = links.known(db.session, token, KIND)
    if link is None:
        return render_template("public/offer_unknown.html"), 404
    return (over() if is_over(link.subject) else render_template("public/offer_used.html")), 410


_DOOR = LinkDoor(KIND, "public/offer_open.html", "public.offer", _not_good, once=True)
