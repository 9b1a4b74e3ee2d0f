"""Counts for each quarter: taken from the rows as long as they are here, and kept when a row ends.

Only what many rows share is counted. No reason, career stage or place: in a quarter with one request such a count
would say of the physician what was just erased.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.dialects.sqlite import insert

from site_agent.models import (
    AnySession,
    ContactClock,
    Interaction,
    Match,
    Outreach,
    Request,
    SafetyReport,
    Site,
    Total,
)
from site_agent.models.request import FINAL

Counts = Counter[tuple[str, str]]
"""How many, by quarter ("2026Q4", of the site's own calendar) and code."""
Moment = tuple[datetime | None, str]
Counted = Request | Match | ContactClock | Interaction | Outreach | SafetyReport


def of(session: AnySession) -> Counts:
    """All counts: those of rows that are gone and those of rows that are here."""
    counts: Counts = Counter({(row.quarter, row.code): row.n for row in session.scalars(select(Total))})
    zone = _zone(session)
    for moment in _all(session):
        _count(counts, moment, zone)
    return counts


def keep(session: AnySession, *rows: Counted) -> None:
    """These rows are about to go: what they count for stays. The caller deletes them in the same commit."""
    counts: Counts = Counter()
    zone = _zone(session)
    for row in rows:
        for moment in _moments(row):
            _count(counts, moment, zone)
    for (quarter, code), n in counts.items():
        new = insert(Total).values(quarter=quarter, code=code, n=n)
        session.execute(
            new.on_conflict_do_update(index_elements=["quarter", "code"], set_={"n": Total.n + n})
        )


def _all(session: AnySession) -> Iterator[Moment]:
    # Columns and not rows: nothing sealed is read for a count.
    columns = Request.received_at, Request.elsewhere, Request.state, Request.closed_at
    for request in session.execute(select(*columns)):
        yield from _request(request)
    for match in session.execute(select(Match.confirmed_at, Match.request_id)):
        yield from _match(match)
    for clock in session.execute(select(ContactClock.started_at, ContactClock.outcome)):
        yield from _clock(clock)
    for at in session.scalars(select(Interaction.at)):
        yield at, "talks"
    for at in session.scalars(select(Outreach.received_at)):
        yield at, "outreach"
    for at in session.scalars(select(SafetyReport.at)):
        yield at, "safety-route"


def _moments(row: Counted) -> Iterable[Moment]:
    if isinstance(row, Request):
        return _request(row)
    if isinstance(row, Match):
        return _match(row)
    if isinstance(row, ContactClock):
        return _clock(row)
    if isinstance(row, Outreach):
        return [(row.received_at, "outreach")]
    return [(row.at, "talks" if isinstance(row, Interaction) else "safety-route")]


def _request(row: "Request | Row[datetime, bool, str, datetime | None]") -> Iterator[Moment]:
    yield row.received_at, "requests"
    if row.elsewhere:
        yield row.received_at, "requests-elsewhere"
    if row.state in FINAL:
        yield row.closed_at, row.state


def _match(row: "Match | Row[datetime | None, str | None]") -> Iterator[Moment]:
    yield row.confirmed_at, "matches-for-others" if row.request_id is None else "matches-here"


def _clock(row: "ContactClock | Row[datetime, str]") -> Iterator[Moment]:
    if row.outcome != "running":
        yield row.started_at, f"contact-{row.outcome}"


def _count(counts: Counts, moment: Moment, zone: ZoneInfo) -> None:
    at, code = moment
    if at is not None:
        local = at.astimezone(zone)
        counts[f"{local.year}Q{(local.month + 2) // 3}", code] += 1


def _zone(session: AnySession) -> ZoneInfo:
    site = session.get(Site, 1)
    return ZoneInfo(site.zone) if site else ZoneInfo("UTC")
