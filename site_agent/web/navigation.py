"""The links at the top, for whoever is signed in."""

from __future__ import annotations

from flask_babel import gettext as _

from site_agent.web import ROLES
from ui.access import current_person
from ui.options import NavItem


def navigation() -> list[NavItem]:
    """Today, requests, supporters, settings; nothing for those who are not signed in."""
    person = current_person()
    if person is None or not person.roles & set(ROLES):
        return []
    return [
        NavItem("web.today", _("Today")),
        NavItem("web.requests_list", _("Requests"), ("/requests", "/elsewhere")),
        NavItem("web.supporters", _("Supporters"), "/supporters"),
        NavItem("web.settings", _("Settings"), "/set"),
    ]
