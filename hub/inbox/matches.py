"""Matches: what home and the helping site say about one. The rules are in `services.brokerage` and `.helping`."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from hub.models import Match
from hub.services import brokerage, helping
from hub.services.match_moves import of_helper, of_home, stale_for_home
from protocol.envelope import Message
from protocol.errors import SchemaInvalidError
from protocol.messages import matches
from protocol.messages.body import Body

B = TypeVar("B", bound=Body)
Handler = Callable[[Message, str, Session, datetime], None]


def request(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """Home: somebody asks for a supporter from elsewhere."""
    if message.thid is None:
        raise SchemaInvalidError("A request names the match that begins.", where=["/thid"])
    brokerage.request(session, site_id, message.thid, _body(message, matches.Request), now)


def letters(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """Home: sealed letters for the shortlist, or none."""
    match = of_home(session, site_id, message.thid)
    brokerage.letters(session, match, _body(message, matches.Letters), now, sealed_at=message.iat)


def withdraw(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """Home: the physician withdraws."""
    match = of_home(session, site_id, message.thid)
    if not brokerage.withdraw(session, match, now):
        raise stale_for_home(match)


def rematch(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """Home: the physician asks for another person."""
    brokerage.rematch(session, of_home(session, site_id, message.thid), now)


def accept(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """Helper: a supporter said yes to the card."""
    match = of_helper(session, site_id, message.thid)
    helping.accept(session, match, message.re, message.jti, now)


def confirmed(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """Helper: the supporter is not close to the physician."""
    helping.confirm(session, of_helper(session, site_id, message.thid), message.re, now)


def attempted(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """Helper: a genuine attempt."""
    match = of_helper(session, site_id, message.thid)
    helping.attempted(session, match, _body(message, matches.Attempted).at, now)


def reached(message: Message, site_id: str, session: Session, now: datetime) -> None:
    """Helper: the two have spoken."""
    match = of_helper(session, site_id, message.thid)
    helping.reached(session, match, _body(message, matches.Reached).at, now)


def _of_helper(act: Callable[[Session, Match, datetime], None]) -> Handler:
    def handler(message: Message, site_id: str, session: Session, now: datetime) -> None:
        act(session, of_helper(session, site_id, message.thid), now)

    handler.__doc__ = act.__doc__
    return handler


def _body(message: Message, kind: type[B]) -> B:
    assert isinstance(message.body, kind)
    return message.body


HANDLERS: dict[str, Handler] = {
    matches.Request.TYPE: request,
    matches.Letters.TYPE: letters,
    matches.Withdraw.TYPE: withdraw,
    matches.Rematch.TYPE: rematch,
    matches.Accept.TYPE: accept,
    matches.Pass.TYPE: _of_helper(brokerage.give_up),
    matches.Confirmed.TYPE: confirmed,
    matches.Attempted.TYPE: attempted,
    matches.Reached.TYPE: reached,
    matches.Extended.TYPE: _of_helper(helping.extend),
    matches.Reassigned.TYPE: _of_helper(helping.reassign),
    matches.Closed.TYPE: _of_helper(helping.close),
}
