"""The links at the top, as far as the reader's roles may follow them; and which page is the first."""

from __future__ import annotations

from flask import current_app, url_for
from flask_babel import gettext as _

from ui.access import current_person, declaration
from ui.options import NavItem


def may_open(endpoint: str) -> bool:
    """Whether the route's own declaration lets the reader in: no page should lead where a "403" waits.

    False for a page by a secret link, which only its holder opens, and for an endpoint that does not exist.
    """
    access = declaration(current_app, endpoint)
    if access is None or access.kind == "link":
        return False
    person = current_person()
    if access.kind == "public" or person is None:
        return access.kind == "public"
    return access.kind == "person" or not access.names.isdisjoint(person.roles)


def navigation() -> list[NavItem]:
    """The daily work, safety, settings; nothing for those who are not signed in."""
    if current_person() is None:
        return []
    links = (
        NavItem("web.today", _("Today")),
        NavItem("web.requests_list", _("Requests"), ("/requests", "/elsewhere")),
        NavItem("web.outreach_list", _("Reach-out"), "/outreach"),
        NavItem("web.supporters", _("Supporters"), "/supporters"),
        NavItem("web.safety_reports", _("Safety"), "/safety"),
        NavItem("web.settings", _("Settings"), ("/set", "/activity")),
    )
    return [link for link in links if may_open(link.endpoint)]


def home() -> str:
    """Where the name at the top leads: the first page of whoever is there, the form for who has no account."""
    if current_person() is None:
        return url_for("public.ask")
    links = navigation()
    return url_for(links[0].endpoint if links else "account.account")
