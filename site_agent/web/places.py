"""The places that one may wish to avoid, in words."""

from __future__ import annotations

from site_agent.models import AnySession
from site_agent.services import directory


def places(session: AnySession) -> dict[str, str]:
    """The other sites of the directory: id to "name, community"."""
    return {site.site_id: f"{site.name}, {site.community}" for site in directory.others(session)}
