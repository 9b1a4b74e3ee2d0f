"""A supporter's own page: open matches, the load of the year, training and agreement, and when they can be asked.

Nothing here or anywhere counts what somebody did not take (G06).
"""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, ValidationError
from wtforms.validators import InputRequired, StopValidation

from site_agent.extensions import db
from site_agent.models import Offer, Supporter
from site_agent.public import bp
from site_agent.public.mine_visit import Mine, own_page
from site_agent.public.visit import let_in, save
from site_agent.services import agreements, links, matching, policy, roster, supporter_page
from ui import clock
from ui.dateparts import DatePartsField
from ui.forms import Form, choices, render_form
from ui.looks import done
from ui.timewords import to_local


class AvailabilityForm(Form):
    """Open or paused, and how many at a time. No reason is asked (C13)."""

    status = RadioField(
        _l("Can you be asked?"),
        [InputRequired(_l("Select whether you can be asked"))],
        choices=choices(
            {
                "open": _l("Yes"),
                "until": _l("Not until a day that I give"),
                "paused": _l("Not until I say so"),
            }
        ),
    )
    until = DatePartsField(_l("From which day can you be asked again, if you give one?"))
    places = SelectField(
        _l("How many colleagues at a time?"),
        choices=choices([(number, str(number)) for number in range(1, roster.MAX_PLACES + 1)]),
        coerce=int,
    )

    def validate_until(self, field: DatePartsField) -> None:
        """Needed for a pause with an end: a day that is still to come."""
        if self.status.data != "until":
            field.errors = []
            return
        if field.errors:
            raise StopValidation()
        if field.data is None:
            raise ValidationError(_("Enter the day from which you can be asked again"))
        if field.data <= to_local(clock.now()).date():
            raise ValidationError(_("Enter a day after today"))


@bp.get("/mine")
@own_page
def mine(who: Mine) -> str:
    """Everything at a glance."""
    supporter, now = who.supporter, clock.now()
    return render_template(
        "public/mine.html",
        about=who.about,
        supporter=supporter,
        offers=supporter_page.open_offers(db.session, supporter),
        load=supporter_page.load(db.session, supporter, now),
        year_matches=policy.number(db.session, "year_matches"),
        status=roster.status(db.session, supporter, now),
        is_signed=agreements.is_signed(db.session, supporter),
        is_paused=matching.is_paused(supporter, now),
        year=to_local(now).year,
    )


@bp.route("/mine/availability", methods=["GET", "POST"])
@own_page
def availability(who: Mine) -> Response | tuple[str, int]:
    """Change when they can be asked, and about how many at a time."""
    supporter, now = who.supporter, clock.now()
    form = AvailabilityForm(data=_present(supporter))
    if not form.validate_on_submit():
        return render_form("public/mine_availability.html", form, about=who.about)
    supporter_page.set_places(db.session, supporter, form.places.data)
    if form.status.data == "open":
        roster.resume(db.session, supporter, now)
    else:
        until = form.until.data if form.status.data == "until" else None
        roster.pause(db.session, supporter, until, now)
    save()
    done(_("Saved."))
    return redirect(url_for("public.mine"), 303)


@bp.post("/mine/open")
@own_page
def open_own_offer(who: Mine) -> Response:
    """To one of their offers; the PIN counts there, too."""
    offer = db.session.get(Offer, request.form.get("offer", ""))
    if offer is None or offer.supporter_id != who.supporter.supporter_id:
        abort(404)
    let_in("offer", supporter_page.visit_offer(db.session, who.visit, offer, clock.now()))
    save()
    return redirect(url_for("public.offer"), 303)


@bp.post("/mine/agreement")
@own_page
def sign_own_agreement(who: Mine) -> Response:
    """To the agreement, when a new version waits to be signed."""
    let_in("agreement", links.start_visit(db.session, "agreement", who.supporter.supporter_id, clock.now()))
    save()
    return redirect(url_for("public.agreement"), 303)


def _present(supporter: Supporter) -> dict[str, object]:
    """How it stands now; a pause whose day has come is none."""
    if not matching.is_paused(supporter, clock.now()):
        return {"status": "open", "places": supporter.max_open}
    status = "until" if supporter.paused_until else "paused"
    return {"status": status, "until": supporter.paused_until, "places": supporter.max_open}
