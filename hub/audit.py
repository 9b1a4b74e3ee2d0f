"""Writing audit lines: a coded act, a time, an actor. Nothing that a message, a letter or a person said.

Lines about a match name a site by a hash salted with the match's own salt; when the salt is erased with the site
ids, the line stays and says nothing about who helped whom.
"""

from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.database import AnySession
from hub.models import AuditLine, Match
from protocol.envelope import new_id
from protocol.strict import b64url_encode

HOME = "home"
HELPER = "helper"
SITE = "site"
HUB = "hub"
PAGE = "page"
DOOR = "door"
COMMAND = "command"
_INSERT = sa.insert(AuditLine.__table__)  # type: ignore[arg-type]


def of_site(
    session: Session,
    action: str,
    now: datetime,
    *,
    actor: str,
    site_id: str | None = None,
    code: str | None = None,
) -> None:
    """Note an act towards a site (enrolment, suspension, a refused call), or at the door by nobody known."""
    _write(session, action, now, actor, site_id=site_id, code=code)


def of_match(
    session: Session,
    match: Match,
    action: str,
    now: datetime,
    *,
    actor: str,
    site_id: str | None = None,
    code: str | None = None,
) -> None:
    """Note an act on a match, with the site it concerns as a salted hash."""
    site_hash = salted(match.salt, site_id) if match.salt and site_id else None
    about: dict[str, str | int | None] = {"match_id": match.match_id, "match_version": match.version}
    _write(session, action, now, actor, **about, site_hash=site_hash, code=code)


def of_person(
    session: AnySession,
    action: str,
    now: datetime,
    *,
    actor: str,
    person_id: str,
    code: str | None = None,
) -> None:
    """Note a change of an account: who did it, to whose, and the new role as `code`. Never an address or a name."""
    _write(session, action, now, actor, person_id=person_id, code=code)


def salted(salt: str, site_id: str) -> str:
    """How a line about a match names a site."""
    return b64url_encode(sha256(f"{salt}|{site_id}".encode()).digest())


def _write(session: AnySession, action: str, now: datetime, actor: str, **values: str | int | None) -> None:
    row = {
        "match_id": None,
        "match_version": None,
        "person_id": None,
        "site_id": None,
        "site_hash": None,
        "code": None,
        **values,
    }
    session.execute(_INSERT, {"audit_id": new_id(), "at": now, "action": action, "actor": actor, **row})
