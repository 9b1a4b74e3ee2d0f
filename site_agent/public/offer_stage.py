"""Where an offer stands for its supporter, judged afresh at each view, and how a page of it is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.models import LinkSession, Match, Offer, Supporter
from site_agent.models.match import HELPING
from site_agent.public.visit import View, is_hub_away, save, visiting
from site_agent.services import pins, policy
from site_agent.services.errors import ServiceError
from site_agent.services.hub_time import match_now
from ui import clock
from ui.looks import done


@dataclass(frozen=True)
class Stage:
    """`name`: asked, asked-here (the name is shown with the question), waiting, name, confirming or helping."""

    name: str
    offer: Offer
    match: Match
    supporter: Supporter
    visit: LinkSession

    @property
    def needs_pin(self) -> bool:
        """Whether what is shown now is for the supporter's eyes only."""
        return self.name != "asked"

    @property
    def has_pin(self) -> bool:
        """Whether the PIN was given in this browser and still counts."""
        return pins.counts(self.visit, clock.now())


def stage_of(visit: LinkSession) -> Stage | None:
    """None: nothing is left to do, whatever the cause. Nobody learns more than that."""
    found = _standing(visit.subject)
    if found is None:
        return None
    name, offer, match = found
    return Stage(name, offer, match, db.session.get_one(Supporter, offer.supporter_id), visit)


def is_over(offer_id: str) -> bool:
    """Whether nothing is left for whoever was asked, so that a fresh link would lead nowhere."""
    return _standing(offer_id) is None


def offering(*names: str, pin: bool = True) -> Callable[[View], View]:
    """The page takes a Stage, if it is one of these; otherwise the reader is led to where it stands.

    With `pin` it opens only while the PIN counts.
    """

    def wrap(view: View) -> View:
        @visiting("offer")
        @wraps(view)
        def staged(visit: LinkSession, *args: Any, **values: Any) -> Any:
            stage = stage_of(visit)
            if stage is None or stage.name not in names or (pin and not stage.has_pin):
                return to_offer()
            return view(stage, *args, **values)

        return staged

    return wrap


def act(change: Callable[[], object], said: str, *but: type[ServiceError], of_the_hub: bool = True) -> bool:
    """Do what was pressed, once, and say so; what came too late is answered by the page itself.

    Refusals of the kinds in `but` are raised, for a form to mark the field. `of_the_hub`: the hub hears of it, so
    the page says so while it is away. False if it was refused.
    """
    try:
        change()
    except ServiceError as error:
        db.session.rollback()
        if isinstance(error, but):
            raise
        flash(str(error.mend), "notice")
        return False
    away = of_the_hub and is_hub_away()
    save()
    waits = _("The provincial hub cannot be reached just now. Your answer is kept here and goes by itself.")
    done(f"{said} {waits}" if away else said)
    return True


def over() -> str:
    """Nothing more to do."""
    return render_template("public/offer_over.html")


def to_offer() -> Response:
    """To where it stands."""
    return redirect(url_for("public.offer"), 303)


def _standing(offer_id: str) -> tuple[str, Offer, Match] | None:
    offer = db.session.get(Offer, offer_id)
    if offer is None or offer.supporter_id is None:
        return None
    match = db.session.get_one(Match, offer.thid)
    name = _name(offer, match)
    if name is None or match.supporter_id != offer.supporter_id:
        return None
    return name, offer, match


def _name(offer: Offer, match: Match) -> str | None:
    today = match_now(db.session, match, clock.now())
    if offer.state == "open":
        if match.state != "asked" or offer.expires_at <= today:
            return None
        return "asked-here" if match.is_local and is_name_first() else "asked"
    if offer.state == "accepted":
        answerable = match.confirm_by is not None and match.confirm_by > today
        if match.state == "released":
            return "name" if answerable else None
        return "waiting" if match.state == "accepted" else None
    if offer.state == "confirmed":
        return "helping" if match.state in HELPING else "confirming" if match.state == "confirming" else None
    return None


def is_name_first() -> bool:
    """Whether within the site the name is shown before the yes (requirements, disagreement 2)."""
    return policy.choice(db.session, "name_before_yes") == "yes"
