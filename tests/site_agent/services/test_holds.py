"""The legal hold, the statutory floor and the coded row's end: what is due goes, what the law keeps stays."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from site_agent.models import (
    Activity,
    CaseKey,
    ContactClock,
    Event,
    Interaction,
    Match,
    Offer,
    Reminder,
    Request,
)
from site_agent.services import (
    activity,
    disclosure,
    holds,
    interactions,
    local,
    match_end,
    policy,
    retention,
    tracker,
)
from tests.site_agent.services.conftest import Helped, helped, kettle
from tests.support.agent import add_person, add_supporter
from tests.support.local import Here, here, site

__all__ = ["helped", "here", "kettle", "site"]
CODED = timedelta(days=policy.NUMBERS["coded_days"].default)


def closed(here: Here) -> Request:
    """A request of this site that was helped with one talk."""
    request = here.request()
    match = here.in_hand(request, here.supporter())
    here.reached(match)
    tracker.record(
        here.session, match, tracker.Entry(here.now, "15-30", "phone", 3, tracker.ticket()), here.now
    )
    here.close(match)
    return request


def test_a_held_request_is_not_erased_by_its_age_and_lifting_resumes(here: Here) -> None:
    request, by = closed(here), here.person()
    assert holds.put(here.session, request, here.now, by)
    assert not holds.put(here.session, request, here.now, by), "twice is once"
    retention.run(here.session, here.now + CODED + timedelta(days=1))
    assert disclosure.own_identity(here.session, request) is not None
    assert holds.lift(here.session, request, here.now, by)
    assert not holds.lift(here.session, request, here.now, by)
    retention.run(here.session, here.now + timedelta(days=30))
    assert disclosure.own_identity(here.session, request) is None
    codes = here.session.scalars(select(Event.code).where(Event.subject == request.request_id)).all()
    assert [code for code in codes if code.startswith("hold")] == ["hold-set", "hold-lifted"]
    lines = here.session.execute(select(Activity.code, Activity.person_id).order_by(Activity.code)).all()
    assert [tuple(line) for line in lines] == [("hold-lifted", by), ("hold-set", by)]


def test_a_held_match_from_elsewhere_keeps_name_and_card_past_its_end_and_nobody_who_declined(
    helped: Helped, session: Any
) -> None:
    match = helped.in_hand(session, add_supporter(session, helped.now))
    by = add_person(session, helped.now).person_id
    holds.put(session, match, helped.now, by)
    interactions.close(session, match, helped.now)
    retention.run(session, helped.now + CODED + timedelta(days=1))
    assert disclosure.card(session, match) is not None
    assert session.scalars(select(Offer)).all() == []
    holds.lift(session, match, helped.now, by)
    retention.run(session, helped.now)
    assert (match.case_id, match.card, match.identity) == (None, None, None)
    assert session.scalars(select(CaseKey)).all() == []


def test_one_that_ends_unconfirmed_under_a_hold_keeps_its_history(helped: Helped, session: Any) -> None:
    add_supporter(session, helped.now)
    match = helped.propose(session)
    holds.put(session, match, helped.now, add_person(session, helped.now).person_id)
    match_end.pass_on(session, match, helped.now)
    codes = session.scalars(select(Event.code).where(Event.subject == match.thid)).all()
    assert set(codes) == {"proposed", "hold-set"}


def test_no_identity_goes_before_the_floor(here: Here) -> None:
    here.set("floor_days", 365)
    request = closed(here)
    retention.run(here.session, here.now + timedelta(days=364))
    assert request.identity is not None
    retention.run(here.session, here.now + timedelta(days=365))
    assert request.identity is None


def test_no_coded_row_goes_before_the_floor(here: Here) -> None:
    here.set("coded_days", 60)
    here.set("floor_days", 90)
    request_id = closed(here).request_id
    retention.run(here.session, here.now + timedelta(days=89))
    assert here.session.get(Request, request_id) is not None
    retention.run(here.session, here.now + timedelta(days=90))
    assert here.session.get(Request, request_id) is None


def test_the_coded_row_takes_everything_that_hangs_on_it(here: Here) -> None:
    closed(here)
    retention.run(here.session, here.now + CODED)
    for table in (Request, Match, Interaction, ContactClock, Event, Reminder, Offer, CaseKey):
        assert here.session.scalars(select(table)).all() == [], table


def test_what_is_open_has_no_age(here: Here) -> None:
    request = here.request()
    here.in_hand(request, here.supporter())
    retention.run(here.session, here.now + 2 * CODED)
    assert request.identity is not None
    assert local.match_of(here.session, request) is not None


def test_a_damaged_value_keeps_nothing_from_being_erased(here: Here) -> None:
    request = closed(here)
    request.identity = b"\0" * 40
    retention.run(here.session, here.now + timedelta(days=30))
    assert (request.case_id, request.identity) == (None, None)


def test_old_lines_of_the_log_go_with_the_rows(here: Here) -> None:
    activity.note(here.session, here.person(), "policy-changed", None, here.now)
    retention.run(here.session, here.now + CODED - timedelta(seconds=1))
    assert len(here.session.scalars(select(Activity)).all()) == 1
    retention.run(here.session, here.now + CODED)
    assert here.session.scalars(select(Activity)).all() == []
