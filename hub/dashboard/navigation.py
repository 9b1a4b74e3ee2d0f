"""The links at the top, as far as the reader's role may follow them."""

from __future__ import annotations

from flask_babel import gettext as _

from ui.access import current_person
from ui.options import NavItem


def navigation() -> list[NavItem]:
    """Overview and matches for everybody who is signed in; sites and the team for the provincial team."""
    person = current_person()
    if person is None:
        return []
    overview = NavItem("dashboard.overview", _("Overview"))
    sites = NavItem("dashboard.sites", _("Sites"), "/sites")
    matches = NavItem("dashboard.matches", _("Matches"), "/matches")
    team = NavItem("dashboard.team", _("Team"), "/team")
    return [overview, sites, matches, team] if "staff" in person.roles else [overview, matches]
