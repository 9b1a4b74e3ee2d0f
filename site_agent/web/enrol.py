"""Connect to the hub: paste the one-time code, then read six words to the provincial team by phone."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from site_agent import words
from site_agent.extensions import db
from site_agent.hub_link import hub_link
from site_agent.models import Site
from site_agent.roles import IN_CHARGE
from site_agent.web import bp
from site_agent.web.desk import save
from site_agent.web.link import say
from ui import clock
from ui.access import allow
from ui.forms import Form, render_form
from ui.looks import done


class EnrolForm(Form):
    """What the provincial team handed over."""

    hub_url = StringField(
        _l("Address of the hub"),
        [
            InputRequired(_l("Enter the address of the hub, for example https://hub.example.ca")),
            Length(max=300, message=_l("The address must be %(max)d characters or fewer")),
        ],
        description=_l("As the provincial team wrote it, for example https://hub.example.ca"),
    )
    code = StringField(
        _l("One-time code"),
        [
            InputRequired(_l("Paste the whole code, 11 groups of five letters and digits")),
            Length(max=200, message=_l("That is longer than a code. Copy only the code, 11 groups of five")),
        ],
        description=_l("11 groups of five letters and digits. It works once, and for 24 hours."),
    )


@bp.route("/set-up/enrol", methods=["GET", "POST"])
@allow(*IN_CHARGE)
def enrol() -> Response | tuple[str, int]:
    """The form; once the code was taken, the six words. `?again` shows the form for another code."""
    standing = hub_link().standing(db.session)
    site = db.session.get(Site, 1)
    form = EnrolForm(hub_url=standing.hub_url or (site.hub_url if site else ""))
    if form.validate_on_submit() and _begun(form):
        return redirect(url_for("web.enrol"), 303)
    again = "again" in request.args and standing.state != "approved"
    asks = form.is_submitted() or again or standing.state in ("none", "begun", "refused")
    return render_form("web/enrol.html", form, asks=asks, **_standing())


@bp.get("/set-up/enrol/state")
@allow(*IN_CHARGE)
def enrol_state() -> Response:
    """How it stands, for the page to keep it fresh."""
    answer = make_response(render_template("web/enrol_state.html", **_standing()))
    answer.add_etag()
    return answer.make_conditional(request)


@bp.post("/set-up/enrol/check")
@allow(*IN_CHARGE)
def enrol_check() -> Response:
    """Ask the hub now how the approval does, and say whether it answered."""
    db.session.commit()
    tried = hub_link().try_now()
    if tried.outcome == "reached" and hub_link().standing(db.session).state != "approved":
        done(_("The hub answered. The provincial team has not approved this site yet."))
    else:
        say(tried)
    return redirect(url_for("web.enrol"), 303)


def _begun(form: EnrolForm) -> bool:
    """Whether the hub took the code; what went wrong is marked on the form, with the way to mend it."""
    try:
        hub_link().begin(db.session, form.code.data or "", form.hub_url.data or "", clock.now())
    except hub_link().errors as error:
        db.session.rollback()
        failure = hub_link().failure(error)
        field = form[failure.field or "code"]
        field.errors = [f"{failure.trouble.what} {failure.trouble.mend}"]
        return False
    save()
    return True


def _standing() -> dict[str, object]:
    standing = hub_link().standing(db.session)
    return {
        "standing": standing,
        "status": words.ENROLMENT_STATUS[standing.state],
        "trouble": hub_link().trouble(standing.error_code) if standing.error_code else None,
    }
