"""The confidentiality agreement: nobody is asked before it is signed (C12, J13). Signing also chooses the PIN."""

from datetime import datetime, timedelta

from site_agent.models import AnySession, Supporter
from site_agent.services import links, pins, policy, post


def invite(session: AnySession, supporter: Supporter, now: datetime) -> str:
    """Mail the supporter a link to the agreement; returns its token. Earlier ones stop working."""
    links.revoke(session, "agreement", supporter.supporter_id)
    expires_at = now + timedelta(days=policy.number(session, "agreement_days"))
    token = links.issue(session, "agreement", supporter.supporter_id, expires_at, now)
    post.queue(session, "agreement", supporter.email, f"/a/{token}", now, expires_at=expires_at)
    return token


def sign(session: AnySession, supporter: Supporter, pin: str, now: datetime) -> None:
    """The supporter agrees to the current version and chooses a PIN. Raises PinError."""
    pins.choose(session, supporter, pin)
    supporter.agreement_version = policy.text(session, "agreement_version")
    supporter.agreement_at = now


def is_signed(session: AnySession, supporter: Supporter) -> bool:
    """Whether the current version is signed."""
    return supporter.agreement_version == policy.text(session, "agreement_version")
