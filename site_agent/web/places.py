"""The places that one may wish to avoid, in words."""

from __future__ import annotations

from site_agent.models import AnySession
from site_agent.services import directory


def places(session: AnySession) -> dict[str, str]:
    """The other sites of the directory: id to "name (community)", or the name alone if it says where that is."""
    return {site.site_id: _name(site.name, site.community) for site in directory.others(session)}


def _name(name: str, community: str) -> str:
    return name if community.casefold() in name.casefold() else f"{name} ({community})"
