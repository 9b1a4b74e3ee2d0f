"""The support has ended: the supporter closes it, and card, name and contact details are destroyed."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, ValidationError
from wtforms.validators import InputRequired

from site_agent.extensions import db
from site_agent.public import bp
from site_agent.public.offer_stage import Stage, act, offering, to_offer
from site_agent.services import inter_site_helper as helper
from ui import clock
from ui.forms import Form, choices, render_form


class CloseForm(Form):
    """A reminder in the form of a question; the answer is not kept (J02)."""

    paper = RadioField(
        _l("Is everything that you jotted down destroyed?"),
        [InputRequired(_l("Select whether your jottings are destroyed"))],
        choices=choices({"yes": _l("Yes, or there was nothing on paper"), "no": _l("Not yet")}),
    )

    def validate_paper(self, field: RadioField) -> None:
        """First the shredder."""
        if field.data == "no":
            raise ValidationError(_("Destroy your jottings first, then select yes"))


@bp.route("/offer/close", methods=["GET", "POST"])
@offering("helping")
def close_offer(stage: Stage) -> Response | tuple[str, int]:
    """Close it, once."""
    form = CloseForm()
    if not form.validate_on_submit():
        return render_form("public/offer_close.html", form, about=stage.visit.subject)
    act(lambda: helper.close(db.session, stage.match, clock.now()), _("Closed. Thank you for being there."))
    return to_offer()
