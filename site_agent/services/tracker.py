"""The tracker: after each talk, that it happened and how the supporter found it. Never what was said (I01 to I03).

A submission that arrives twice counts once, by its ticket; one that arrives after closing leaves no row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from protocol.envelope import new_id
from site_agent.models import AnySession, Interaction, Match
from site_agent.models.conditional import move
from site_agent.models.interaction import FOUND, LENGTHS, MODES, RESOURCES
from site_agent.models.match import HELPING
from site_agent.services import interactions, policy, tickets, timeline
from site_agent.services.errors import NoLongerOpenError

_WANTED = (
    select(Interaction)
    .where(Interaction.call_me.is_(True), Interaction.called_at.is_(None))
    .order_by(Interaction.entered_at)
)


@dataclass(frozen=True)
class Entry:
    """One talk, in taps. `at`: when they talked; `ticket`: from `ticket()`, drawn with the form."""

    at: datetime
    length: str
    mode: str
    found: int
    ticket: str
    resources: tuple[str, ...] = ()
    more_needed: bool = False
    call_me: bool = False

    def __post_init__(self) -> None:
        known = self.length in LENGTHS and self.mode in MODES and self.found in FOUND
        if (
            not known
            or not set(self.resources) <= set(RESOURCES)
            or not 0 < len(self.ticket) <= tickets.LONGEST
        ):
            raise ValueError("a tracker entry holds codes of the vocabulary and a ticket, and nothing else")


def ticket() -> str:
    """A new ticket for one form."""
    return tickets.new()


def record(
    session: AnySession, match: Match, entry: Entry, now: datetime, by: str | None = None
) -> Interaction:
    """Keep one talk. `by`: who records it for a supporter on the phone; None: the supporter.

    The same ticket again gives the first row. A talk that is noted before any contact counts as the contact, at
    `entry.at`. Raises WrongTimeError for a time in the future or before the match, NoLongerOpenError once the match
    has ended.
    """
    first = find(session, entry.ticket)
    if first is not None:
        return first
    interactions.true_time(session, match, entry.at, now)
    # Another supporter may have taken over in the meantime: what this one noted is not the other's talk.
    theirs = Match.supporter_id.is_not_distinct_from(match.supporter_id)
    if not move(session, match, Match.state.in_(HELPING), theirs, state=Match.state):
        raise NoLongerOpenError()
    if match.reached_at is None:
        interactions.reached(session, match, entry.at, now, by)
    row = Interaction(
        interaction_id=new_id(), thid=match.thid, at=entry.at, length=entry.length, mode=entry.mode,
        found=entry.found, resources=entry.resources, more_needed=entry.more_needed, call_me=entry.call_me,
        ticket=tickets.kept(entry.ticket), entered_at=now, by=by,
    )  # fmt: skip
    session.add(row)
    timeline.note(session, match.thid, "talked", entry.at, by)
    session.flush()
    return row


def find(session: AnySession, ticket: str) -> Interaction | None:
    """The entry that this ticket made."""
    return session.scalar(select(Interaction).where(Interaction.ticket == tickets.kept(ticket)))


def of(session: AnySession, match: Match) -> Sequence[Interaction]:
    """The talks of a match, oldest first."""
    mine = select(Interaction).where(Interaction.thid == match.thid)
    return session.scalars(mine.order_by(Interaction.at, Interaction.entered_at)).all()


def n_talks(session: AnySession, match: Match) -> int:
    """How many talks are noted."""
    return session.scalar(select(func.count()).where(Interaction.thid == match.thid)) or 0


def is_past_soft_limit(session: AnySession, match: Match) -> bool:
    """Whether as many talks are noted as are usual (policy `talks`): a reason to say so, never to stop (H01)."""
    return n_talks(session, match) >= policy.number(session, "talks")


def check_in(session: AnySession, match: Match, on: date | None, now: datetime) -> None:
    """Set the day on which the two talk again, or take it back with None. Raises NoLongerOpenError."""
    if not move(session, match, Match.state.in_(HELPING), check_in_on=on):
        raise NoLongerOpenError()


def calls_wanted(session: AnySession) -> Sequence[Interaction]:
    """Talks after which the supporter asked to be called and was not yet, oldest first (H14)."""
    return session.scalars(_WANTED).all()


def called(session: AnySession, row: Interaction, now: datetime) -> bool:
    """Somebody called the supporter. False if that was noted before."""
    return move(session, row, Interaction.call_me.is_(True), Interaction.called_at.is_(None), called_at=now)
