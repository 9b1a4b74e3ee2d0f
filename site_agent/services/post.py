"""Puts mail into the queue. What a mail says is in `site_agent.mail`; here is only to whom, which kind, which link."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from protocol.envelope import new_id
from site_agent import roles
from site_agent.models import AnySession, Mail, Person, Reminder, SecretLink, Site
from site_agent.models.conditional import move
from site_agent.services import links, policy, reminders

MAILED = frozenset({roles.COORDINATOR, roles.DEPUTY})
"""Who hears by mail that something waits."""
_TOLD_IN_ANY_CASE = "taken-care-of"
_DESK_MAILED = ("desk", "desk-mailed")
"""Subject and code of the one row that says when the desk was last mailed."""


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


def news(session: AnySession, now: datetime) -> None:
    """Something new waits on Today: one mail, and no other until somebody who gets it has opened Today
    (`today_opened`), or `desk_mail_hours` have gone by, or none of the mails could be delivered. No mail says what it
    is."""
    mailed = session.get(Reminder, _DESK_MAILED)
    patience = timedelta(hours=policy.number(session, "desk_mail_hours"))
    if mailed is None or now >= mailed.at + patience or not _is_on_its_way(session, mailed.at):
        to_coordinators(session, now)


def _is_on_its_way(session: AnySession, since: datetime) -> bool:
    """Whether a mail to the desk of that moment went out, or may still."""
    alive = Mail.kind == "coordinator", Mail.state != "failed", Mail.next_try_at >= since
    return bool(session.scalar(select(exists().where(*alive))))


def to_coordinators(session: AnySession, now: datetime) -> None:
    """A limit has passed, or something stands still: this mail goes whatever went before. No mail says what waits.
    Deputies hear it while they stand in."""
    site = session.get(Site, 1)
    today = now.astimezone(ZoneInfo(site.zone) if site else UTC).date()
    for person in session.scalars(select(Person).where(Person.left_at.is_(None))):
        if roles.in_force(person.roles, person.deputy_until, today) & MAILED:
            queue(session, "coordinator", person.email, "/", now)
            session.merge(Reminder(subject=_DESK_MAILED[0], code=_DESK_MAILED[1], at=now))


def is_unread(session: AnySession) -> bool:
    """Whether a mail went to the desk that nobody has followed to Today."""
    return session.get(Reminder, _DESK_MAILED) is not None


def reaches_others(session: AnySession, given: Collection[str]) -> None:
    """Somebody takes up one of these roles, or another address: who now gets these mails has had none yet."""
    if MAILED & set(given):
        today_opened(session)


def today_opened(session: AnySession) -> None:
    """Somebody who gets these mails looks at Today, in a reading that begins after this."""
    reminders.forget(session, _DESK_MAILED[0])


def drop(session: AnySession, offer_ids: Collection[str]) -> None:
    """Mail that still waits and leads to one of these offers has nothing to say any more: address and link go.

    The row stays as one that was not sent, since the sender may hold it just now.
    """
    waiting = Mail.state == "waiting", Mail.kind != _TOLD_IN_ANY_CASE, Mail.link.like("%/o/%")
    for mail in session.scalars(select(Mail).where(*waiting)).all():
        link = session.get(SecretLink, links.token_hash(str(mail.link).rpartition("/o/")[2]))
        if link is not None and link.kind == "offer" and link.subject in offer_ids:
            move(session, mail, Mail.state == "waiting", state="failed", kind=None, to=None, link=None)
