"""The hub's time: limits of a match run by it, whatever this machine's clock says."""

from datetime import datetime, timedelta

from site_agent.models import AnySession, LinkState


def hub_now(session: AnySession, now: datetime) -> datetime:
    """`now` of this machine, in the hub's time as far as it was learnt from what the hub signed."""
    state = session.get(LinkState, 1)
    return now if state is None else now + timedelta(seconds=state.hub_offset_seconds)
