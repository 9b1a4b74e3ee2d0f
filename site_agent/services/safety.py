"""The safety route: the time and the way are kept, and nothing else (J04, J05). It never leaves the site.

No row joins a report to a match. The match is only marked as paused, and the mark goes when the pause ends: a line
that stayed would say for years which match took the route.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from protocol.envelope import new_id
from site_agent import roles
from site_agent.models import AnySession, Match, Person, SafetyReport
from site_agent.models.conditional import move
from site_agent.models.match import HELPING
from site_agent.models.safety import ROUTES
from site_agent.services import post, tickets

PAGE = "/safety/reports"


def ticket() -> str:
    """A new ticket for one form."""
    return tickets.new()


def report(session: AnySession, match: Match | None, route: str, ticket: str, now: datetime) -> SafetyReport:
    """A supporter took one of ROUTES. The match, if there is one, is paused; the keepers hear that something waits.

    The same ticket again changes nothing and gives the first row.
    """
    if route not in ROUTES or not 0 < len(ticket) <= tickets.LONGEST:
        raise ValueError("a report holds one of the known ways and a ticket, and nothing else")
    kept = tickets.kept(ticket)
    first = session.scalar(select(SafetyReport).where(SafetyReport.ticket == kept))
    if first is not None:
        return first
    row = SafetyReport(report_id=new_id(), at=now, route=route, ticket=kept)
    session.add(row)
    session.flush()
    if match is not None:
        move(session, match, Match.state.in_(HELPING), Match.paused_at.is_(None), paused_at=now)
    for person in keepers(session):
        post.queue(session, "keeper", person.email, PAGE, now)
    return row


def resume(session: AnySession, match: Match, now: datetime, by: str | None = None) -> bool:
    """The coordinator has spoken with the supporter: reminders go on. False if it was not paused.

    `now` and `by` are asked for as in every act at the desk, and not kept: see above.
    """
    return move(session, match, Match.paused_at.is_not(None), paused_at=None)


def keepers(session: AnySession) -> list[Person]:
    """The safety keepers of this site, by name."""
    here = session.scalars(select(Person).where(Person.left_at.is_(None)).order_by(Person.name))
    return [person for person in here if roles.KEEPER in person.roles]


def reports(session: AnySession) -> Sequence[SafetyReport]:
    """Every report, the newest first; for keepers only."""
    return session.scalars(select(SafetyReport).order_by(SafetyReport.at.desc())).all()


def n_waiting(session: AnySession) -> int:
    """How many reports wait for a debrief to be offered; for keepers only."""
    return session.scalar(select(func.count()).where(SafetyReport.debriefed_at.is_(None))) or 0


def debrief_offered(session: AnySession, row: SafetyReport, now: datetime) -> bool:
    """A keeper has offered the debrief. False if that was noted before."""
    return move(session, row, SafetyReport.debriefed_at.is_(None), debriefed_at=now)


def debrief_not_offered(session: AnySession, row: SafetyReport) -> bool:
    """Take back a press that was made by mistake."""
    return move(session, row, SafetyReport.debriefed_at.is_not(None), debriefed_at=None)
