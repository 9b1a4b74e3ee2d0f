"""Whether mail can leave this machine, what a page may say of a mail that it has just queued, and which mail failed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, select

from site_agent.mail.sender import TO_SUPPORTERS, is_configured
from site_agent.models import AnySession, Mail, Offer, Supporter

WAITS = _l(
    "Email is not connected yet: the message waits here and goes as soon as it is (Settings, mail server)."
)
"""For whoever is at the desk."""
WAITS_FOR_VISITOR = _l("Email is not connected yet: the message waits here and goes as soon as it is.")
"""For a supporter, who has no settings to go to."""

_HAS_MATCH = exists().where(Offer.supporter_id == Supporter.supporter_id, Offer.state != "not-taken")
_FAILED = (
    select(Mail, Supporter)
    .join(Supporter, Supporter.email == Mail.to)
    .where(Mail.state == "failed", Mail.kind.in_(TO_SUPPORTERS))
    .where(((Mail.kind == "agreement") & Supporter.left_at.is_(None)) | _HAS_MATCH)
    .order_by(Mail.next_try_at, Mail.mail_id)
)


def is_connected() -> bool:
    """Whether the current app has a mail server, or the folder of a rehearsal."""
    return is_configured(current_app.extensions["agent_config"])


def said(on_its_way: str | LazyString) -> str:
    """`on_its_way` if that is so; otherwise that the mail waits, and what it waits for."""
    return str(on_its_way) if is_connected() else str(WAITS)


@dataclass(frozen=True)
class FailedMail:
    """A mail to a supporter that never left, and the next step: their phone, as the roster has it (may be empty).

    It does not say what the mail was about; `kind` is `agreement`, or `offer` for all that has to do with a match.
    """

    mail_id: str
    kind: str
    at: datetime
    supporter_id: str
    name: str = field(repr=False)
    phone: str = field(repr=False)


def failed(session: AnySession) -> Sequence[FailedMail]:
    """Mail that somebody still waits for and that will not come, oldest first: for Today. One a supporter and kind.

    A mail about a match counts only while the supporter has one: afterwards there is nothing to phone about.
    """
    found: dict[tuple[str, str], FailedMail] = {}
    for mail, who in session.execute(_FAILED):
        kind = "agreement" if mail.kind == "agreement" else "offer"
        one = FailedMail(mail.mail_id, kind, mail.next_try_at, who.supporter_id, who.name, who.phone or "")
        found.setdefault((who.supporter_id, kind), one)
    return list(found.values())


def settled(session: AnySession, mail_id: str) -> bool:
    """Somebody phoned: every failed mail to that supporter goes. False if there is none. Never commits."""
    mail = session.get(Mail, mail_id)
    if mail is None or mail.state != "failed":
        return False
    session.execute(delete(Mail).where(Mail.state == "failed", Mail.to == mail.to))
    session.flush()
    return True
