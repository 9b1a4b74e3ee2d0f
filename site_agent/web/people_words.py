"""Roles and accounts in words."""

from __future__ import annotations

from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from site_agent import roles
from site_agent.extensions import db
from site_agent.models import Person
from site_agent.services import people
from ui.clock import now
from ui.timewords import day, to_local

ROLE: dict[str, LazyString] = {
    roles.COORDINATOR: _l("Coordinator"),
    roles.LEAD: _l("Physician lead"),
    roles.DEPUTY: _l("Deputy"),
    roles.KEEPER: _l("Safety keeper"),
}
MAY: dict[str, LazyString] = {
    roles.COORDINATOR: _l("Everything but the safety page: requests, supporters, settings, people."),
    roles.LEAD: _l("The same as a coordinator."),
    roles.DEPUTY: _l("Requests and supporters, until a day that you set. No settings, no people."),
    roles.KEEPER: _l("The safety page and nothing else. There are two of them."),
}


def roles_text(person: Person) -> str:
    """What somebody is, in the order of the form: "Coordinator, Safety keeper"."""
    return ", ".join(_role(person, each) for each in roles.ROLES if each in person.roles)


def standing(person: Person) -> dict[str, str]:
    """A tag's text and colour: whether they can sign in."""
    if people.can_sign_in(db.session, person):
        over = roles.in_force(person.roles, person.deputy_until, to_local(now()).date()) == frozenset()
        return (
            {"text": _("Time is over"), "colour": "grey"}
            if over
            else {"text": _("Active"), "colour": "green"}
        )
    until = people.invited_until(db.session, person)
    if until is None or until <= now():
        return {"text": _("Invitation ran out"), "colour": "orange"}
    return {"text": _("Invited"), "colour": "blue"}


def facts(person: Person) -> list[dict[str, Any]]:
    """What is kept about an account."""
    pairs = [
        (_("Email"), person.email),
        (_("Roles"), roles_text(person)),
        (_("Account since"), day(to_local(person.added_at).date())),
    ]
    until = people.invited_until(db.session, person)
    if until is not None and until > now():
        pairs.append((_("Invitation works until"), day(to_local(until).date())))
    return [{"key": {"text": key}, "value": {"text": value}} for key, value in pairs]


def _role(person: Person, role: str) -> str:
    if role == roles.DEPUTY and person.deputy_until is not None:
        return str(_("Deputy until %(day)s", day=day(person.deputy_until)))
    return str(ROLE[role])
