"""The people of the hub: the provincial team and the advisory group; inviting somebody, with a link shown once.

The link is the answer to the POST itself and not a page of its own, because the hub keeps only its hash. Sent again
by a reload, the form is refused: there is somebody of that address by then.
"""

from __future__ import annotations

from flask import render_template
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from hub import config
from hub.dashboard import bp
from hub.dashboard.invite import one_line
from hub.dashboard.reader import staff_id
from hub.extensions import db
from hub.models import Person
from hub.services import people
from hub.words import ROLE
from ui.access import allow
from ui.clock import now
from ui.forms import EmailField, Form, choices, render_form
from ui.signin.invitations import INVITATION_LIFETIME, MAX_NAME_CHARS, PATH, PersonExistsError

MAY: dict[str, LazyString] = {
    people.STAFF: _l("Every page, and every action."),
    people.VIEWER: _l("Overview and matches, to read only."),
}


class TeamForm(Form):
    """Who, and what they may do."""

    name = StringField(
        _l("Name"),
        [
            InputRequired(_l("Enter their name")),
            one_line,
            Length(max=MAX_NAME_CHARS, message=_l("The name must be %(max)d characters or fewer")),
        ],
    )
    email = EmailField(
        _l("Email"),
        [
            InputRequired(_l("Enter an email address")),
            Length(max=254, message=_l("The email address must be %(max)d characters or fewer")),
        ],
        description=_l("They sign in with it."),
    )
    role = RadioField(
        _l("What may they do?"), [InputRequired(_l("Select what they may do"))], choices=choices(ROLE)
    )


@bp.get("/team")
@allow("staff")
def team() -> str:
    """The list."""
    rows = [(each, ROLE[each.role], standing(each)) for each in people.present(db.session())]
    return render_template("dashboard/team.html", people=rows)


@bp.route("/team/new", methods=["GET", "POST"])
@allow("staff")
def new_member() -> str | tuple[str, int]:
    """The form, and the link when it is right."""
    form = TeamForm()
    if form.validate_on_submit():
        try:
            token = people.invite_person(
                db.session(),
                form.email.data or "",
                form.name.data or "",
                form.role.data,
                now(),
                by=staff_id(),
            )
        except PersonExistsError:
            form.email.errors = [_("Somebody has this address already. Open them in the list of the team")]
        else:
            db.session.commit()
            return link_page(form.name.data or "", token)
    return render_form("dashboard/team_new.html", form, may=MAY)


def link_page(name: str, token: str) -> str:
    """The link with what to do with it. Shown by whoever has just made it."""
    link = f"{config.current().public_url.rstrip('/')}{PATH}{token}"
    until = now() + INVITATION_LIFETIME
    return render_template("dashboard/team_link.html", name=name, link=link, until=until)


def standing(person: Person) -> tuple[str, str]:
    """A tag's text and colour: whether they can sign in."""
    if people.can_sign_in(db.session(), person):
        return _("Active"), "green"
    until = people.invited_until(db.session(), person)
    if until is None or until <= now():
        return _("Invitation ran out"), "orange"
    return _("Invited"), "blue"
