"""Another email address for somebody of the hub. The hub sends no mail, so whoever changes it tells them."""

from __future__ import annotations

from flask import redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired, Length

from hub.dashboard import bp
from hub.dashboard.reader import staff_id
from hub.dashboard.team import link_page
from hub.dashboard.team_member import member_row, not_oneself
from hub.extensions import db
from hub.services import people
from ui.access import allow
from ui.clock import now
from ui.forms import EmailField, Form, render_form
from ui.looks import done
from ui.signin.invitations import PersonExistsError


class AddressForm(Form):
    """The new address."""

    email = EmailField(
        _l("New email address"),
        [
            InputRequired(_l("Enter an email address")),
            Length(max=254, message=_l("The email address must be %(max)d characters or fewer")),
        ],
        description=_l("They sign in with it."),
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
    return render_form("dashboard/team_address.html", form, account=row)
