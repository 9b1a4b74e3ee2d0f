"""Another email address for an account: whoever signs in keeps what they are, and the old address hears of it."""

from __future__ import annotations

from flask import redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from site_agent import roles
from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import Person
from site_agent.services import activity
from site_agent.services import people as service
from site_agent.web import bp
from site_agent.web.desk import save, staff_id
from site_agent.web.people import hand_over, the_person
from site_agent.web.people_acts import not_oneself
from ui import clock
from ui.access import allow
from ui.forms import render_form
from ui.looks import done
from ui.signin.forms import AddressForm
from ui.signin.invitations import PersonExistsError

Page = Response | str | tuple[str, int]


LINES = (
    _l(
        "They are signed out everywhere. Password, authenticator app and passkeys stay; "
        "an invitation that was not used yet is sent afresh."
    ),
    _l("Email from this site goes to the new address from now on."),
    _l(
        "An email to the old address says that it was changed, and nothing else. "
        "The change is logged with your name."
    ),
)


@bp.route("/settings/people/<person_id>/address", methods=["GET", "POST"])
@allow(*roles.IN_CHARGE)
def change_address(person_id: str) -> Page:
    """The form; sent, the address is changed. One's own somebody else has to change."""
    row = the_person(person_id)
    if row.person_id == staff_id():
        return not_oneself(person_id)
    form = AddressForm()
    if form.validate_on_submit():
        try:
            is_new = service.change_email(db.session, row, form.email.data or "", clock.now())
        except PersonExistsError:
            form.email.errors = [_("Somebody here has this address, or had it. Enter another one")]
        else:
            if is_new:
                activity.note(db.session, staff_id(), "email-changed", row.person_id, clock.now())
            return _changed(row)
    back = url_for("web.person", person_id=person_id)
    return render_form("signin/address.html", form, account=row, lines=LINES, back=back)


def _changed(row: Person) -> Response | str:
    if not service.can_sign_in(db.session, row):
        # What went to the old address opens nothing any more.
        return hand_over(row, service.start_over(db.session, row, clock.now()))
    save()
    said = _("%(name)s signs in with the new address from now on.", name=row.name)
    done(said if standing.is_connected() else standing.said(said))
    return redirect(url_for("web.person", person_id=row.person_id), 303)
