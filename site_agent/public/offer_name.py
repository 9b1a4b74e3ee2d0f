"""One name and one question. "Yes" is stored and sent exactly as a decline, and no page says which it was."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from site_agent.extensions import db
from site_agent.public import bp
from site_agent.public.offer_stage import Stage, act, offering, to_offer
from site_agent.public.visit import is_hub_away
from site_agent.services import inter_site_helper as helper
from ui import clock
from ui.forms import Form, choices


class NameForm(Form):
    """The one question."""

    close = RadioField(
        _l("Are you personally close to this person, or do you supervise, assess or review them?"),
        [InputRequired(_l("Select yes or no"))],
        choices=choices({"no": _l("No"), "yes": _l("Yes")}),
    )


@bp.post("/offer/name")
@offering("name")
def answer_name(stage: Stage) -> Response | tuple[str, int]:
    """The answer."""
    form, now = NameForm(), clock.now()
    if not form.validate():
        name = helper.name(db.session, stage.offer, now)
        context = {
            "about": stage.visit.subject,
            "name": name,
            "match": stage.match,
            "away": is_hub_away(),
            "posts": stage.supporter.posts,
        }
        return render_template("public/offer_name.html", form=form, **context), 422
    close = form.close.data == "yes"
    act(lambda: helper.answer_name(db.session, stage.offer, close, now), _("Thank you for answering."))
    return to_offer()
