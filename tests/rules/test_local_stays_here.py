"""Of a match within a site nothing ever lies in the outbox: the hub does not learn that it exists."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from protocol.messages.matches import Withdraw
from site_agent import outbox
from site_agent.models import Match, OutboxRow, Request
from site_agent.services import (
    inter_site_home,
    interactions,
    local,
    offers,
    requests,
    safety,
    stay,
    tracker,
)
from tests.support.local import Here, here, site

__all__ = ["here", "site"]

Story = Callable[[Here], None]


def from_asking_to_closing(here: Here) -> None:
    match = here.in_hand(here.request(), here.supporter())
    here.clock.advance(hours=2)
    interactions.attempted(here.session, match, here.now, here.now)
    here.reached(match)
    entry = tracker.Entry(here.now, "15-30", "phone", 3, tracker.ticket(), more_needed=True)
    tracker.record(here.session, match, entry, here.now)
    safety.report(here.session, match, safety.ROUTES[0], safety.ticket(), here.now)
    safety.resume(here.session, match, here.now)
    here.close(match)


def late_extended_and_handed_on(here: Here) -> None:
    match = here.in_hand(here.request(), here.supporter())
    here.clock.advance(hours=73)
    here.run()
    interactions.extend(here.session, match, here.now, here.person())
    offers.reassign(here.session, match, here.supporter("Dr Ana Reyes"), here.now)
    here.session.commit()
    here.yes(here.offer(here.session.get_one(Request, match.request_id)))


def declined_lapsed_and_given_up(here: Here) -> None:
    request = here.request(stage="late")
    here.no(here.ask(request, here.supporter()))
    here.ask(request, here.supporter("Dr Ana Reyes"))
    here.clock.advance(days=3)
    here.run()
    local.waive_stage(here.session, request, here.now, here.person())
    local.give_up_here(here.session, request, here.now)
    here.session.commit()


def close_to_them(here: Here) -> None:
    offer = here.ask(here.request(), here.supporter())
    offers.answer_name(here.session, offer, True, here.now)
    here.session.commit()


def another_person_and_withdrawn(here: Here) -> None:
    request = here.request()
    here.in_hand(request, here.supporter())
    here.supporter("Dr Ana Reyes")
    local.another(here.session, request, requests.Wishes(), here.now)
    here.session.commit()
    here.withdraw(request)


def answered_by_phone_and_closed_at_the_desk(here: Here) -> None:
    by = here.person()
    offer = here.ask(here.request(), here.supporter(), by)
    offers.record_answer(here.session, offer, True, here.now, by)
    match = here.session.get_one(Match, offer.thid)
    interactions.reached(here.session, match, here.now, here.now, by)
    here.close(match)


STORIES = (
    from_asking_to_closing,
    late_extended_and_handed_on,
    declined_lapsed_and_given_up,
    close_to_them,
    another_person_and_withdrawn,
    answered_by_phone_and_closed_at_the_desk,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_match_within_the_site_puts_nothing_into_the_outbox(here: Here, story: Story) -> None:
    story(here)
    here.clock.advance(days=1)
    here.run()
    thids = here.session.scalars(select(Match.thid)).all()
    assert len(thids) == 1
    said = here.session.scalars(select(OutboxRow)).all()
    assert [row.type for row in said if (row.type or "").startswith("match.")] == []
    assert [row.thid for row in said if row.thid is not None] == []
    assert thids[0] not in repr(here.agent.said())


def test_the_outbox_itself_refuses_a_match_within_the_site(here: Here) -> None:
    match = here.in_hand(here.request(), here.supporter())
    with pytest.raises(outbox.StaysHereError):
        outbox.queue(here.session, Withdraw(), now=here.now, thid=match.thid)
    assert here.session.scalars(select(OutboxRow)).all() == []


def test_a_request_that_stays_here_after_all_is_not_moved_by_what_the_hub_said_of_before(here: Here) -> None:
    request = here.request(elsewhere=True)
    thid = request.thid
    assert thid is not None
    inter_site_home.status(here.session, thid, "unmatched", here.now, here.now)
    stay.stay_here(here.session, request, here.now, here.person())
    here.session.commit()
    before = len(here.session.scalars(select(OutboxRow)).all())
    match = here.in_hand(request, here.supporter())
    for word in ("looking", "unmatched", "in-touch"):
        inter_site_home.status(here.session, thid, word, here.now + timedelta(hours=1), here.now)
    here.session.commit()
    assert (request.state, match.state) == ("in-hand", "in-hand")
    assert len(here.session.scalars(select(OutboxRow)).all()) == before
