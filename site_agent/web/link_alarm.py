"""Ending an alarm about the hub's keys: the six words that another screen shows, typed as they are heard."""

from __future__ import annotations

from flask import redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from site_agent.extensions import db
from site_agent.hub_link import hub_link
from site_agent.roles import IN_CHARGE
from site_agent.web import bp
from site_agent.web.desk import save, staff_id
from ui import clock
from ui.access import allow
from ui.forms import Form, render_form
from ui.looks import done


class AlarmForm(Form):
    """What the provincial team reads out."""

    words = StringField(
        _l("The six words on the provincial team’s screen"),
        [
            InputRequired(_l("Enter the six words that the provincial team reads to you")),
            Length(max=80, message=_l("That is longer than six words. Enter only the six")),
        ],
        description=_l("In their order, with spaces between them."),
    )


@bp.route("/settings/link/alarm", methods=["GET", "POST"])
@allow(*IN_CHARGE)
def link_alarm() -> Response | tuple[str, int]:
    """The question; sent, the alarm ends if the list of keys bears the words out."""
    hub = hub_link().status(db.session, clock.now())
    if hub.alarm is None:
        return redirect(url_for("web.link"), 303)
    form = AlarmForm()
    if form.validate_on_submit() and _cleared(form):
        done(_("The alarm has ended. Letters are sealed again."))
        return redirect(url_for("web.link"), 303)
    return render_form("web/link_alarm.html", form, trouble=hub.trouble)


def _cleared(form: AlarmForm) -> bool:
    """Whether it ended; why not is marked on the form, with what to do."""
    try:
        hub_link().clear_alarm(db.session, form.words.data or "", clock.now(), staff_id())
    except hub_link().errors as error:
        db.session.rollback()
        trouble = hub_link().failure(error).trouble
        form.words.errors = [f"{trouble.what} {trouble.mend}"]
        return False
    save()
    return True
