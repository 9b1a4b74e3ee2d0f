"""The links at the top, as far as the reader's roles may follow them; and which page is the first."""

from __future__ import annotations

from flask import current_app, url_for
from flask_babel import gettext as _

from site_agent import roles
from ui.access import current_person
from ui.options import NavItem

SAFETY = "web.safety_reports"
"""The keepers' page."""


def navigation() -> list[NavItem]:
    """The daily work, settings, safety; nothing for those who are not signed in."""
    person = current_person()
    mine = person.roles if person is not None else frozenset()
    links: list[NavItem] = []
    if mine & set(roles.DAILY):
        links += [
            NavItem("web.today", _("Today")),
            NavItem("web.requests_list", _("Requests"), ("/requests", "/elsewhere")),
            NavItem("web.outreach_list", _("Reach-out"), "/outreach"),
            NavItem("web.supporters", _("Supporters"), "/supporters"),
        ]
    if mine & set(roles.SAFETY) and SAFETY in current_app.view_functions:
        links.append(NavItem(SAFETY, _("Safety"), "/safety"))
    if mine & set(roles.IN_CHARGE):
        links.append(NavItem("web.settings", _("Settings"), ("/set", "/activity")))
    return links


def home() -> str:
    """Where the name at the top leads: the first page of whoever is there, the form for who has no account."""
    if current_person() is None:
        return url_for("public.ask")
    links = navigation()
    return url_for(links[0].endpoint if links else "account.account")
