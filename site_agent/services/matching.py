"""Whom to ask about a request from elsewhere: hard rules first, then an order whose reasons can be read out.

Rules: PSI overview, "Matching peer supporters"; requirements F01 to F12. Nobody is scored.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select

from protocol.codes import STAGES
from protocol.messages.handover import Card
from site_agent.models import AnySession, Match, Supporter
from site_agent.models.match import TAKEN
from site_agent.services import agreements

REASONS = (
    "place-open",
    "stage-fits",
    "speaks-language",
    "offers-modality",
    "holds-no-post",
    "none-open",
    "none-this-year",
    "wish-woman",
    "wish-man",
    "wish-other-hospital",
)
"""Codes of why a supporter stands where they stand."""
SENIOR = frozenset({"mid", "late"})
"""Physicians of these stages get a supporter of the same or a later one (F02, J11); others are unrestricted."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be asked."""

    supporter: Supporter
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """The candidates, best first, and how many others there are; never which, or why not."""

    candidates: tuple[Candidate, ...]
    n_excluded: int


@dataclass(frozen=True)
class Load:
    """How much somebody helps: open matches, and matches since 1 January."""

    n_open: int
    n_year: int


def candidates(
    session: AnySession, card: Card, stage: str, modality: str, now: datetime, asked: Collection[str]
) -> list[Candidate]:
    """Those who may be asked, best first. `asked`: supporter ids that were asked about this request already."""
    return list(look(session, card, stage, modality, now, asked).candidates)


def look(
    session: AnySession, card: Card, stage: str, modality: str, now: datetime, asked: Collection[str]
) -> Found:
    """`candidates`, with the number of supporters that the rules leave out."""
    roster = session.scalars(select(Supporter).where(Supporter.left_at.is_(None))).all()
    loads = current_loads(session, now)
    fitting = [
        supporter
        for supporter in roster
        if supporter.supporter_id not in asked
        and may_be_asked(session, supporter, loads, now)
        and fits_stage(supporter.stage, stage)
        and fits_way(supporter, modality)
        and card.language in supporter.languages
        and not set(card.posts) & set(supporter.posts)
    ]
    fitting.sort(key=lambda supporter: _order(supporter, card, loads))
    chosen = tuple(Candidate(each, _reasons(each, card, loads)) for each in fitting)
    return Found(chosen, len(roster) - len(chosen))


def may_be_asked(session: AnySession, supporter: Supporter, loads: dict[str, Load], now: datetime) -> bool:
    """The rules that hold whatever the request: trained, signed, not paused, not gone, a place open."""
    return (
        supporter.left_at is None
        and is_trained(supporter, now)
        and agreements.is_signed(session, supporter)
        and not is_paused(supporter, now)
        and open_places(supporter, loads) > 0
    )


def is_trained(supporter: Supporter, now: datetime) -> bool:
    """Both parts of the training lie behind them (C04)."""
    parts = (supporter.foundations_on, supporter.practice_on)
    return all(part is not None and part <= now.date() for part in parts)


def is_paused(supporter: Supporter, now: datetime) -> bool:
    """A pause with a last day ends by itself."""
    return supporter.paused and (supporter.paused_until is None or supporter.paused_until > now.date())


def open_places(supporter: Supporter, loads: dict[str, Load]) -> int:
    """How many more they would take."""
    return max(0, supporter.max_open - loads.get(supporter.supporter_id, Load(0, 0)).n_open)


def fits_stage(supporter_stage: str, physician_stage: str) -> bool:
    """Whether a supporter of one career stage may support a physician of another."""
    if physician_stage not in SENIOR:
        return True
    return STAGES.index(supporter_stage) >= STAGES.index(physician_stage)


def fits_way(supporter: Supporter, modality: str) -> bool:
    """Whether they offer the way in which the physician would like to talk."""
    return modality == "any" or modality in supporter.modalities or "any" in supporter.modalities


def current_loads(session: AnySession, now: datetime) -> dict[str, Load]:
    """Everybody's load, by supporter id."""
    year = now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    open_ = _counts(session, Match.state.in_(TAKEN))
    this_year = _counts(session, Match.confirmed_at >= year)
    return {who: Load(open_.get(who, 0), this_year.get(who, 0)) for who in open_.keys() | this_year.keys()}


def _counts(session: AnySession, condition: object) -> dict[str, int]:
    counted = (
        select(Match.supporter_id, func.count())
        .where(Match.supporter_id.is_not(None), condition)  # type: ignore[arg-type]
        .group_by(Match.supporter_id)
    )
    return {str(who): n for who, n in session.execute(counted)}


def _wishes_met(supporter: Supporter, wishes: Sequence[str]) -> tuple[str, ...]:
    # Only what this site can know: the card says neither the specialty nor the background of who asks.
    met = {"woman": supporter.gender == "woman", "man": supporter.gender == "man", "other-hospital": True}
    return tuple(f"wish-{wish}" for wish in wishes if met.get(wish, False))


def _order(supporter: Supporter, card: Card, loads: dict[str, Load]) -> tuple[int, int, int, str]:
    load = loads.get(supporter.supporter_id, Load(0, 0))
    tie = sha256(supporter.supporter_id.encode()).hexdigest()
    return load.n_open, load.n_year, -len(_wishes_met(supporter, card.wishes)), tie


def _reasons(supporter: Supporter, card: Card, loads: dict[str, Load]) -> tuple[str, ...]:
    load = loads.get(supporter.supporter_id, Load(0, 0))
    why = ["place-open", "stage-fits", "speaks-language", "offers-modality"]
    why += ["holds-no-post"] if card.posts else []
    why += ["none-open"] if load.n_open == 0 else []
    why += ["none-this-year"] if load.n_year == 0 else []
    return (*why, *_wishes_met(supporter, card.wishes))
