"""Whoever is asked after somebody else begins clean: nothing of the first one's part is theirs."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from site_agent.clock.due import run_due
from site_agent.models import Mail, Supporter
from site_agent.services import inter_site_helper as helper
from site_agent.services import interactions, local, tracker
from tests.site_agent.services.conftest import Helped
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


def test_who_takes_over_from_another_at_a_site_elsewhere_is_reminded_of_their_own_talks(
    helped: Helped, session: Any, uma: Supporter, vic: Supporter
) -> None:
    def spoken_and_then_silent() -> list[str | None]:
        match = helped.match(session)
        helper.reached(session, match, helped.now, helped.now)
        session.commit()
        helped.there.clock.advance(hours=49)
        run_due(lambda: session, helped.now)
        return list(session.scalars(select(Mail.to).where(Mail.kind == "tracker")))

    match = helped.in_hand(session, uma)
    tracker.check_in(session, match, helped.now.date(), helped.now)
    assert spoken_and_then_silent() == [uma.email]
    helper.reassign(session, match, vic, helped.now)
    session.commit()
    helped.accept(session)
    helped.not_close(session)
    assert helped.confirm(session).check_in_on is None
    assert spoken_and_then_silent() == [vic.email]
