"""The directory of sites, as every site gets it: names and places, no capacities.

A change only counts up the edition. A site's pages are signed when it calls next, or just before something that
needs them: a hundred changes while a site is away are one edition to it, and approving a site costs the same
with ten others as with ten thousand.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub import outbox
from hub.models import Inbound, Site, SiteState
from hub.models.counter import DIRECTORY
from hub.services import counters
from protocol.messages import directory as messages

_LISTED = (SiteState.ACTIVE, SiteState.SUSPENDED, SiteState.WITHDRAWN)
_SITES = (
    sa.select(Site.site_id, Site.name, Site.community, Site.state)
    .where(Site.state.in_(_LISTED))
    .order_by(Site.name, Site.site_id)
)
_TAKE_EDITION = (
    sa.update(Inbound)
    .where(Inbound.site_id == sa.bindparam("site"), Inbound.directory_edition < sa.bindparam("edition"))
    .values(directory_edition=sa.bindparam("edition"))
    .execution_options(synchronize_session=False)
)


def changed(session: Session) -> int:
    """A site came, went or was suspended: count up the edition, which is returned."""
    return counters.next_value(session, DIRECTORY)


def bring_up_to_date(session: Session, site_id: str, now: datetime) -> bool:
    """Queue the present edition for a site that has an older one; False if it has this one."""
    edition = counters.value(session, DIRECTORY)
    taken = session.execute(_TAKE_EDITION, {"site": site_id, "edition": edition})
    if not taken.rowcount:  # type: ignore[attr-defined]
        return False
    sites = [messages.Site(*row) for row in session.execute(_SITES)]
    size = messages.SITES_A_PAGE
    pages = [tuple(sites[at : at + size]) for at in range(0, len(sites), size)] or [()]
    for number, page in enumerate(pages, start=1):
        body = messages.Sites(edition=edition, page=number, n_pages=len(pages), sites=page)
        outbox.queue(session, site_id, body, now=now)
    return True
