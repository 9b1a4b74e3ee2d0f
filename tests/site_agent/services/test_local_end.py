"""Help from within the site, after the yes: the 72 hours, another supporter, every end, and what is forgotten."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Select, inspect, select

from site_agent.models import Base, CaseKey, ContactClock, Mail, Match, Offer, OutboxRow, Reminder
from site_agent.services import cases, disclosure, interactions, local, request_state, requests, timeline
from site_agent.services import inter_site_helper as helper
from site_agent.services.errors import NoLongerOpenError, NotEligibleError, WrongTimeError
from site_agent.services.requests import Wishes
from tests.support.local import Here, here, site

__all__ = ["here", "site"]

VANCOUVER = ZoneInfo("America/Vancouver")
AGAIN = Wishes(("man",), (), "en")


def rows(here: Here, found: Select) -> list:
    return list(here.session.scalars(found))


@pytest.mark.parametrize(
    ("yes", "due"),
    [
        ("2025-10-31 17:40", "2025-11-03 16:40"),  # the clocks go back on 2 November
        ("2026-03-06 17:40", "2026-03-09 18:40"),  # and forward on 8 March
        ("2025-12-24 09:00", "2025-12-27 09:00"),  # Christmas, then a weekend
    ],
)
def test_nights_weekends_holidays_and_the_change_of_clocks_move_nothing(
    here: Here, yes: str, due: str
) -> None:
    request, uma = here.request(), here.supporter()
    here.clock.at = datetime.fromisoformat(yes).replace(tzinfo=VANCOUVER).astimezone(UTC)
    match = here.in_hand(request, uma)
    assert match.due_at is not None
    assert match.due_at.astimezone(VANCOUVER).strftime("%Y-%m-%d %H:%M") == due
    assert match.due_at - here.now == timedelta(hours=72)


def test_at_the_limit_the_coordinator_hears_once_and_the_time_was_not_kept(here: Here) -> None:
    here.person()
    match = here.in_hand(here.request(), here.supporter())
    assert match.due_at is not None
    here.clock.at = match.due_at - timedelta(seconds=1)
    here.run()
    assert (match.state, here.outcomes(), here.mails("coordinator")) == ("in-hand", ["running"], [])
    here.clock.at = match.due_at
    here.run()
    here.run()
    assert (match.state, here.outcomes(), len(here.mails("coordinator"))) == ("overdue", ["not-met"], 1)


def test_a_limit_that_passed_while_the_machine_was_off_was_not_kept(here: Here) -> None:
    request = here.request()
    here.in_hand(request, here.supporter())
    here.clock.advance(hours=80)
    here.withdraw(request)
    assert here.outcomes() == ["not-met"]


def test_a_limit_of_this_site_does_not_run_by_the_hubs_clock(here: Here) -> None:
    state = here.session.get_one(local.outbox.LinkState, 1)
    match = here.in_hand(here.request(), here.supporter())
    state.hub_offset_seconds = -86_400
    here.session.commit()
    try:
        here.clock.at = match.due_at or here.now
        here.run()
        assert match.state == "overdue"
    finally:
        state.hub_offset_seconds = 0
        here.session.commit()


def test_a_message_left_in_time_keeps_the_time_even_if_it_is_recorded_late(here: Here) -> None:
    match = here.in_hand(here.request(), here.supporter())
    began = here.now
    here.clock.advance(hours=73)
    here.run()
    assert here.outcomes() == ["not-met"]
    interactions.attempted(here.session, match, began + timedelta(hours=70), here.now)
    assert (here.outcomes(), match.state, match.reached_at) == (["met"], "in-touch", None)


def test_an_attempt_after_the_limit_is_an_attempt_and_not_in_time(here: Here) -> None:
    match = here.in_hand(here.request(), here.supporter())
    here.clock.advance(hours=73)
    here.reached(match)
    assert (here.outcomes(), match.state) == (["not-met"], "in-touch")


def test_the_time_is_given_once_more_and_only_once(here: Here) -> None:
    by = here.person()
    match = here.in_hand(here.request(), here.supporter())
    here.clock.advance(hours=72)
    here.run()
    interactions.extend(here.session, match, here.now, by)
    assert (match.state, match.due_at) == ("in-hand", here.now + timedelta(hours=72))
    assert [(e.code, e.by) for e in timeline.of(here.session, match.thid)][-1] == ("extended", by)
    with pytest.raises(NoLongerOpenError):
        interactions.extend(here.session, match, here.now, by)
    here.clock.advance(hours=72)
    here.run()
    assert (match.state, here.outcomes()) == ("overdue", ["not-met"])


def test_no_attempt_lies_in_the_future_or_before_the_yes(here: Here) -> None:
    match = here.in_hand(here.request(), here.supporter())
    for at in (here.now + timedelta(minutes=1), here.now - timedelta(minutes=6)):
        with pytest.raises(WrongTimeError):
            interactions.attempted(here.session, match, at, here.now)


def test_reassigning_ends_the_first_ones_access_in_that_minute(here: Here) -> None:
    first, second = here.supporter(), here.supporter("Dr Vic Lund")
    request = here.request()
    match = here.in_hand(request, first)
    before = here.offer(request)
    here.clock.advance(hours=73)
    here.run()
    after = helper.reassign(here.session, match, second, here.now)
    here.session.commit()
    assert disclosure.contact(here.session, before, here.now) is None
    assert disclosure.name(here.session, before, here.now) is None
    assert disclosure.offered_card(here.session, before) is None
    assert [mail.to for mail in here.mails("taken-care-of")] == [first.email]
    assert (match.state, request.state, match.due_at) == ("asked", "looking", None)
    assert disclosure.contact(here.session, after, here.now) is None
    here.clock.advance(hours=2)
    here.yes(after)
    assert match.due_at == here.now + timedelta(hours=72)
    assert here.outcomes() == ["not-met", "running"]
    assert [event.code for event in timeline.of(here.session, match.thid)] == ["overdue", "reassigned"]


def test_what_the_first_one_says_late_does_not_count_for_the_second(here: Here) -> None:
    first, second = here.supporter(), here.supporter("Dr Vic Lund")
    match = here.in_hand(here.request(), first)
    stale = match.supporter_id
    after = helper.reassign(here.session, match, second, here.now)
    with pytest.raises(NoLongerOpenError):
        interactions.reached(here.session, match, here.now, here.now)
    here.session.rollback()
    helper.reassign(here.session, match, second, here.now)
    here.yes(here.session.merge(after))
    here.clock.advance(hours=1)
    # The row as the first one's page read it, a moment before the second one's yes.
    match.__dict__["supporter_id"] = stale
    with pytest.raises(NoLongerOpenError):
        interactions.reached(here.session, match, here.now, here.now)
    here.session.rollback()
    assert here.outcomes() == ["excused", "running"]


def test_another_person_with_wishes_said_anew(here: Here) -> None:
    here.person()
    first, second = here.supporter(), here.supporter("Dr Vic Lund")
    request = here.request()
    match = here.in_hand(request, first)
    here.reached(match)
    local.another(here.session, request, AGAIN, here.now)
    here.session.commit()
    assert (request.state, match.state, match.supporter_id) == ("looking", "proposed", None)
    details = requests.all_details(here.session, request)
    assert details is not None
    assert details.wishes == ("man",)
    assert [mail.to for mail in here.mails("taken-care-of")] == [first.email]
    assert here.listed(request) == [second.name]
    assert len(here.mails("coordinator")) == 1
    here.in_hand(request, second)
    assert here.outcomes() == ["met", "running"]


def test_another_person_can_be_asked_by_itself(here: Here) -> None:
    here.set("next_by_itself", "yes")
    request = here.request()
    match = here.in_hand(request, here.supporter())
    second = here.supporter("Dr Vic Lund")
    local.another(here.session, request, AGAIN, here.now)
    assert (match.state, match.supporter_id) == ("asked", second.supporter_id)


def test_only_who_is_helped_asks_for_another_person(here: Here) -> None:
    request, uma = here.request(), here.supporter()
    for _ in range(2):
        with pytest.raises(NoLongerOpenError):
            local.another(here.session, request, AGAIN, here.now)
        here.session.rollback()
        if local.match_of(here.session, request) is None:
            here.ask(request, uma)
    with pytest.raises(NoLongerOpenError):
        requests.rematch(here.session, request, AGAIN, here.now)


def test_going_elsewhere_ends_what_was_begun_here(here: Here) -> None:
    request = here.request()
    offer = here.ask(request, here.supporter())
    requests.look_elsewhere(here.session, request, here.now, here.person())
    here.session.commit()
    match = local.match_of(here.session, request)
    assert match is not None
    assert (request.state, request.elsewhere, match.state) == ("looking", True, "ended")
    assert (offer.state, offer.supporter_id) == ("not-taken", None)
    with pytest.raises(NoLongerOpenError):
        helper.accept(here.session, offer, here.now)
    here.session.rollback()
    sent = rows(here, select(OutboxRow))
    assert [row.type for row in sent] == ["match.request"]
    assert sent[0].thid == request.thid != match.thid


def test_nobody_here_is_asked_about_what_went_elsewhere(here: Here) -> None:
    request, uma = here.request(), here.supporter()
    here.no(here.ask(request, uma))
    match = local.match_of(here.session, request)
    assert match is not None
    requests.look_elsewhere(here.session, request, here.now)
    with pytest.raises(NoLongerOpenError):
        request_state.asked_here(here.session, match, here.now)
    with pytest.raises(NotEligibleError):
        helper.ask(here.session, match, here.supporter("Dr Vic Lund"), here.now)


def test_whoever_is_helped_here_does_not_go_elsewhere_by_a_slip(here: Here) -> None:
    request = here.request()
    here.in_hand(request, here.supporter())
    with pytest.raises(NoLongerOpenError):
        requests.look_elsewhere(here.session, request, here.now)


def test_giving_up_tells_whoever_helps(here: Here) -> None:
    request, uma = here.request(), here.supporter()
    match = here.in_hand(request, uma)
    local.give_up_here(here.session, request, here.now, here.person())
    assert (request.state, match.state, here.outcomes()) == ("unmatched", "ended", ["excused"])
    assert [mail.to for mail in here.mails("taken-care-of")] == [uma.email]


@pytest.mark.parametrize("when", ["proposed", "asked", "in-hand", "overdue", "in-touch"])
def test_withdrawing_wins_at_any_time(here: Here, when: str) -> None:
    uma = here.supporter()
    request = here.request()
    offer = here.ask(request, uma)
    match = here.session.get_one(Match, offer.thid)
    if when == "proposed":
        here.no(offer)
    elif when != "asked":
        here.yes(offer)
        here.clock.advance(hours=73 if when == "overdue" else 1)
        here.run()
        if when == "in-touch":
            here.reached(match)
    n_told = 1 if when in ("in-hand", "overdue", "in-touch") else 0
    here.withdraw(request)
    here.withdraw(request)
    assert (request.state, match.state, match.supporter_id) == ("withdrawn", "ended", None)
    ends = {"proposed": [], "asked": [], "in-hand": ["excused"], "overdue": ["not-met"], "in-touch": ["met"]}
    assert here.outcomes() == ends[when]
    assert len(here.mails("taken-care-of")) == n_told
    for late in (interactions.attempted, interactions.reached):
        with pytest.raises(NoLongerOpenError):
            late(here.session, match, here.now, here.now)
    here.session.rollback()
    assert {row.thid for row in rows(here, select(OutboxRow))} <= {None}


def test_after_closing_no_row_joins_anybody_who_did_not_take_it(here: Here) -> None:
    others = [here.supporter(f"Dr Other {letter}") for letter in "ABC"]
    helper_, request = here.supporter(), here.request()
    here.no(here.ask(request, others[0]))
    here.ask(request, others[1])
    here.clock.advance(hours=24)
    here.run()
    match = here.in_hand(request, others[2])
    here.clock.advance(hours=25)
    here.run()
    taken = helper.reassign(here.session, match, helper_, here.now)
    here.yes(taken)
    here.clock.advance(hours=25)
    here.run()
    here.reached(match)
    here.close(match)
    assert rows(here, select(Offer)) == []
    assert rows(here, select(Reminder)) == []
    waiting = [mail.to for mail in rows(here, select(Mail)) if mail.to]
    assert waiting == [others[2].email]  # "nothing more to do", which no row joins to the request
    names = {each.supporter_id for each in others} | {each.name for each in others}
    ours = {request.request_id, match.thid, request.ref}
    for table in Base.metadata.sorted_tables:
        for row in here.session.execute(table.select()):
            values = {value for value in row if isinstance(value, str)}
            assert not (values & names and values & ours), table.name


def test_mail_that_still_waits_is_not_sent_to_whoever_has_nothing_more_to_do(here: Here) -> None:
    request, uma = here.request(), here.supporter()
    here.no(here.ask(request, uma))
    assert [(mail.state, mail.to, mail.link, mail.kind) for mail in rows(here, select(Mail))] == [
        ("failed", None, None, None)
    ]


def test_closing_forgets_who_was_asked_and_keeps_the_name_for_its_time(here: Here) -> None:
    request = here.request()
    match = here.in_hand(request, here.supporter())
    here.reached(match)
    here.close(match)
    assert match.case_id is None
    assert disclosure.contact(here.session, match, here.now) is None
    assert cases.open_(here.session, request.case_id, "identity", request.identity) is not None
    here.clock.advance(days=30)
    here.run()
    assert rows(here, select(CaseKey)) == []


def test_a_close_that_was_a_slip_is_taken_back_with_everything(here: Here) -> None:
    by = here.person()
    uma, vic = here.supporter(), here.supporter("Dr Vic Lund")
    request = here.request(wishes=AGAIN)
    here.no(here.ask(request, uma))
    requests.close(here.session, request, here.now, by)
    here.session.commit()
    assert local.next_step(here.session, request, here.now) is None
    here.clock.advance(minutes=9)
    here.run()
    requests.reopen(here.session, request, here.now, by)
    here.session.commit()
    assert request.state == "looking"
    details = requests.all_details(here.session, request)
    assert details is not None
    assert details.wishes == ("man",)
    assert here.listed(request) == [vic.name]
    here.in_hand(request, vic)
    codes = [event.code for event in timeline.of(here.session, request.request_id)]
    assert codes == ["recorded", "asked-here", "closed", "reopened", "in-hand"]


def test_after_ten_minutes_a_close_stands_and_its_wishes_go(here: Here) -> None:
    request = here.request()
    here.no(here.ask(request, here.supporter()))
    requests.close(here.session, request, here.now)
    here.session.commit()
    here.clock.advance(minutes=10)
    with pytest.raises(NoLongerOpenError):
        requests.reopen(here.session, request, here.now)
    here.session.rollback()
    here.run()
    assert (request.wishes, request.avoid) == (None, None)
    assert rows(here, select(Offer)) == []


def test_a_request_that_was_reopened_waits_for_somebody_to_be_asked(here: Here) -> None:
    request = here.request()
    here.no(here.ask(request, here.supporter()))
    requests.close(here.session, request, here.now)
    requests.reopen(here.session, request, here.now)
    match = local.match_of(here.session, request)
    assert (match.state, local.waits_since(request, match)) == ("proposed", here.now)
    local.give_up_here(here.session, request, here.now)
    requests.close(here.session, request, here.now)
    requests.reopen(here.session, request, here.now)
    assert local.waits_since(request, match) == here.now


def test_a_new_request_reopens_as_new(here: Here) -> None:
    request = here.request()
    requests.close(here.session, request, here.now)
    requests.reopen(here.session, request, here.now)
    assert request.state == "new"


def test_a_request_that_is_asked_about_or_helped_is_not_closed_past_the_supporter(here: Here) -> None:
    request = here.request()
    offer = here.ask(request, here.supporter())
    for _ in range(2):
        with pytest.raises(NoLongerOpenError):
            requests.close(here.session, request, here.now)
        here.session.rollback()
        here.yes(offer)


def test_no_column_of_the_clock_could_say_whose_run_it_was() -> None:
    columns = set(inspect(ContactClock).columns.keys())
    assert columns == {"clock_id", "thid", "started_at", "due_at", "outcome", "ended_at"}
