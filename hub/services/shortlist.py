"""Which sites could help, best first: a sorted tuple, so that the reason can be read out.

Rules, in order: the site is active, not home, says that it has room for this stage and way of talking, and has not
been asked for this match. Then: fewest open inter-site matches; among equals an order drawn for each match, so that
no site is always first. Nothing about people is ever scored.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.models import Capacity, Decision, Match, Passed, Site, SiteState
from protocol.envelope import new_id
from protocol.match_states import WITH_HELPER, State
from protocol.messages.matches import SHORTLIST, Candidate
from protocol.strict import b64url_encode

RULE_SET_VERSION = 1
"""Counts up whenever the rules below change."""
REASONS = ("active", "not-home", "stage", "modality", "not-asked-before", "fewest-open", "drawn")
PRIME = 2**31 - 1
"""A site's draw times the match's factor, modulo this prime, is a different order for each match, and one that the
database can sort by."""
_MODALITY_COLUMNS = {"in-person": Capacity.in_person, "phone": Capacity.phone, "video": Capacity.video}
_HELPING = (State.PROPOSED, State.RELEASED, *WITH_HELPER)


@dataclass(frozen=True)
class Ranked:
    """One capable site. `key` is what it was sorted by."""

    site_id: str
    languages: tuple[str, ...]
    key: tuple[int, int]


def capable(session: Session, match: Match, now: datetime) -> list[Ranked]:
    """The capable sites for a match, best first, at most fifty."""
    rows = session.execute(_query(match.modality), _parameters(match, now)).all()
    return [Ranked(row.site_id, tuple(row.languages), (row.n_open, row.drawn)) for row in rows]


def candidates(ranked: Sequence[Ranked]) -> tuple[Candidate, ...]:
    """The shortlist as home gets it: without what it was sorted by."""
    return tuple(Candidate(each.site_id, each.languages) for each in ranked)


def offers_hash(ranked: Sequence[Ranked]) -> str:
    """Names what is on offer, whatever its order: home that waits is asked again once this differs."""
    return _digest(sorted([each.site_id, sorted(each.languages)] for each in ranked))


def note_decision(
    session: Session, match: Match, kind: str, now: datetime, taken: Any, *, reasons: Sequence[str] = REASONS
) -> None:
    """Keep which rules chose, and the hash of what they chose from: salted, as the lines of the audit log are, since
    sites are few enough to be tried out."""
    inputs = [match.salt, match.match_id, match.stage, match.modality, match.round, taken]
    values = {"decision_id": new_id(), "match_id": match.match_id, "kind": kind, "at": now}
    values |= {
        "rule_set_version": RULE_SET_VERSION,
        "input_hash": _digest(inputs),
        "reason_codes": list(reasons),
    }
    session.execute(sa.insert(Decision), values)


def _parameters(match: Match, now: datetime) -> dict[str, Any]:
    factor = int.from_bytes(sha256(match.match_id.encode()).digest()[:8]) % (PRIME - 1) + 1
    names = {"match": match.match_id, "home": match.home_site_id, "stage": match.stage}
    return names | {"factor": factor, "now": now}


def _build(modality: str) -> sa.Select[*tuple[Any, ...]]:
    loads = (
        sa.select(Match.helper_site_id, sa.func.count().label("n_open"))
        .where(Match.state.in_(_HELPING), Match.helper_site_id.is_not(None))
        .group_by(Match.helper_site_id)
        .subquery()
    )
    n_open = sa.func.coalesce(loads.c.n_open, 0).label("n_open")
    factor = sa.cast(sa.bindparam("factor"), sa.BigInteger)
    drawn = (Site.draw * factor % PRIME).label("drawn")
    passed = sa.select(Passed.site_id).where(Passed.match_id == sa.bindparam("match"))
    query = (
        sa.select(Site.site_id, Capacity.languages, n_open, drawn)
        .join(Capacity, Capacity.site_id == Site.site_id)
        .outerjoin(loads, loads.c.helper_site_id == Site.site_id)
        .where(
            Site.state == SiteState.ACTIVE,
            Site.site_id != sa.bindparam("home"),
            Capacity.stage == sa.bindparam("stage"),
            Capacity.open,
            Capacity.until > sa.bindparam("now", type_=Capacity.until.type),
            Site.site_id.not_in(passed),
        )
        .order_by(n_open, drawn, Site.site_id)
        .limit(SHORTLIST)
    )
    return query if modality == "any" else query.where(_MODALITY_COLUMNS[modality])


_QUERIES = {modality: _build(modality) for modality in ("any", *_MODALITY_COLUMNS)}


def _query(modality: str) -> sa.Select[*tuple[Any, ...]]:
    return _QUERIES[modality]


def _digest(value: Any) -> str:
    return b64url_encode(sha256(json.dumps(value, separators=(",", ":")).encode()).digest())
