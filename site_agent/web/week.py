"""The rest of the week: limits that come, days on which two people talk again, pauses that end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _

from site_agent.web.addresses import address
from site_agent.web.open_help import OpenHelp
from ui.timewords import site_zone, to_local

AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Coming:
    """One line. `whole_day`: the time of day means nothing."""

    at: datetime
    text: str
    href: str
    whole_day: bool = False

    @property
    def day(self) -> date:
        """On the site's calendar."""
        return to_local(self.at).date()


def week(open_help: OpenHelp, now: datetime) -> list[Coming]:
    """What comes within seven days, the next first."""
    found = [*_limits(open_help), *_days(open_help)]
    return sorted((each for each in found if now <= each.at <= now + AHEAD), key=lambda each: each.at)


def _limits(open_help: OpenHelp) -> Iterator[Coming]:
    for match in open_help.matches:
        about, offer = open_help.about(match), open_help.offers.get(match.thid)
        if match.state == "asked" and offer is not None:
            yield Coming(
                offer.expires_at, _("The answer of a supporter is due: %(ref)s", ref=about.ref), about.page
            )
        elif match.state == "in-hand" and match.due_at is not None and match.paused_at is None:
            yield Coming(match.due_at, _("First contact is due: %(ref)s", ref=about.ref), about.page)
        elif match.state == "released" and match.confirm_by is not None:
            text = _("The answer about the name is due: %(ref)s", ref=about.ref)
            yield Coming(match.confirm_by, text, about.page)


def _days(open_help: OpenHelp) -> Iterator[Coming]:
    for match in open_help.matches:
        if match.check_in_on is not None:
            about = open_help.about(match)
            at = datetime.combine(match.check_in_on, time(23, 59), site_zone())
            yield Coming(at, _("The two talk again: %(ref)s", ref=about.ref), about.page, True)
    for who in open_help.supporters.values():
        if who.paused and who.paused_until is not None and who.left_at is None:
            at = datetime.combine(who.paused_until, time(23, 59), site_zone())
            href = address("web.supporter", "supporter_id", who.supporter_id)
            yield Coming(at, _("The pause of %(name)s ends", name=who.name), href, True)
