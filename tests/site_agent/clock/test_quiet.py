"""What nobody has noted anything about for long is closed by itself, and nothing else is."""

from datetime import timedelta
from typing import Any

import pytest

from site_agent.clock.due import run_due
from site_agent.extensions import db
from site_agent.models import Match, Reminder, Request, Supporter
from site_agent.services import holds, interactions, quiet, tracker
from tests.site_agent.services.conftest import Helped, helped, kettle, uma
from tests.support.local import Here, here, site

__all__ = ["helped", "here", "kettle", "site", "uma"]

LOOKS = quiet.BETWEEN_LOOKS


def later(here: Here, **time: float) -> None:
    """Time goes by, and the clock's rounds with it."""
    here.clock.advance(**time)
    here.run()


def half_a_year(here: Here) -> None:
    """Both looks."""
    later(here, days=180 - LOOKS.days)
    later(here, days=LOOKS.days)


def in_touch(here: Here) -> tuple[Request, Match]:
    """A request that somebody of the site helps with: they have spoken."""
    request = here.request()
    match = here.in_hand(request, here.supporter())
    here.reached(match)
    return request, match


@pytest.mark.parametrize("state", ["new", "unmatched"])
def test_a_request_that_nobody_touched_is_closed(here: Here, state: str) -> None:
    request = here.request()
    request.state = state
    here.session.commit()
    assert quiet.closes_at(here.session, request) == here.now + timedelta(days=180)
    half_a_year(here)
    assert (request.state, request.closed_at) == ("closed", here.now)


def test_help_that_nobody_noted_anything_of_is_closed_with_its_request(here: Here) -> None:
    request, match = in_touch(here)
    assert quiet.closes_at(here.session, request) == here.now + timedelta(days=180)
    half_a_year(here)
    assert (request.state, match.state) == ("closed", "closed")


def test_a_day_before_it_is_still_open(here: Here) -> None:
    request = here.request()
    later(here, days=180 - LOOKS.days)
    later(here, days=LOOKS.days - 1)
    assert request.state == "new"


def test_a_talk_starts_the_time_anew(here: Here) -> None:
    _request, match = in_touch(here)
    later(here, days=180 - LOOKS.days)
    entry = tracker.Entry(here.now, "15-30", "phone", 4, tracker.ticket())
    tracker.record(here.session, match, entry, here.now)
    here.session.commit()
    assert quiet.closes_at(here.session, match) == here.now + timedelta(days=180)
    later(here, days=LOOKS.days)
    assert match.state == "in-touch"
    half_a_year(here)
    assert match.state == "closed"


def test_a_clock_that_runs_ahead_for_a_day_closes_nothing(here: Here) -> None:
    request = here.request()
    right = here.now
    later(here, days=3650)
    later(here, days=1)
    assert request.state == "new"
    here.clock.at = right
    later(here, days=LOOKS.days)
    assert request.state == "new"
    later(here, days=180 - 2 * LOOKS.days)
    later(here, days=LOOKS.days)
    assert request.state == "closed", "the look of the wrong day did not count"


def test_a_legal_hold_keeps_it_open(here: Here) -> None:
    request, match = in_touch(here)
    untouched = here.request()
    for each in (request, untouched):
        holds.put(here.session, each, here.now, "somebody")
    here.session.commit()
    assert quiet.closes_at(here.session, request) is None
    half_a_year(here)
    later(here, days=LOOKS.days)
    assert (request.state, match.state, untouched.state) == ("in-touch", "in-touch", "new")


def test_the_site_sets_the_time_and_nothing_of_it_stays(here: Here) -> None:
    here.set("quiet_days", 30)
    request = here.request()
    later(here, days=30 - LOOKS.days)
    assert here.session.get(Reminder, (request.request_id, "quiet")) is not None
    later(here, days=LOOKS.days)
    assert request.state == "closed"
    later(here, days=31)
    assert request.case_id is None
    assert here.session.get(Reminder, (request.request_id, "quiet")) is None


def test_help_for_another_site_is_closed_at_the_hub_too(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    interactions.reached(session, match, helped.now, helped.now)
    session.commit()
    for days in (180 - LOOKS.days, LOOKS.days):
        helped.there.clock.advance(days=days)
        run_due(lambda: db.session, helped.now)
    assert helped.match(session).state == "closed"
    assert len(helped.there.said("match.closed")) == 1
