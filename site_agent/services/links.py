"""Secret links: issued once in clear, kept as hashes; a POST exchanges one for a browser session.

Kinds and subjects: `request` (request_id), `offer` (offer_id), `agreement` and `supporter` (supporter_id), `outreach`
(outreach_id). The codes of `held_for_physician` lie in the same table and are no links.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete

from site_agent.models import AnySession, LinkSession, SecretLink
from site_agent.models.conditional import move

TOKEN_BYTES = 32
"""256 bits: nobody guesses it, so a plain fast hash is enough in the table."""
SESSION_LASTS = timedelta(hours=2)
"""Ours: a visit on a phone, interrupted once."""


def issue(session: AnySession, kind: str, subject: str, expires_at: datetime | None, now: datetime) -> str:
    """A new link's token, for a mail or a page. `expires_at` None: works until what it leads to is erased."""
    if expires_at is not None and expires_at <= now:
        raise ValueError("a link that has expired already helps nobody")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(SecretLink(token_hash=token_hash(token), kind=kind, subject=subject, expires_at=expires_at))
    return token


def find(session: AnySession, token: str, kind: str, now: datetime) -> SecretLink | None:
    """The link, if it works now: of that kind, not expired, not spent."""
    link = known(session, token, kind)
    if link is None or link.spent_at is not None:
        return None
    return link if link.expires_at is None or link.expires_at > now else None


def known(session: AnySession, token: str, kind: str) -> SecretLink | None:
    """The link even if it is spent or expired: a fresh one may be sent to the same person."""
    link = session.get(SecretLink, token_hash(token))
    return link if link is not None and link.kind == kind else None


def spend(session: AnySession, link: SecretLink, now: datetime) -> bool:
    """Use up a link that works once. False if somebody was faster."""
    return move(session, link, SecretLink.spent_at.is_(None), spent_at=now)


def revoke(session: AnySession, kind: str, subject: str) -> None:
    """No link and no browser session of this kind leads to the subject any more."""
    for table in (SecretLink, LinkSession):
        session.execute(delete(table).where(table.kind == kind, table.subject == subject))


def start_session(session: AnySession, link: SecretLink, now: datetime) -> str:
    """A browser session for what the link leads to: the token for its cookie."""
    return start_visit(session, link.kind, link.subject, now)


def start_visit(session: AnySession, kind: str, subject: str, now: datetime) -> str:
    """A browser session for somebody who came in another way: the token for its cookie."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        LinkSession(token_hash=token_hash(token), kind=kind, subject=subject, expires_at=now + SESSION_LASTS)
    )
    return token


def find_session(session: AnySession, token: str | None, kind: str, now: datetime) -> LinkSession | None:
    """The browser session of a cookie, if it is of this kind and not over."""
    kept = session.get(LinkSession, token_hash(token)) if token else None
    return kept if kept is not None and kept.kind == kind and kept.expires_at > now else None


def end_session(session: AnySession, token: str | None) -> None:
    """Forget a browser session; an unknown one is no error."""
    if token:
        session.execute(delete(LinkSession).where(LinkSession.token_hash == token_hash(token)))


def sweep(session: AnySession, now: datetime) -> None:
    """Remove what expired: sessions at once, links a fortnight later, so that a fresh one can still be asked for."""
    session.execute(delete(LinkSession).where(LinkSession.expires_at <= now))
    session.execute(delete(SecretLink).where(SecretLink.expires_at <= now - timedelta(days=14)))


def token_hash(token: str) -> str:
    """Under what a link is kept."""
    return sha256(token.encode()).hexdigest()
