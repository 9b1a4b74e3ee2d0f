"""The directory of sites that the hub publishes, page by page; a new edition replaces the old one whole."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import delete, func, select

from protocol.errors import SchemaInvalidError
from protocol.messages.directory import Sites
from site_agent.models import AnySession, DirectoryPage, DirectorySite, Enrolment
from ui.one_line import alphabetical


def page_arrived(session: AnySession, body: Sites) -> bool:
    """Keep a page; True when its edition is whole and now stands. Pages of an older edition are dropped.

    Raises SchemaInvalidError for a site that stands twice.
    """
    if body.edition <= _edition(session):
        return False
    page = DirectoryPage(edition=body.edition, page=body.page, sites=[site.dump() for site in body.sites])
    session.merge(page)
    session.flush()
    pages = session.scalars(select(DirectoryPage).where(DirectoryPage.edition == body.edition)).all()
    named = [site["site_id"] for kept in pages for site in kept.sites]
    if len(set(named)) < len(named):
        raise SchemaInvalidError("A site stands twice in the directory.", where=["/body/sites"])
    if len(pages) < body.n_pages:
        return False
    session.execute(delete(DirectorySite))
    session.execute(delete(DirectoryPage).where(DirectoryPage.edition <= body.edition))
    for kept in pages:
        session.add_all(DirectorySite(**site, edition=body.edition) for site in kept.sites)
    session.flush()
    return True


def others(session: AnySession) -> Sequence[DirectorySite]:
    """The active sites beside our own, by name: those that somebody may wish to avoid."""
    enrolment = session.get(Enrolment, 1)
    own = enrolment.site_id if enrolment is not None else None
    found = select(DirectorySite).where(DirectorySite.state == "active").order_by(DirectorySite.name)
    named = sorted(session.scalars(found), key=lambda site: alphabetical(site.name))
    return [site for site in named if site.site_id != own]


def name_of(session: AnySession, site_id: str) -> str:
    """A site's name; its id if the directory no longer has it."""
    site = session.get(DirectorySite, site_id)
    return site.name if site is not None else site_id


def _edition(session: AnySession) -> int:
    return cast(int, session.scalar(select(func.max(DirectorySite.edition))) or 0)
