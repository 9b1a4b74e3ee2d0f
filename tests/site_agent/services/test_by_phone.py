"""An answer that came by phone is marked so, at both kinds of request, and a mark never tells of a no."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from site_agent.models import Match, Supporter
from site_agent.services import held, holds, timeline
from site_agent.services import inter_site_helper as helper
from site_agent.web.held import DESK
from tests.site_agent.services.conftest import Helped
from tests.support.agent import add_person, add_supporter
from tests.support.local import Here, here, site

__all__ = ["here", "site"]


def codes(session: Any, match: Match) -> list[str]:
    return [event.code for event in timeline.of(session, match.thid)]


def by_phone(helped: Helped, session: Any, by: str) -> None:
    helper.record_answer(session, helped.offer(session), True, helped.now, by)
    session.commit()


def test_a_yes_by_phone_to_a_request_from_elsewhere_is_marked(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    by = add_person(session, helped.now).person_id
    helped.propose(session)
    helped.ask(session, uma)
    by_phone(helped, session, by)
    match = helped.release(session)
    helper.answer_name(session, helped.offer(session), False, helped.now, by)
    helped.confirm(session)
    assert sorted(codes(session, match)) == ["in-hand", "name-by-phone", "proposed", "yes-by-phone"]
    said = {event.code: event.by for event in timeline.of(session, match.thid)}
    assert (said["yes-by-phone"], said["name-by-phone"]) == (by, by)


def test_it_stands_in_everything_held(helped: Helped, session: Any, uma: Supporter) -> None:
    helped.propose(session)
    helped.ask(session, uma)
    by_phone(helped, session, add_person(session, helped.now).person_id)
    with helped.there.app.test_request_context():
        sheet = held.everything(session, helped.match(session), DESK)
        said = [str(words) for section in sheet for _term, words in section.facts]
    assert "The supporter said yes, by phone" in said


def test_their_own_yes_leaves_no_such_mark(helped: Helped, session: Any, uma: Supporter) -> None:
    match = helped.in_hand(session, uma)
    assert sorted(codes(session, match)) == ["in-hand", "proposed"]


@pytest.mark.parametrize("how", ["close", "silent"])
def test_a_yes_that_was_taken_back_leaves_no_mark(
    helped: Helped, session: Any, uma: Supporter, how: str
) -> None:
    """Not even under a legal hold, or when another supporter was to take over (J08)."""
    by = add_person(session, helped.now).person_id
    vic = add_supporter(session, helped.now, "Dr Vic Lund")
    match = helped.in_hand(session, uma)
    holds.put(session, match, helped.now, by)
    helped.there.clock.advance(hours=1)
    helper.reassign(session, match, vic, helped.now)
    by_phone(helped, session, by)
    assert "yes-by-phone" in codes(session, match)
    if how == "close":
        helper.answer_name(session, helped.offer(session), True, helped.now)
    else:
        helped.there.clock.advance(hours=13)
        assert helper.lapse(session, helped.offer(session), helped.now)
    assert sorted(codes(session, match)) == ["hold-set", "in-hand", "proposed"]


def test_the_first_ones_mark_stays_when_the_second_declines(
    helped: Helped, session: Any, uma: Supporter
) -> None:
    by = add_person(session, helped.now).person_id
    vic = add_supporter(session, helped.now, "Dr Vic Lund")
    helped.propose(session)
    helped.ask(session, uma)
    by_phone(helped, session, by)
    match = helped.release(session)
    helped.not_close(session)
    helped.confirm(session)
    helped.there.clock.advance(hours=1)
    helper.decline(session, helper.reassign(session, match, vic, helped.now), helped.now)
    assert codes(session, match).count("yes-by-phone") == 1


def test_a_yes_by_phone_within_the_site_is_marked_too(here: Here) -> None:
    by, request = here.person(), here.request()
    offer = here.ask(request, here.supporter())
    here.clock.advance(seconds=timedelta(minutes=1).total_seconds())
    helper.record_answer(here.session, offer, True, here.now, by)
    events = timeline.of(here.session, offer.thid)
    assert [(event.code, event.by) for event in events] == [("yes-by-phone", by)]
