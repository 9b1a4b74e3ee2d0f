"""The hub's time: limits of a match run by it, whatever this machine's clock says."""

from datetime import datetime, timedelta

from site_agent.models import AnySession, LinkState, Match


def hub_now(session: AnySession, now: datetime) -> datetime:
    """`now` of this machine, in the hub's time as far as it was learnt from what the hub signed."""
    state = session.get(LinkState, 1)
    return now if state is None else now + timedelta(seconds=state.hub_offset_seconds)


def match_now(session: AnySession, match: Match, now: datetime) -> datetime:
    """The time that this match's limits run by: the hub's, or this machine's for a request of this site."""
    return now if match.is_local else hub_now(session, now)


def own_time(session: AnySession, match: Match, limit: datetime) -> datetime:
    """When this machine's clock shows a limit of the match: for links and mail, which are judged by it."""
    return limit - (match_now(session, match, limit) - limit)
