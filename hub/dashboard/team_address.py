"""Another email address for somebody of the hub. The hub sends no mail, so whoever changes it tells them."""

from __future__ import annotations

from flask import redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from hub.dashboard import bp
from hub.dashboard.reader import staff_id
from hub.dashboard.team import link_page
from hub.dashboard.team_member import member_row, not_oneself
from hub.extensions import db
from hub.services import people
from ui.access import allow
from ui.clock import now
from ui.forms import render_form
from ui.looks import done
from ui.signin.forms import AddressForm
from ui.signin.invitations import PersonExistsError

LINES = (
    _l(
        "They are signed out everywhere. Their password, authenticator app and passkeys stay. "
        "If they have not used their invitation yet, you get a fresh link."
    ),
    _l("The hub sends no email: tell them in a way that you trust. The change is logged with your name."),
)


@bp.route("/team/<person_id>/address", methods=["GET", "POST"])
@allow("staff")
def change_address(person_id: str) -> str | tuple[str, int] | Response:
    """The form; sent, the address is changed. One's own somebody else has to change."""
    row, session = member_row(person_id), db.session()
    if row.person_id == staff_id():
        return not_oneself(person_id)
    form = AddressForm()
    if form.validate_on_submit():
        try:
            people.change_email(session, row, form.email.data or "", now(), staff_id())
        except PersonExistsError:
            form.email.errors = [_("Somebody has this address, or had it. Enter another one")]
        else:
            # What was handed over with the old address opens nothing any more.
            is_new = not people.can_sign_in(session, row)
            token = people.start_over(session, row, now(), staff_id()) if is_new else None
            session.commit()
            if token:
                return link_page(row.name, token)
            done(_("%(name)s signs in with the new address from now on.", name=row.name))
            return redirect(url_for("dashboard.member", person_id=person_id), 303)
    back = url_for("dashboard.member", person_id=person_id)
    return render_form("signin/address.html", form, account=row, lines=LINES, back=back)
