"""A supporter's PIN, which names and contact details ask for: assistants read doctors' mail.

Five wrong ones lock it. A fresh link to the supporter's own address unlocks it twice; after that only the
coordinator does, so that whoever reads the mailbox cannot guess for ever.
"""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from sqlalchemy import and_, or_, select, update

from site_agent.models import AnySession, LinkSession, Offer, Supporter
from site_agent.models.conditional import move
from site_agent.services import activity, policy
from site_agent.services.errors import PinError

DIGITS = 6
TRIES = 5
"""Confidentiality page: five tries."""
FRESH_LINKS = 2
"""Ours: with five tries each, 15 guesses of a million."""
_ROWS = "01234567890 09876543210"


def choose(session: AnySession, supporter: Supporter, pin: str) -> None:
    """Set the PIN. Raises PinError for one that is easily guessed."""
    if len(pin) != DIGITS or not (pin.isascii() and pin.isdigit()) or len(set(pin)) == 1 or pin in _ROWS:
        raise PinError()
    supporter.pin_hash = _hasher().hash(pin)
    supporter.pin_failures = 0
    supporter.pin_lockouts = 0


def check(session: AnySession, supporter: Supporter, pin: str) -> bool:
    """Whether the PIN is right. Each try is counted before it is judged, so that trying in parallel gains
    nothing; the caller commits in either case."""
    if supporter.pin_hash is None:
        return False
    tried = Supporter.pin_failures + 1
    if not move(session, supporter, Supporter.pin_failures < TRIES, pin_failures=tried):
        return False
    if _right(supporter.pin_hash, pin):
        supporter.pin_failures = 0
        supporter.pin_lockouts = 0
        return True
    if supporter.pin_failures == TRIES:
        supporter.pin_lockouts += 1
    return False


def given(session: AnySession, browser: LinkSession, now: datetime) -> None:
    """The right PIN was given in this browser: for a while it is not asked for again there."""
    browser.pin_until = now + timedelta(minutes=policy.number(session, "pin_minutes"))


def counts(browser: LinkSession, now: datetime) -> bool:
    """Whether the PIN given in this browser still counts."""
    return browser.pin_until is not None and browser.pin_until > now


def tries_left(supporter: Supporter) -> int:
    """0: locked."""
    return TRIES - supporter.pin_failures


def needs_coordinator(supporter: Supporter) -> bool:
    """Locked so often that a fresh link no longer unlocks it."""
    return tries_left(supporter) == 0 and supporter.pin_lockouts > FRESH_LINKS


def unlock_by_link(supporter: Supporter) -> bool:
    """A fresh link went to the supporter's address. False if only the coordinator can unlock it."""
    if needs_coordinator(supporter):
        return False
    if tries_left(supporter) == 0:
        supporter.pin_failures = 0
    return True


def reset(session: AnySession, supporter: Supporter, now: datetime, by: str) -> None:
    """The coordinator, who knows the supporter's voice, lets them choose a new PIN with a fresh agreement link.

    Where the old one was given it counts no more: a lost phone must neither show a name nor choose the next PIN.
    It is logged, since whoever reads the mailbox could use that link: `by` is the person_id.
    """
    supporter.pin_hash = None
    supporter.pin_failures = 0
    supporter.pin_lockouts = 0
    who = supporter.supporter_id
    theirs = select(Offer.offer_id).where(Offer.supporter_id == who)
    visits = or_(
        and_(LinkSession.kind == "supporter", LinkSession.subject == who),
        and_(LinkSession.kind == "offer", LinkSession.subject.in_(theirs)),
    )
    session.execute(update(LinkSession).where(visits).values(pin_until=None))
    activity.note(session, by, "pin-reset", supporter.supporter_id, now)


def _hasher() -> PasswordHasher:
    """argon2id, with the parameters that the passwords of this app have too (default RFC 9106's)."""
    return PasswordHasher(**current_app.config["ARGON2"])


def _right(pin_hash: str, pin: str) -> bool:
    try:
        return _hasher().verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False
