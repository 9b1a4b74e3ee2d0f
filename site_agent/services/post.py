"""Puts mail into the queue. What a mail says is in `site_agent.mail`; here is only to whom, which kind, which link."""

from collections.abc import Collection
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from protocol.envelope import new_id
from site_agent import roles
from site_agent.models import AnySession, Mail, Person, SecretLink, Site
from site_agent.models.conditional import move
from site_agent.services import links

_TOLD_IN_ANY_CASE = "taken-care-of"


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
    """Something waits on Today: no mail says what. Deputies hear it while they stand in."""
    site = session.get(Site, 1)
    today = now.astimezone(ZoneInfo(site.zone) if site else UTC).date()
    for person in session.scalars(select(Person).where(Person.left_at.is_(None))):
        if roles.in_force(person.roles, person.deputy_until, today) & {roles.COORDINATOR, roles.DEPUTY}:
            queue(session, "coordinator", person.email, "/", now)


def drop(session: AnySession, offer_ids: Collection[str]) -> None:
    """Mail that still waits and leads to one of these offers has nothing to say any more: address and link go.

    The row stays as one that was not sent, since the sender may hold it just now.
    """
    waiting = Mail.state == "waiting", Mail.kind != _TOLD_IN_ANY_CASE, Mail.link.like("%/o/%")
    for mail in session.scalars(select(Mail).where(*waiting)).all():
        link = session.get(SecretLink, links.token_hash(str(mail.link).rpartition("/o/")[2]))
        if link is not None and link.kind == "offer" and link.subject in offer_ids:
            move(session, mail, Mail.state == "waiting", state="failed", kind=None, to=None, link=None)
