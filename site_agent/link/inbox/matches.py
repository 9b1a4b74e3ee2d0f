"""Matches: what the hub tells a home site and a helping site. The rules are the services'."""

from datetime import datetime
from typing import cast

from protocol.envelope import Message
from protocol.errors import SchemaInvalidError
from protocol.messages import matches
from site_agent.models import AnySession
from site_agent.services import inter_site_helper, inter_site_home


def shortlisted(session: AnySession, message: Message, now: datetime) -> None:
    """To home: sites that could help, for the first letters or for fresh ones."""
    body = cast(matches.Shortlist | matches.LettersWanted, message.body)
    inter_site_home.shortlisted(session, _thid(message), body.round, body.sites, now)


def status(session: AnySession, message: Message, now: datetime) -> None:
    """To home: where the match stands."""
    body = cast(matches.HomeStatus, message.body)
    inter_site_home.status(session, _thid(message), body.state, body.at, now)


def proposed(session: AnySession, message: Message, now: datetime) -> None:
    """To a helper: could somebody help?"""
    inter_site_helper.proposed(session, _thid(message), message, now)


def released(session: AnySession, message: Message, now: datetime) -> None:
    """To a helper: the name, for one question."""
    inter_site_helper.released(session, _thid(message), message, now)


def helper_status(session: AnySession, message: Message, now: datetime) -> None:
    """To a helper: where the match stands; `ended` takes letter, name and access away."""
    body = cast(matches.HelperStatus, message.body)
    inter_site_helper.helper_status(session, _thid(message), body.state, body.at, body.due_at, now)


def overdue(session: AnySession, message: Message, now: datetime) -> None:
    """To a helper: the limit passed without an attempt."""
    body = cast(matches.Overdue, message.body)
    inter_site_helper.overdue(session, _thid(message), body.due_at, body.escalates_at, now)


def _thid(message: Message) -> str:
    if message.thid is None:
        raise SchemaInvalidError("A message about a match names it.", where=["/thid"])
    return message.thid


HANDLERS = {
    matches.Shortlist.TYPE: shortlisted,
    matches.LettersWanted.TYPE: shortlisted,
    matches.HomeStatus.TYPE: status,
    matches.Proposal.TYPE: proposed,
    matches.Release.TYPE: released,
    matches.HelperStatus.TYPE: helper_status,
    matches.Overdue.TYPE: overdue,
}
