"""How a supporter comes to their own page: by a link to it, or from an offer that is open in the same browser."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import redirect, render_template, url_for

from site_agent.extensions import db
from site_agent.models import LinkSession, Supporter
from site_agent.public import bp
from site_agent.public.link_door import LinkDoor, Page, may_send_fresh
from site_agent.public.offer_pin import PinForm, left_in_words
from site_agent.public.offer_stage import stage_of
from site_agent.public.visit import View, present_visit, require_about, save
from site_agent.services import links, pins, roster, supporter_page
from ui import access, clock
from ui.forms import render_form

KIND = supporter_page.KIND


@dataclass(frozen=True)
class Mine:
    """Who looks at their own page, and by which visit."""

    supporter: Supporter
    visit: LinkSession

    @property
    def about(self) -> str:
        """What the forms of the page are about."""
        return self.visit.subject

    @property
    def has_pin(self) -> bool:
        """Whether the PIN was given in this browser and still counts."""
        return pins.counts(self.visit, clock.now())


def own_page(view: View) -> View:
    """The page takes a Mine, and opens only while the PIN counts."""

    @access.link(KIND)
    @wraps(view)
    def opened(*args: Any, **values: Any) -> Any:
        found = find()
        if found is None:
            return render_template("public/again.html", kind=KIND), 403
        require_about(found.visit)
        return view(found, *args, **values) if found.has_pin else pin_page(found)

    return opened


def find() -> Mine | None:
    """Who this is, by a visit of either kind; None for whoever has none, or has left the programme."""
    visit = present_visit(KIND)
    if visit is not None:
        supporter = db.session.get(Supporter, visit.subject)
    else:
        visit = present_visit("offer")
        stage = None if visit is None else stage_of(visit)
        supporter = None if stage is None else stage.supporter
    if visit is None or supporter is None or roster.has_left(supporter, clock.now()):
        return None
    return Mine(supporter, visit)


def pin_page(mine: Mine, form: PinForm | None = None) -> tuple[str, int]:
    """The question for the PIN, or what to do when it is locked or was never chosen."""
    supporter = mine.supporter
    if supporter.pin_hash is None or pins.tries_left(supporter) == 0:
        return render_template("public/mine_locked.html", never=supporter.pin_hash is None), 403
    return render_form("public/mine_pin.html", form or PinForm(), about=mine.about)


@bp.post("/mine/pin")
@access.link(KIND)
def give_own_pin() -> Page:
    """Check the PIN. A try is counted before it is judged."""
    mine, form = find(), PinForm()
    if mine is None:
        return render_template("public/again.html", kind=KIND), 403
    require_about(mine.visit)
    if not form.validate():
        return pin_page(mine, form)
    right = pins.check(db.session, mine.supporter, form.pin.data or "")
    if right:
        pins.given(db.session, mine.visit, clock.now())
    save()
    if right:
        return redirect(url_for("public.mine"), 303)
    form.pin.errors = [left_in_words(mine.supporter)]
    return pin_page(mine, form)


@bp.get("/m/<token>")
@access.link(KIND)
def open_mine(token: str) -> Page:
    """One button."""
    return _DOOR.look(token)


@bp.post("/m/<token>")
@access.link(KIND)
def enter_mine(token: str) -> Page:
    """To their own page; the link is used up with that."""
    return _DOOR.come_in(token)


@bp.post("/m/<token>/fresh")
@access.link(KIND)
def fresh_mine(token: str) -> Page:
    """Mail a new link to the supporter's own address, and nowhere else."""
    link = links.known(db.session, token, KIND)
    supporter = None if link is None else db.session.get(Supporter, link.subject)
    if supporter is None or roster.has_left(supporter, clock.now()):
        return render_template("public/offer_unknown.html"), 404
    if may_send_fresh(KIND, supporter.supporter_id):
        supporter_page.send_link(db.session, supporter, clock.now())
        save()
    return redirect(url_for("public.fresh_sent"), 303)


def _not_good(token: str) -> Page:
    """Used, expired or unknown; of the last nothing can be said."""
    if links.known(db.session, token, KIND) is None:
        return render_template("public/offer_unknown.html"), 404
    return render_template("public/offer_used.html"), 410


_DOOR = LinkDoor(KIND, "public/offer_open.html", "public.mine", _not_good, once=True)
