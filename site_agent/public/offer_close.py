"""The support has ended: the supporter closes it, and nothing here shows any more who it was."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from site_agent.extensions import db
from site_agent.public import bp
from site_agent.public.offer_stage import Stage, act, offering, to_offer
from site_agent.services import inter_site_helper as helper
from ui import clock
from ui.forms import Form, choices, render_form


class CloseForm(Form):
    """A reminder in the form of a question (J02). Either answer closes: who has paper left is asked to destroy it."""

    paper = RadioField(
        _l("Is everything that you jotted down destroyed?"),
        [InputRequired(_l("Select whether your jottings are destroyed"))],
        choices=choices({"yes": _l("Yes, or there was nothing on paper"), "no": _l("Not yet")}),
    )


@bp.route("/offer/close", methods=["GET", "POST"])
@offering("helping")
def close_offer(stage: Stage) -> Response | tuple[str, int]:
    """Close it, once."""
    form, match = CloseForm(), stage.match
    if not form.validate_on_submit():
        return render_form("public/offer_close.html", form, about=stage.visit.subject, match=match)
    destroyed = form.paper.data == "yes"
    thanks = _("Closed.")
    act(
        lambda: helper.close(db.session, match, clock.now(), jottings_destroyed=destroyed),
        thanks if destroyed else thanks + " " + _("Please destroy your jottings today."),
        of_the_hub=not match.is_local,
    )
    return to_offer()
