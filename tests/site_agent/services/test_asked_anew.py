"""Whoever is asked after somebody else begins clean: nothing of the first one's part is theirs."""

from datetime import timedelta

from site_agent.services import interactions, local, tracker
from tests.support.local import Here, here, site

__all__ = ["here", "site"]


def test_after_nobody_here_could_the_next_yes_begins_afresh(here: Here) -> None:
    request = here.request()
    match = here.in_hand(request, here.supporter())
    interactions.extend(here.session, match, here.now)
    here.reached(match)
    tracker.check_in(here.session, match, here.now.date(), here.now)
    local.give_up_here(here.session, request, here.now)
    here.session.commit()
    offer = here.ask(request, here.supporter("Dr Vic Lund"))
    assert match.confirmed_at is None, "or it would count among the matches of the year"
    here.yes(offer)
    assert (match.extended_at, match.attempted_at, match.reached_at, match.check_in_on) == (None,) * 4
    assert match.due_at == here.now + timedelta(hours=72)
