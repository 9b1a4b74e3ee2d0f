"""The confidentiality agreement: nobody is asked before it is signed (C12, J13). The first signing chooses the PIN."""

from datetime import datetime, timedelta

from site_agent.models import AnySession, Supporter
from site_agent.services import links, pins, policy, post
from site_agent.services.errors import WrongPinError


def invite(session: AnySession, supporter: Supporter, now: datetime) -> str:
    """Mail the supporter a link to the agreement; returns its token. Earlier ones stop working."""
    links.revoke(session, "agreement", supporter.supporter_id)
    expires_at = now + timedelta(days=policy.number(session, "agreement_days"))
    token = links.issue(session, "agreement", supporter.supporter_id, expires_at, now)
    post.queue(session, "agreement", supporter.email, f"/a/{token}", now, expires_at=expires_at)
    return token


def sign(session: AnySession, supporter: Supporter, pin: str, now: datetime) -> None:
    """The supporter agrees to the current version. Raises PinError.

    Without a PIN they choose one with it; where the version is signed already, its date stays. Who has one gives it:
    a new version lets nobody who reads the mailbox choose another. Each try is counted before it is judged, so the
    caller commits after a refusal, too.
    """
    if supporter.pin_hash is None:
        pins.choose(session, supporter, pin)
    elif not pins.check(session, supporter, pin):
        raise WrongPinError()
    if not is_signed(session, supporter):
        supporter.agreement_version = policy.text(session, "agreement_version")
        supporter.agreement_at = now


def is_signed(session: AnySession, supporter: Supporter) -> bool:
    """Whether the current version is signed."""
    return supporter.agreement_version == policy.text(session, "agreement_version")
