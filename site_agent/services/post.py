"""Puts mail into the queue. What a mail says is in `site_agent.mail`; here is only to whom, which kind, which link."""

from datetime import datetime

from sqlalchemy import select

from protocol.envelope import new_id
from site_agent.models import AnySession, Mail, Person, Site


def queue(
    session: AnySession, kind: str, to: str, path: str, now: datetime, *, expires_at: datetime | None = None
) -> Mail:
    """One mail with a link to `path` of this site's pages."""
    site = session.get(Site, 1)
    base = site.public_url.rstrip("/") if site else ""
    mail = Mail(
        mail_id=new_id(), kind=kind, to=to, link=base + path, next_try_at=now, expires_at=expires_at, n_tries=0,
        state="waiting",
    )  # fmt: skip
    session.add(mail)
    return mail


def to_coordinators(session: AnySession, now: datetime) -> None:
    """Something waits on Today: no mail says what."""
    for person in session.scalars(select(Person).where(Person.left_at.is_(None))):
        if "coordinator" in person.roles:
            queue(session, "coordinator", person.email, "/", now)
