"""The roles of the people who sign in at a site, and what each may open. A person may hold several."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

COORDINATOR = "coordinator"
LEAD = "lead"
"""The physician lead."""
DEPUTY = "deputy"
"""Stands in for a coordinator until a date; after it the role allows nothing."""
KEEPER = "keeper"
"""A safety keeper: sees the safety page and nothing else (confidentiality page: two of them)."""
ROLES = (COORDINATOR, LEAD, DEPUTY, KEEPER)

DAILY = (COORDINATOR, LEAD, DEPUTY)
"""The daily work: requests, matches, supporters."""
IN_CHARGE = (COORDINATOR, LEAD)
"""Settings, the link to the hub, and people."""
SAFETY = (KEEPER,)
"""What supporters told through the safety route."""

MOST_KEEPERS = 2
"""Confidentiality page: time and route are stored for two keepers."""


def in_force(roles: Iterable[str], deputy_until: date | None, today: date) -> frozenset[str]:
    """What of a person's roles counts today, by the site's calendar: a deputy's ends with its last day."""
    over = deputy_until is None or today > deputy_until
    return frozenset(each for each in roles if each != DEPUTY or not over)
