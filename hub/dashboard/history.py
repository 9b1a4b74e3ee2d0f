"""What happened to a site, a match or an account, in words, from audit lines and decisions; the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import select

from hub import audit
from hub.dashboard import event_words
from hub.extensions import db
from hub.models import AuditLine, Decision, Match, Site
from hub.models.person import Person

MOST_LINES = 100
_FOLLOWS = "proposal"
"""Noted without a move of its own, right after the move that led to it."""


@dataclass(frozen=True)
class Happened:
    """One entry of a timeline."""

    text: str | LazyString
    at: datetime
    by: str


def site_history(site: Site) -> list[Happened]:
    """The site's invitation and codes, staff's decisions, and calls of it that were refused."""
    lines = _lines(AuditLine.site_id == site.site_id)
    actors = _Actors(lines)
    events = [
        (_turn(line), Happened(event_words.of_site(line), line.at, actors.name(line.actor))) for line in lines
    ]
    codes = [(0, Happened(_("A one-time code was made"), each.created_at, "")) for each in site.enrolments]
    # What a site sends is noted by the second, what staff press more finely: within one the course of things decides.
    ordered = sorted(
        events + codes, key=lambda each: (each[1].at.replace(microsecond=0), each[0]), reverse=True
    )
    return [happened for _turn_of, happened in ordered]


def match_history(match: Match) -> list[Happened]:
    """Every move of the match, with the reasons of the hub's own choices beside them."""
    lines = _lines(AuditLine.match_id == match.match_id)
    lines.sort(key=lambda line: (line.match_version or 0, line.action == _FOLLOWS), reverse=True)
    actors, sites, reasons = _Actors(lines), _sites_by_hash(match), _reasons(match)
    events = []
    for line in lines:
        by = reasons.get((line.action, line.at)) or actors.name(line.actor)
        text = event_words.of_match(line, sites.get(line.site_hash or "", ""))
        events.append(Happened(text, line.at, by))
    return events


def member_history(person: Person) -> list[Happened]:
    """Every change of an account, and who made it."""
    lines = _lines(AuditLine.person_id == person.person_id)
    actors = _Actors(lines)
    return [Happened(event_words.of_person(line), line.at, actors.name(line.actor)) for line in lines]


def team_history(start: int, most: int) -> list[Happened]:
    """The changes of all accounts, also of those that were ended."""
    query = select(AuditLine).where(AuditLine.person_id.is_not(None))
    query = query.order_by(AuditLine.at.desc(), AuditLine.audit_id)
    lines = list(db.session.scalars(query.offset(start).limit(most)))
    names = _names(line.person_id or "" for line in lines)
    actors = _Actors(lines)
    return [
        Happened(
            f"{names.get(line.person_id or '', '')}: {event_words.of_person(line)}",
            line.at,
            actors.name(line.actor),
        )
        for line in lines
    ]


class _Actors:
    """Names for the actors of audit lines."""

    def __init__(self, lines: Iterable[AuditLine]) -> None:
        self._people = _names({line.actor for line in lines} - set(event_words.ACTOR))

    def name(self, actor: str) -> str:
        """A person's name, or who it was in words."""
        if actor in event_words.ACTOR:
            return str(event_words.ACTOR[actor])
        return self._people.get(actor) or str(_("Provincial team"))


def _turn(line: AuditLine) -> int:
    """The place of an act in the course that every site takes; a code comes before all of them."""
    course = list(event_words.SITE)
    return course.index(line.action) + 1 if line.action in course else len(course) + 1


def _names(ids: Iterable[str]) -> dict[str, str]:
    found = db.session.execute(select(Person.person_id, Person.name).where(Person.person_id.in_(set(ids))))
    return {row.person_id: row.name for row in found}


def _lines(condition: object) -> list[AuditLine]:
    query = select(AuditLine).where(condition).order_by(AuditLine.at.desc()).limit(MOST_LINES)  # type: ignore[arg-type]
    return list(db.session.scalars(query))


def _sites_by_hash(match: Match) -> dict[str, str]:
    """Site names by the salted hash in this match's lines; none once the salt was erased."""
    if not match.salt:
        return {}
    found = db.session.execute(select(Site.site_id, Site.name))
    return {audit.salted(match.salt, site_id): name for site_id, name in found}


def _reasons(match: Match) -> dict[tuple[str, datetime], str]:
    found = db.session.scalars(select(Decision).where(Decision.match_id == match.match_id))
    return {(decision.kind, decision.at): event_words.of_reasons(decision.reason_codes) for decision in found}
