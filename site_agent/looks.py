"""What the shared web asks about this site when it draws a page."""

from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext as _

from site_agent.extensions import db
from site_agent.models import Site
from site_agent.services import policy

DEFAULT_ZONE = "America/Vancouver"


def site() -> Site | None:
    """The site's own row; None before it was named."""
    # Each time on a page asks for it, and the session forgets rows that nobody holds.
    row: Site | None = g.get("site_row")
    if row is None:
        row = g.site_row = db.session.get(Site, 1)
    return row


def site_name() -> str:
    """The product's name in header and titles."""
    named = site()
    return named.name if named else _("Peer support")


def site_zone() -> ZoneInfo:
    """The zone in which times are written."""
    named = site()
    return ZoneInfo(named.zone if named else DEFAULT_ZONE)


def crisis_phone() -> str:
    """The suicide crisis line at the foot of every page."""
    return policy.text(db.session, "crisis_phone")


def site_phone() -> str:
    """Whom to call when the machine is down."""
    named = site()
    return named.phone if named else ""


def neutral_page() -> str:
    """Where "Leave this page" leads."""
    return policy.text(db.session, "leave_to")
