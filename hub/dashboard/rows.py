"""What pages show of matches and sites: names for ids, words for codes, the one clock that matters now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import aliased

from hub import config
from hub.extensions import db
from hub.models import Inbound, Match, Site, SiteState
from hub.models.inbound import CALL_NOTED_EVERY
from hub.words import MATCH, SITE, Words
from protocol.match_states import FINAL, State
from protocol.withdrawal import ALPHABET
from ui.one_line import alphabetical
from ui.timewords import HOUR, MINUTE, ago, when

REF_LETTERS = 5
LATE = frozenset({State.OVERDUE, State.ESCALATED})
QUIET_HOME = Words(
    _l("Phone the home site"),
    "orange",
    _l(
        "The home site has the shortlist but has not called the hub for a day or more. Phone its coordinator."
    ),
)
QUIET_SITE = Words(
    _l("Quiet"),
    "orange",
    _l("The site takes part but has not called the hub for a day or more. Phone its coordinator."),
)
_CLOCKS: dict[str, LazyString] = {
    State.PROPOSED: _l("To answer"),
    State.RELEASED: _l("To check"),
    State.IN_HAND: _l("To the first attempt"),
    State.OVERDUE: _l("The first attempt"),
    State.ESCALATED: _l("The first attempt"),
}


@dataclass(frozen=True)
class MatchRow:
    """A match as staff see it. `due_at` is None where no clock is worth showing; `since` says more then."""

    match_id: str
    ref: str
    state: State
    home: str
    helper: str
    words: Words
    clock: LazyString | None
    due_at: datetime | None
    since: str
    match: Match

    @property
    def late(self) -> bool:
        """Whether the limit for the first attempt passed."""
        return self.state in LATE


@dataclass(frozen=True)
class SiteRow:
    """A site as staff see it."""

    site: Site
    words: Words
    quiet: bool
    seen: str


def ref(match_id: str) -> str:
    """A few letters that can be said on the phone; for people only, links carry the whole id."""
    number = int.from_bytes(sha256(match_id.encode()).digest()[:4])
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(REF_LETTERS))


def open_matches(now: datetime) -> list[MatchRow]:
    """Every open match: past the limit first, then what staff have to phone about, then by what runs out first,
    then by who has waited longest."""

    def urgency(row: MatchRow) -> tuple[bool, bool, bool, datetime]:
        return not row.late, row.words is not QUIET_HOME, row.due_at is None, row.due_at or row.match.asked_at

    return sorted(_match_rows(now, Match.state.not_in(FINAL)), key=urgency)


def ended_matches(now: datetime, most: int = 100) -> list[MatchRow]:
    """The matches that ended last, the latest first."""
    rows = _match_rows(now, Match.state.in_(FINAL))
    return sorted(rows, key=lambda row: row.match.state_at, reverse=True)[:most]


def one_match(match_id: str, now: datetime) -> MatchRow | None:
    """This match, or None."""
    rows = _match_rows(now, Match.match_id == match_id)
    return rows[0] if rows else None


def all_sites(now: datetime) -> list[SiteRow]:
    """Every site: who waits for staff first, then who is quiet, then by name."""
    found = db.session.execute(select(Site, Inbound.called_at).outerjoin(Inbound))
    order = [SiteState.PENDING, SiteState.ACTIVE, *SiteState]
    rows = [_site_row(site, called_at, now) for site, called_at in found]
    return sorted(
        rows, key=lambda row: (order.index(row.site.state), not row.quiet, alphabetical(row.site.name))
    )


def one_site(site_id: str, now: datetime) -> SiteRow | None:
    """This site, or None."""
    found = db.session.execute(
        select(Site, Inbound.called_at).outerjoin(Inbound).where(Site.site_id == site_id)
    ).first()
    return _site_row(*found, now) if found else None


def _site_row(site: Site, called_at: datetime | None, now: datetime) -> SiteRow:
    quiet = site.state == SiteState.ACTIVE and _is_quiet(called_at or site.state_at, now)
    if called_at is None:
        seen = _("Never")
    elif now - called_at < CALL_NOTED_EVERY:
        seen = _("Within the last %(n)s minutes", n=CALL_NOTED_EVERY // MINUTE)
    elif quiet:
        seen = _("Quiet since %(time)s", time=when(called_at))
    else:
        seen = ago(called_at, now)
        seen = seen[:1].upper() + seen[1:]
    return SiteRow(site, QUIET_SITE if quiet else SITE[site.state], quiet, seen)


def _match_rows(now: datetime, *conditions: Any) -> list[MatchRow]:
    home, helper = aliased(Site), aliased(Site)
    found = db.session.execute(
        select(Match, home.name, helper.name, Inbound.called_at)
        .outerjoin(home, home.site_id == Match.home_site_id)
        .outerjoin(helper, helper.site_id == Match.helper_site_id)
        .outerjoin(Inbound, Inbound.site_id == Match.home_site_id)
        .where(*conditions)
    )
    return [_match_row(now, *row) for row in found]


def _match_row(
    now: datetime, match: Match, home: str | None, helper: str | None, home_called_at: datetime | None
) -> MatchRow:
    state = State(match.state)
    waits_for_home = state is State.CHOOSING and _is_quiet(home_called_at or match.state_at, now)
    asked = state in {State.PROPOSED, State.RELEASED}
    return MatchRow(
        match_id=match.match_id,
        ref=ref(match.match_id),
        state=state,
        home=home or _("forgotten"),
        helper=helper or "",
        words=QUIET_HOME if waits_for_home else MATCH[state],
        clock=_CLOCKS.get(state),
        due_at=match.limit_at if asked else match.contact_due_at if state in _CLOCKS else None,
        since=_since(match, state, now),
        match=match,
    )


def _since(match: Match, state: State, now: datetime) -> str:
    words: str
    if state is State.IN_TOUCH:
        words = _("contact %(time)s", time=_hours_ago(match.attempted_at or match.state_at, now))
    elif state in FINAL:
        words = _("ended %(time)s", time=_hours_ago(match.state_at, now))
    else:
        words = _("asked %(time)s", time=_hours_ago(match.asked_at, now))
    return words


def _hours_ago(at: datetime, now: datetime) -> str:
    # Nothing finer: a live page whose words changed each minute would be read out each minute.
    return ago(at, now) if now - at >= HOUR else str(_("within the hour"))


def _is_quiet(called_at: datetime, now: datetime) -> bool:
    return now - called_at >= config.current().dark_after
