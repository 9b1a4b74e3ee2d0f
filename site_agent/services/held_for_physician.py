"""Everything held, for the physician: a code goes to the address they gave, and opens what their link alone does not.

Whoever finds the link on a shared phone must not read the name behind it (confidentiality page, "Links, mail, phones").
Asking for the code and reading the page are noted nowhere and notify nobody else.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from protocol.envelope import new_id
from protocol.messages.handover import Identity
from site_agent.keys import current_keys
from site_agent.models import (
    Activity,
    AnySession,
    Event,
    Interaction,
    LinkSession,
    Mail,
    Match,
    Person,
    Request,
    SecretLink,
)
from site_agent.models.conditional import move
from site_agent.services import activity, cases, links, requests, timeline
from site_agent.services.errors import ServiceError
from site_agent.services.match_end import match_of

KIND = "held"
TRY = "held-try"
DIGITS = 6
LASTS = timedelta(minutes=15)
"""Ours: time to open a mailbox."""
TRIES = 5
"""Confidentiality page: five tries, as for a PIN."""
CODES_A_DAY = 3
"""Ours: with five tries each, 15 guesses of a million."""
OPENS_FOR = timedelta(minutes=15)
_OPENED = ("request-opened", "name-opened", "match-opened", "held-printed", "stays-here")


class NoAddressError(ServiceError):
    """No email address was given, so that a code can go nowhere."""

    mend = _l("You gave no email address. Ask your coordinator to print it for you.")


class TooManyCodesError(ServiceError):
    """Enough codes for one day."""

    mend = _l(
        "Three codes were sent in a day. Try again tomorrow, or ask your coordinator to print it for you."
    )


@dataclass(frozen=True)
class Opening:
    """Somebody of the site opened a page about it: when, which, and with which roles they have now."""

    at: datetime
    code: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """All that this site holds about one request."""

    request: Request
    identity: Identity | None = field(repr=False)
    details: requests.Details | None = field(repr=False)
    events: tuple[Event, ...]
    openings: tuple[Opening, ...]
    match: Match | None
    """The help, if it comes from this site. Help from elsewhere is not known here."""
    talks: tuple[Interaction, ...]


def address(session: AnySession, request: Request) -> str | None:
    """The email address that the physician gave; None if they gave none, or it is erased."""
    who = _identity(session, request)
    return who.email if who else None


def send_code(session: AnySession, request: Request, now: datetime) -> None:
    """Mail a code of six digits; an earlier one no longer opens. Raises NoAddressError, TooManyCodesError."""
    to = address(session, request)
    if to is None:
        raise NoAddressError()
    since = now - timedelta(days=1) + LASTS
    ours = SecretLink.kind == KIND, SecretLink.subject == request.request_id
    sent = session.scalar(
        select(func.count()).select_from(SecretLink).where(*ours, SecretLink.expires_at > since)
    )
    if (sent or 0) >= CODES_A_DAY:
        raise TooManyCodesError()
    for earlier in session.scalars(select(SecretLink).where(*ours, SecretLink.spent_at.is_(None))):
        links.spend(session, earlier, now)
    _end_tries(session, request)
    code = _fresh_code(session, request)
    until = now + LASTS
    session.add(_row(_hash(request, code), KIND, request, until))
    session.add_all(_row(secrets.token_hex(32), TRY, request, until) for _ in range(TRIES))
    mail = Mail(
        mail_id=new_id(), kind="held", to=to, link=code, next_try_at=now, expires_at=until, n_tries=0, state="waiting"
    )  # fmt: skip
    session.add(mail)
    session.flush()


def check_code(session: AnySession, request: Request, code: str, now: datetime) -> str | None:
    """The token of a short visit for the right code, None for a wrong one. A try is used up before it is judged, so
    that trying in parallel gains nothing; the caller commits in either case."""
    ours = SecretLink.kind == TRY, SecretLink.subject == request.request_id, SecretLink.expires_at > now
    one = select(SecretLink.token_hash).where(*ours).limit(1).scalar_subquery()
    used = session.execute(
        delete(SecretLink).where(SecretLink.token_hash == one).returning(SecretLink.token_hash)
    ).scalar()
    if used is None:
        return None
    link = session.get(SecretLink, _hash(request, code))
    right = SecretLink.kind == KIND, SecretLink.spent_at.is_(None), SecretLink.expires_at > now
    if link is None or not move(session, link, *right, spent_at=now):
        return None
    _end_tries(session, request)
    token = links.start_visit(session, KIND, request.request_id, now)
    session.flush()
    session.get_one(LinkSession, links.token_hash(token)).expires_at = now + OPENS_FOR
    return token


def tries_left(session: AnySession, request: Request, now: datetime) -> int:
    """How often a code may still be tried; 0: there is none, or it is locked."""
    ours = SecretLink.kind == TRY, SecretLink.subject == request.request_id, SecretLink.expires_at > now
    return session.scalar(select(func.count()).select_from(SecretLink).where(*ours)) or 0


def everything(session: AnySession, request: Request) -> Held:
    """All that is held. The physician may read it; it is for nobody else."""
    match = match_of(session, request)
    talks = (
        select(Interaction).where(Interaction.thid == match.thid).order_by(Interaction.at) if match else None
    )
    return Held(
        request=request,
        identity=_identity(session, request),
        details=requests.all_details(session, request),
        events=tuple(timeline.of(session, request.request_id)),
        openings=openings(session, request),
        match=match,
        talks=tuple(session.scalars(talks)) if talks is not None else (),
    )


def openings(session: AnySession, request: Request) -> tuple[Opening, ...]:
    """When somebody of the site opened the name or the request, oldest first; by role, never by name."""
    return openings_of(session, request.request_id)


def openings_of(session: AnySession, subject: str) -> tuple[Opening, ...]:
    """The same by the id of a request, or of a match with one from elsewhere."""
    lines: list[Event | Activity] = [
        event for event in timeline.of(session, subject) if event.code == "name-opened"
    ]
    noted = {(line.at, line.code) for line in lines}
    for line in activity.of(session, subject):
        if line.code in _OPENED and (line.at, line.code) not in noted:
            lines.append(line)
    lines.sort(key=lambda line: line.at)
    return tuple(Opening(line.at, line.code, _roles(session, line)) for line in lines)


def _roles(session: AnySession, line: Event | Activity) -> tuple[str, ...]:
    person_id = line.by if isinstance(line, Event) else line.person_id
    person = session.get(Person, person_id) if person_id else None
    return tuple(person.roles) if person else ()


def _identity(session: AnySession, request: Request) -> Identity | None:
    kept = cases.open_(session, request.case_id, "identity", request.identity)
    return None if kept is None else Identity.load(kept)


def _fresh_code(session: AnySession, request: Request) -> str:
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        if session.get(SecretLink, _hash(request, code)) is None:
            return code


def _hash(request: Request, code: str) -> str:
    # Keyed: a million codes are tried in a second by whoever has only the table.
    said = f"held|{request.request_id}|{code}"
    return hmac.digest(current_keys().data, said.encode(), sha256).hex()


def _row(token_hash: str, kind: str, request: Request, until: datetime) -> SecretLink:
    return SecretLink(token_hash=token_hash, kind=kind, subject=request.request_id, expires_at=until)


def _end_tries(session: AnySession, request: Request) -> None:
    session.execute(
        delete(SecretLink).where(SecretLink.kind == TRY, SecretLink.subject == request.request_id)
    )
