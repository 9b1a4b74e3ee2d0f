"""Whom to ask: hard rules first, then an order whose reasons can be read out.

Rules: PSI overview, "Matching peer supporters"; requirements F01 to F12. Nobody is scored. Availability comes first,
then the load, then what the physician wishes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from operator import itemgetter

from sqlalchemy import ColumnElement, Select, bindparam, func, literal, select, union_all

from protocol.codes import STAGES
from protocol.messages.handover import Card
from site_agent.models import AnySession, Match, Supporter
from site_agent.models.match import TAKEN
from site_agent.services import policy
from ui.timewords import to_local

REASONS = (
    "place-open",
    "stage-fits",
    "speaks-language",
    "offers-modality",
    "holds-no-post",
    "none-open",
    "none-this-year",
    "question-open",
    "wish-woman",
    "wish-man",
    "wish-other-hospital",
)
"""Codes of why a supporter stands where they stand."""
SENIOR = frozenset({"mid", "late"})
"""Physicians of these stages get a supporter of the same or a later one (F02, J11); others are unrestricted."""
HERE_WISHES = frozenset({"woman", "man"})
"""Wishes of which the roster tells whether a supporter meets them. Specialty and hospital are not on it: the policy
`specialty` is for when they are."""
ELSEWHERE_WISHES = HERE_WISHES | {"other-hospital"}
"""Whoever is asked about a request from elsewhere is of another site."""


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
    """How much somebody helps: open matches, an unanswered question among them, and matches since 1 January."""

    n_open: int
    n_year: int
    n_asked: int = field(default=0, compare=False)
    """Of the open ones those not answered yet. The order takes them like any other."""


def candidates(
    session: AnySession, card: Card, stage: str, modality: str, now: datetime, asked: Collection[str]
) -> list[Candidate]:
    """Those who may be asked, best first. `asked`: supporter ids that were asked about this request already."""
    return list(look(Pool.now(session, now), card, stage, modality, asked).candidates)


@dataclass(frozen=True)
class Pool:
    """Everybody on the roster with what holds whatever the request: looked up once, for one request or for many."""

    at: datetime
    roster: tuple[Supporter, ...]
    loads: Mapping[str, Load]
    version: str
    """The agreement that has to be signed."""

    @staticmethod
    def now(session: AnySession, now: datetime, everybody: Iterable[Supporter] | None = None) -> "Pool":
        """As it stands at this moment. `everybody`: all rows of supporters, if they were just read."""
        if everybody is None:
            everybody = session.scalars(_HERE)
        here = tuple(each for each in everybody if each.left_at is None)
        return Pool(now, here, current_loads(session, now), policy.text(session, "agreement_version"))

    def load(self, supporter: Supporter) -> Load:
        """What this supporter carries."""
        return self.loads.get(supporter.supporter_id, Load(0, 0))

    @cached_property
    def free(self) -> list[Supporter]:
        """Whom the rules allow that hold whatever the request: trained, signed, not paused, not gone, a place open.
        The least load first, and among equals always in the same order."""
        free = [each for each in self.roster if _may_be_asked(each, self.loads, self.at, self.version)]
        return sorted(free, key=self._place)

    def _place(self, supporter: Supporter) -> tuple[int, int, str]:
        load = self.load(supporter)
        return load.n_open, load.n_year, sha256(supporter.supporter_id.encode()).hexdigest()


def look(pool: Pool, card: Card, stage: str, modality: str, asked: Collection[str]) -> Found:
    """`candidates`, with the number of supporters that the rules leave out.

    The career stage always binds for a request from elsewhere: its physician is not here to agree to another one.
    """
    return _look(pool, *_elsewhere(card, stage, modality, asked))


def look_here(pool: Pool, card: Card, barred: Collection[str], *, stage_binds: bool) -> Found:
    """The same for a request of this site. `barred`: who was asked already, and who assesses the physician's work or
    is the physician (`evaluators`), which nothing waives (J10).

    `stage_binds`: False once the physician has agreed to a supporter of an earlier career stage, or where the site
    does not keep that rule.
    """
    return _look(pool, *_here(card, barred, stage_binds=stage_binds))


def first(pool: Pool, card: Card, stage: str, modality: str, asked: Collection[str]) -> Candidate | None:
    """The first that `look` would find, without working out the others."""
    return _first(pool, *_elsewhere(card, stage, modality, asked))


def first_here(pool: Pool, card: Card, barred: Collection[str], *, stage_binds: bool) -> Candidate | None:
    """The first that `look_here` would find, without working out the others."""
    return _first(pool, *_here(card, barred, stage_binds=stage_binds))


def stage_binds(session: AnySession) -> bool:
    """Whether the site keeps the rule of career stages for its own requests (policy `seniority`)."""
    return policy.choice(session, "seniority") == "on"


@dataclass(frozen=True)
class _Rules:
    """What this request adds to the rules that hold for every one."""

    card: Card
    stage: str
    modality: str
    barred: frozenset[str]

    def allow(self, supporter: Supporter) -> bool:
        return (
            supporter.supporter_id not in self.barred
            and fits_stage(supporter.stage, self.stage)
            and fits_way(supporter, self.modality)
            and self.card.language in supporter.languages
            and not set(self.card.posts) & set(supporter.posts)
        )


@dataclass(frozen=True)
class _Order:
    """Who comes first, and why in codes. `knowable`: the wishes of which this site can tell whether they are met."""

    card: Card
    knowable: frozenset[str]

    def reasons(self, supporter: Supporter, load: Load, met: tuple[str, ...]) -> tuple[str, ...]:
        why = ["place-open"]
        why += ["stage-fits"] if fits_stage(supporter.stage, self.card.stage) else []
        why += ["speaks-language", "offers-modality"]
        why += ["holds-no-post"] if self.card.posts else []
        why += ["none-open"] if load.n_open == 0 else []
        why += ["none-this-year"] if load.n_year == 0 else []
        why += ["question-open"] if load.n_asked else []
        return (*why, *met)

    @cached_property
    def wished(self) -> tuple[str, ...]:
        return tuple(wish for wish in self.card.wishes if wish in self.knowable)

    def met(self, supporter: Supporter) -> tuple[str, ...]:
        true = ("other-hospital", supporter.gender) if self.wished else ()
        return tuple(f"wish-{wish}" for wish in self.wished if wish in true)


def _elsewhere(card: Card, stage: str, modality: str, asked: Collection[str]) -> tuple[_Rules, _Order]:
    return _Rules(card, stage, modality, frozenset(asked)), _Order(card, ELSEWHERE_WISHES)


def _here(card: Card, barred: Collection[str], *, stage_binds: bool) -> tuple[_Rules, _Order]:
    rules = _Rules(card, card.stage if stage_binds else "unknown", card.modality, frozenset(barred))
    return rules, _Order(card, HERE_WISHES)


def _look(pool: Pool, rules: _Rules, order: _Order) -> Found:
    ranked = []
    for each in pool.free:  # which is in order but for the wishes
        if rules.allow(each):
            load, met = pool.load(each), order.met(each)
            ranked.append((load.n_open, load.n_year, -len(met), each, load, met))
    ranked.sort(key=itemgetter(0, 1, 2))
    chosen = tuple(Candidate(each, order.reasons(each, load, met)) for *_rank, each, load, met in ranked)
    return Found(chosen, len(pool.roster) - len(chosen))


def _first(pool: Pool, rules: _Rules, order: _Order) -> Candidate | None:
    best: tuple[Supporter, Load, tuple[str, ...]] | None = None
    for each in pool.free:
        load = pool.load(each)
        if best is not None and (load != best[1] or not order.wished):
            break  # whoever comes later carries more, or is no better
        if rules.allow(each) and (best is None or len(order.met(each)) > len(best[2])):
            best = each, load, order.met(each)
    return None if best is None else Candidate(best[0], order.reasons(*best))


def _may_be_asked(supporter: Supporter, loads: Mapping[str, Load], now: datetime, version: str) -> bool:
    return (
        supporter.left_at is None
        and is_trained(supporter, now)
        and supporter.agreement_version == version
        and not is_paused(supporter, now)
        and open_places(supporter, loads) > 0
    )


def is_trained(supporter: Supporter, now: datetime) -> bool:
    """Both parts of the training lie behind them (C04)."""
    parts = (supporter.foundations_on, supporter.practice_on)
    return all(part is not None and part <= now.date() for part in parts)


def is_paused(supporter: Supporter, now: datetime) -> bool:
    """A pause until a day ends by itself, as that day begins at the site."""
    if not supporter.paused or supporter.paused_until is None:
        return supporter.paused
    return supporter.paused_until > to_local(now).date()


def open_places(supporter: Supporter, loads: Mapping[str, Load]) -> int:
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
    rows = session.execute(_LOADS, {"year": year})
    counts = {(what, who): n for what, who, n in rows if who}
    return {
        who: Load(*(counts.get((what, who), 0) for what in ("open", "year", "asked")))
        for _what, who in counts
    }


def _counted(what: str, condition: ColumnElement[bool]) -> Select[str, str, int]:
    # Grouped by the column itself, SQLite would walk its index through every match there ever was.
    who = func.coalesce(Match.supporter_id, "")
    return select(literal(what), who, func.count()).where(condition).group_by(who)


# Made once: to put a statement together costs more than to run it.
_HERE = select(Supporter).where(Supporter.left_at.is_(None))
_LOADS = union_all(
    _counted("open", Match.state.in_(TAKEN)),
    _counted("year", Match.confirmed_at >= bindparam("year")),
    _counted("asked", Match.state == "asked"),
)
