"""All open requests and matches with what Today and the list say of them, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import func, select

from site_agent.models import AnySession, Interaction, Match, Offer, Reminder, Request, Supporter
from site_agent.models.match import OPEN as HELP_OPEN
from site_agent.models.request import OPEN
from site_agent.web.match_about import About

# Made once: to put a statement together costs more than to run it.
_THIDS = select(Match.thid).where(Match.state.in_(HELP_OPEN))
_REQUESTS = select(Request).where(Request.state.in_(OPEN)).order_by(Request.received_at)
_MATCHES = select(Match).where(Match.state.in_(HELP_OPEN)).order_by(Match.proposed_at)
_OFFERS = select(Offer).where(Offer.thid.in_(_THIDS), Offer.state != "not-taken")
_TALKS = (
    select(Interaction.thid, func.count(), func.max(Interaction.at))
    .where(Interaction.thid.in_(_THIDS))
    .group_by(Interaction.thid)
)
_REMINDERS = select(Reminder.subject, Reminder.at).where(
    Reminder.subject.in_(_THIDS), Reminder.code == "tracker"
)
_SUPPORTERS = select(Supporter)


@dataclass(frozen=True)
class Talks:
    """How many talks of a match are noted, and when the last one was."""

    n: int
    last_at: datetime | None


@dataclass(frozen=True)
class OpenHelp:
    """What is open, the oldest request first."""

    requests: Sequence[Request]
    matches: Sequence[Match]
    offers: Mapping[str, Offer]
    """The one that stands, by thid."""
    talks: Mapping[str, Talks]
    reminded: Mapping[str, datetime]
    """When a reminder of a missing tracker entry went out, by thid."""
    supporters: Mapping[str, Supporter]

    @classmethod
    def read(cls, session: AnySession) -> OpenHelp:
        """Six queries."""
        return cls(
            session.scalars(_REQUESTS).all(),
            session.scalars(_MATCHES).all(),
            {offer.thid: offer for offer in session.scalars(_OFFERS)},
            {thid: Talks(n, last) for thid, n, last in session.execute(_TALKS)},
            dict(session.execute(_REMINDERS).all()),
            {each.supporter_id: each for each in session.scalars(_SUPPORTERS)},
        )

    def match_of(self, request: Request) -> Match | None:
        """The open match with a request of this site."""
        return self._by_request.get(request.request_id)

    def about(self, match: Match) -> About:
        """What its pages are about."""
        return self._abouts[match.thid]

    @cached_property
    def _abouts(self) -> dict[str, About]:
        return {match.thid: About(match, self._own.get(match.request_id or "")) for match in self.matches}

    @cached_property
    def _by_request(self) -> dict[str, Match]:
        return {match.request_id: match for match in self.matches if match.request_id}

    @cached_property
    def _own(self) -> dict[str, Request]:
        return {row.request_id: row for row in self.requests}
