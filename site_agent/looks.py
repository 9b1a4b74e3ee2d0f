"""What the shared web asks about this site when it draws a page."""

from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from site_agent.extensions import db
from site_agent.models import Site

DEFAULT_ZONE = "America/Vancouver"


def site() -> Site | None:
    """The site's own row; None before it was named."""
    return db.session.get(Site, 1)


def site_name() -> str:
    """The product's name in header and titles."""
    named = site()
    return named.name if named else _("Peer support")


def site_zone() -> ZoneInfo:
    """The zone in which times are written."""
    named = site()
    return ZoneInfo(named.zone if named else DEFAULT_ZONE)


def site_phone() -> str:
    """Whom to call when the machine is down."""
    named = site()
    return named.phone if named else ""
