"""The supporter tried, or the two have spoken: now, or at the time that is given. What was said is never asked."""

from __future__ import annotations

from collections.abc import Iterable

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from site_agent import words
from site_agent.extensions import db
from site_agent.public import bp
from site_agent.public.offer_stage import Stage, act, offering, to_offer
from site_agent.services import inter_site_helper as helper
from site_agent.services.errors import WrongTimeError
from ui import clock
from ui.forms import DateTimePartsField, Form, render_form

MESSAGES = ("text", "voicemail", "email")
"""Ways by which something is left for the physician to find."""
COUNTS: words.Words = {
    "call": _l("a missed call"),
    "text": _l("a text"),
    "voicemail": _l("a voicemail"),
    "email": _l("an email"),
}
"""What meets the limit, by the ways that the physician called safe."""
ACTS = {"message": helper.attempted, "reached": helper.reached}


def may_leave(ways: Iterable[str]) -> bool:
    """Whether the physician said of any kind of message that it is safe."""
    return any(way in MESSAGES for way in ways)


class AttemptForm(Form):
    """The time, if it was not just now."""

    at = DateTimePartsField(
        _l("Or at what time?"),
        [InputRequired(_l("Enter the day and time, or press “Just now”"))],
        default=clock.now,
    )


@bp.route("/offer/attempt/<what>", methods=["GET", "POST"])
@offering("helping")
def record_attempt(stage: Stage, what: str) -> Response | tuple[str, int]:
    """Record it with its true time. Twice is once."""
    if what not in ACTS:
        abort(404)
    form = AttemptForm()
    just_now = request.form.get("when") == "now"
    if just_now or form.validate_on_submit():
        now = clock.now()
        at = now if just_now else form.at.data
        try:
            act(
                lambda: ACTS[what](db.session, stage.match, at, now),
                _("Recorded. Thank you."),
                WrongTimeError,
                of_the_hub=not stage.match.is_local,
            )
            return to_offer()
        except WrongTimeError as error:
            form.at.errors = [error.mend]
    contact = helper.contact(db.session, stage.offer, clock.now())
    ways = () if contact is None else contact.ways
    shown = {"may_leave": may_leave(ways), "counts": words.listed(COUNTS, ways)}
    return render_form("public/offer_attempt.html", form, what=what, about=stage.visit.subject, **shown)
