"""What this site tells the hub it could take on: bands and sets for the whole site, never a person (N06)."""

import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from protocol.codes import STAGES
from protocol.messages.offers import Capacity, StageBand
from site_agent import outbox
from site_agent.models import AnySession, LinkState, Site
from site_agent.services import matching, policy

TOLD_AT = time(6)
"""Ours, by the site's own clock: a new day's requests come after it, and no press at a desk falls on it."""
_NOTHING = "0"


def capacity(session: AnySession, now: datetime) -> Capacity:
    """The site's open capacity as it stands: a band for each stage of the physician who would ask, and the
    languages and ways of talking of those with a place open."""
    pool = matching.Pool.now(session, now)
    free = pool.free
    bands = []
    for stage in STAGES:
        places = [
            matching.open_places(each, pool.loads) for each in free if matching.fits_stage(each.stage, stage)
        ]
        bands.append(StageBand(stage=stage, open=_band(sum(places))))
    languages = sorted({language for each in free for language in each.languages})
    # The message has to name one; with no place open it says nothing.
    modalities = sorted({way for each in free for way in each.modalities}) or ["any"]
    days = policy.number(session, "capacity_days")
    return Capacity(tuple(bands), tuple(languages), tuple(modalities), now + timedelta(days=days))


def advertise(session: AnySession, now: datetime) -> None:
    """Tell the hub now. Raises NotEnrolledError."""
    told = capacity(session, now)
    outbox.queue(session, told, now=now)
    state = session.get_one(LinkState, 1)
    state.advertised_at = now
    state.advertised = json.dumps(_gist(told))


def advertise_if_due(session: AnySession, now: datetime) -> bool:
    """Tell the hub weekly, and when the site stops or starts taking requests: anything more often would show each match
    as it begins and ends. Both wait for `TOLD_AT` unless the site tells at once (policy `capacity_told`), or the hub
    would know the hour. A site that never had a place says nothing. False if nothing was due.
    """
    try:
        outbox.site_id(session)
    except outbox.NotEnrolledError:
        return False
    state = session.get(LinkState, 1)
    told = None if state is None or state.advertised is None else json.loads(state.advertised)
    current = _gist(capacity(session, now))
    if told is None:
        due = _is_open(current)
    elif state is None or _is_ahead(state, now):
        due = True
    else:
        days = timedelta(days=policy.number(session, "advertise_days"))
        old = state.advertised_at is None or now - state.advertised_at >= days
        due = (old or _is_open(told) != _is_open(current)) and _may_tell(session, state, now)
    if due:
        advertise(session, now)
    return due


def _is_ahead(state: LinkState, now: datetime) -> bool:
    """Whether the hub was last told by a clock that was far ahead: what it heard would hold until then."""
    return state.advertised_at is not None and state.advertised_at - now > timedelta(days=1)


def _may_tell(session: AnySession, state: LinkState, now: datetime) -> bool:
    if policy.choice(session, "capacity_told") == "at-once" or state.advertised_at is None:
        return True
    site = session.get(Site, 1)
    local = now.astimezone(ZoneInfo(site.zone) if site else UTC)
    moment = datetime.combine(local.date(), TOLD_AT, local.tzinfo)
    if moment > local:
        moment = datetime.combine(local.date() - timedelta(days=1), TOLD_AT, local.tzinfo)
    return state.advertised_at < moment


def _band(places: int) -> str:
    if places == 0:
        return _NOTHING
    return "1-2" if places < 3 else "3+"


def _gist(told: Capacity) -> dict[str, list[str]]:
    return {
        "bands": [band.open for band in told.bands],
        "languages": list(told.languages),
        "modalities": list(told.modalities),
    }


def _is_open(gist: dict[str, list[str]]) -> bool:
    return any(band != _NOTHING for band in gist["bands"])
