"""Who signs in at this site: the list, an invitation, and one person's page."""

from __future__ import annotations

from datetime import date

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent import roles
from site_agent.extensions import db
from site_agent.looks import site
from site_agent.mail import standing
from site_agent.models import Person
from site_agent.services import activity
from site_agent.services import people as service
from site_agent.services.errors import ServiceError
from site_agent.web import bp
from site_agent.web.desk import save, staff_id
from site_agent.web.people_form import InviteForm, PersonForm
from site_agent.web.people_words import MAY, ROLE, facts, roles_text
from site_agent.web.people_words import standing as person_standing
from ui import clock
from ui.access import allow
from ui.forms import render_form
from ui.looks import done
from ui.signin.invitations import INVITATION_LIFETIME, PATH, PersonExistsError
from ui.timewords import to_local

Page = Response | str | tuple[str, int]


@bp.get("/settings/people")
@allow(*roles.IN_CHARGE)
def people() -> str:
    """Everybody with an account."""
    rows = [(each, roles_text(each), person_standing(each)) for each in service.present(db.session)]
    missing = roles.MOST_KEEPERS - service.n_keepers(db.session)
    return render_template("web/people.html", people=rows, n_keepers_missing=missing)


@bp.route("/settings/people/new", methods=["GET", "POST"])
@allow(*roles.IN_CHARGE)
def new_person() -> Page:
    """Invite somebody. Without a mail server the link is shown, this once."""
    form = InviteForm()
    if form.validate_on_submit():
        try:
            person, token = service.invite(
                db.session, form.email.data or "", form.name.data or "", form.post(), clock.now(), _today()
            )
        except PersonExistsError:
            form.email.errors = [
                _("Somebody here has this address already. Open them in the list to change what they may do")
            ]
        except ServiceError as error:
            db.session.rollback()
            form.mark(error)
        else:
            keep_in_log(person)
            return hand_over(person, token)
    return render_form("web/person_form.html", form, account=None, may=MAY)


@bp.get("/settings/people/<person_id>")
@allow(*roles.IN_CHARGE)
def person(person_id: str) -> str:
    """One account, and what can be done with it."""
    row = the_person(person_id)
    return render_template(
        "web/person.html",
        account=row,
        tag=person_standing(row),
        facts=facts(row),
        is_self=row.person_id == staff_id(),
        can_sign_in=service.can_sign_in(db.session, row),
    )


@bp.route("/settings/people/<person_id>/edit", methods=["GET", "POST"])
@allow(*roles.IN_CHARGE)
def edit_person(person_id: str) -> Page:
    """Change name and roles; asks first when a role is taken away."""
    row = the_person(person_id)
    form = PersonForm(row)
    if form.validate_on_submit():
        lost = [each for each in roles.ROLES if each in row.roles and each not in form.post().roles]
        if lost and not form.asked.data:
            return render_template(
                "web/person_change.html", account=row, form=form, lost=lost, role_words=ROLE
            )
        try:
            service.change(db.session, row, form.name.data or "", form.post(), _today())
        except ServiceError as error:
            db.session.rollback()
            form.mark(error)
        else:
            keep_in_log(row)
            save()
            done(_("The changes are saved. They hold from now on."))
            return redirect(_after_change(row), 303)
    return render_form("web/person_form.html", form, account=row, may=MAY)


def the_person(person_id: str) -> Person:
    """Whoever has an account of this id, or 404."""
    row = db.session.get(Person, person_id)
    return row if row is not None and row.left_at is None else abort(404)


def keep_in_log(person: Person) -> None:
    """Who may open what is itself something that others should see change, the safety keepers' role above all."""
    activity.note(db.session, staff_id(), "people-changed", person.person_id, clock.now())


def hand_over(person: Person, token: str) -> Response | str:
    """Mail the link of an invitation; where mail cannot leave, show it this once."""
    if standing.is_connected():
        service.send(db.session, person, token, clock.now())
        save()
        done(_("The invitation is on its way to %(name)s. It works once, for seven days.", name=person.name))
        return redirect(url_for("web.person", person_id=person.person_id), 303)
    save()
    here = site()
    base = here.public_url if here is not None else ""
    until = clock.now() + INVITATION_LIFETIME
    return render_template("web/person_link.html", account=person, link=base + PATH + token, until=until)


def _after_change(row: Person) -> str:
    # Whoever gave up their own role may not look at people any more.
    if row.person_id == staff_id() and not set(row.roles) & set(roles.IN_CHARGE):
        return url_for("account.account")
    return url_for("web.person", person_id=row.person_id)


def _today() -> date:
    return to_local(clock.now()).date()
