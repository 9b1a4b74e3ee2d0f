"""The links at the top, as far as the reader's roles may follow them; and which page is the first."""

from __future__ import annotations

from flask import current_app, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from ui.access import current_person, declaration
from ui.options import NavItem

LINKS: tuple[tuple[str, LazyString, str | tuple[str, ...]], ...] = (
    ("web.today", _l("Today"), ""),
    ("web.requests_list", _l("Requests"), ("/requests", "/elsewhere")),
    ("web.outreach_list", _l("Reach-out"), "/outreach"),
    ("web.supporters", _l("Supporters"), "/supporters"),
    ("web.safety_reports", _l("Safety"), "/safety"),
    ("web.settings", _l("Settings"), ("/set", "/activity")),
)
"""Endpoint, words, and where the addresses of that part begin ("": on its own page only)."""


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
    return [NavItem(endpoint, str(text), prefix) for endpoint, text, prefix in LINKS if may_open(endpoint)]


def home() -> str:
    """Where the name at the top leads: the first page of whoever is there, the form for who has no account."""
    if current_person() is None:
        return url_for("public.ask")
    return url_for(next((endpoint for endpoint, *_shown in LINKS if may_open(endpoint)), "account.account"))
