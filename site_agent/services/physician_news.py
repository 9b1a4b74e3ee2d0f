"""Mail for physicians who asked for it: "you have a message" and a link to their own page, nothing else.

What changed is looked for, not announced, so that no way of changing it can be forgotten; and written down in the
commit that queues the mail, so that a restart sends none twice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, exists, or_, select

from site_agent.models import AnySession, Event, Reminder, Request
from site_agent.models.request import OPEN
from site_agent.services import held_for_physician, links, post, stay
from site_agent.services.errors import NoLongerOpenError, ServiceError

TOLD = ("in-hand", "unmatched", "withdrawn")
"""What a physician waits for, or took back: a withdrawal is acknowledged (D13)."""
_CODE, _STAYS, _LINK = "news", "news-stays", "link-mailed"
LINK_EVERY = timedelta(minutes=10)
"""Ours: a second press, or a second browser, sends no second mail."""


class LinkJustMailedError(ServiceError):
    """A link went out a moment ago."""

    mend = _l(
        "A link was emailed to them less than ten minutes ago. Ask them to look, also among unwanted mail."
    )


def to_tell(session: AnySession, now: datetime) -> Iterable[str]:
    """Ids of the requests that changed since their physician was last written to."""
    known = exists().where(
        Reminder.subject == Request.request_id, Reminder.code == _CODE, Reminder.at == Request.state_at
    )
    # That somebody noted their word, which opens a name, is news although nothing else has changed.
    noted = Event.subject == Request.request_id, Event.code == stay.BY_PHONE
    heard = exists().where(
        Reminder.subject == Event.subject, Reminder.code == _STAYS, Reminder.at >= Event.at
    )
    stays = exists().where(*noted, ~heard)
    wanted = Request.mail_ok.is_(True), Request.case_id.is_not(None)
    news = or_(Request.state.in_(TOLD), Request.restate.is_(True))
    return session.scalars(select(Request.request_id).where(*wanted, or_(and_(news, ~known), stays)))


def tell(session: AnySession, request_id: str, now: datetime) -> bool:
    """Queue one mail. False if no address is left to write to."""
    request = session.get_one(Request, request_id)
    # The moment of the state, not of the mail: some are dated by the hub's clock, which may run behind this one.
    session.merge(Reminder(subject=request_id, code=_CODE, at=request.state_at))
    session.merge(Reminder(subject=request_id, code=_STAYS, at=now))
    to = held_for_physician.address(session, request)
    if to is None:
        return False
    _write(session, to, request_id, now)
    return True


def may_mail_link(request: Request) -> bool:
    """Whether the physician of an open request wants mail and can still be written to."""
    return request.state in OPEN and request.mail_ok and request.case_id is not None


def mail_link(session: AnySession, request: Request, now: datetime) -> None:
    """Another link to their page, for a physician who lost theirs or asked by phone; the earlier ones stay.

    Raises LinkJustMailedError, or NoLongerOpenError if there is nobody to write to.
    """
    to = held_for_physician.address(session, request) if may_mail_link(request) else None
    if to is None:
        raise NoLongerOpenError()
    last = session.get(Reminder, (request.request_id, _LINK))
    if last is not None and now - last.at < LINK_EVERY:
        raise LinkJustMailedError()
    session.merge(Reminder(subject=request.request_id, code=_LINK, at=now))
    _write(session, to, request.request_id, now)


def _write(session: AnySession, to: str, request_id: str, now: datetime) -> None:
    token = links.issue(session, "request", request_id, None, now)
    post.queue(session, "request", to, f"/r/{token}", now)
