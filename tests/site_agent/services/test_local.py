"""Help from within the site: who may be asked, the answers, and that there is always a next step."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from protocol.messages.handover import Identity
from site_agent.extensions import db
from site_agent.models import Event, Mail, Match, Offer, OutboxRow, Request
from site_agent.services import disclosure, evaluators, interactions, local, requests, stay, timeline
from site_agent.services import inter_site_helper as helper
from site_agent.services.errors import NoLongerOpenError, NotEligibleError
from site_agent.services.evaluators import Physician
from site_agent.services.requests import Wishes
from tests.support.agent import IDENTITY, a_request
from tests.support.local import Here, here, site

__all__ = ["here", "site"]


def codes(here: Here, *subjects: str) -> list[tuple[str, str | None]]:
    return [(event.code, event.by) for event in timeline.of(here.session, *subjects)]


def test_the_plain_way_from_asking_to_closing(here: Here) -> None:
    uma, by = here.supporter(), here.person()
    request = here.request()
    assert local.next_step(here.session, request, here.now) == "ask"
    offer = here.ask(request, uma, by)
    assert (request.state, here.mails("offer")[0].to) == ("looking", uma.email)
    assert local.next_step(here.session, request, here.now) is None
    match = here.yes(offer)
    assert (request.state, match.state, match.is_local) == ("in-hand", "in-hand", True)
    assert match.due_at == here.now + timedelta(hours=72)
    here.clock.advance(hours=3)
    interactions.attempted(here.session, match, here.now, here.now)
    assert (request.state, match.state) == ("in-touch", "in-touch")
    here.clock.advance(hours=1)
    here.reached(match)
    assert here.outcomes() == ["met"]
    here.close(match)
    assert (request.state, match.state, match.jottings_destroyed) == ("closed", "closed", True)
    assert codes(here, request.request_id)[1:] == [
        ("asked-here", by), ("in-hand", None), ("in-touch", None), ("closed", None),
    ]  # fmt: skip
    assert codes(here, match.thid) == [("attempted", None), ("reached", None)]
    assert here.session.scalars(select(OutboxRow)).all() == []


def test_name_and_reason_come_before_the_yes_and_contact_after_it(here: Here) -> None:
    request, uma = here.request(reason="complaint"), here.supporter()
    offer = here.ask(request, uma)
    card = disclosure.offered_card(here.session, offer)
    assert card is not None
    assert card.reason == "complaint"
    assert disclosure.name(here.session, offer, here.now) == IDENTITY.name
    assert disclosure.contact(here.session, offer, here.now) is None
    here.yes(offer)
    assert disclosure.contact(here.session, offer, here.now) == IDENTITY


def test_a_site_may_hold_the_name_back_until_the_yes(here: Here) -> None:
    here.set("name_before_yes", "no")
    offer = here.ask(here.request(), here.supporter())
    assert disclosure.name(here.session, offer, here.now) is None
    here.yes(offer)
    assert disclosure.name(here.session, offer, here.now) == IDENTITY.name


def test_a_yes_erases_the_wishes(here: Here) -> None:
    request = here.request(wishes=Wishes(("woman", "other-hospital"), (), "en"))
    here.in_hand(request, here.supporter())
    assert (request.wishes, request.avoid) == (None, None)
    details = requests.all_details(here.session, request)
    assert details is not None
    assert details.wishes == ()


@pytest.mark.parametrize("how", ["no", "close", "silence"])
def test_a_no_closeness_and_silence_leave_the_same(here: Here, how: str) -> None:
    here.person()
    request = here.request()
    offer = here.ask(request, here.supporter())
    if how == "silence":
        here.clock.advance(hours=24)
        here.run()
    elif how == "close":
        helper.answer_name(here.session, offer, True, here.now)
    else:
        here.no(offer)
    match = local.match_of(here.session, request)
    assert match is not None
    assert (match.state, match.supporter_id, request.state) == ("proposed", None, "looking")
    assert (offer.state, offer.supporter_id) == ("not-taken", None)
    assert len(here.mails("coordinator")) == 1
    assert here.mails("taken-care-of") == []
    assert [code for code, _ in codes(here, request.request_id, match.thid)] == ["recorded", "asked-here"]


def test_nobody_is_asked_twice_about_one_request(here: Here) -> None:
    request, uma = here.request(), here.supporter()
    here.no(here.ask(request, uma))
    assert here.listed(request) == []
    with pytest.raises(NotEligibleError):
        local.ask(here.session, request, uma, here.now)
    here.session.rollback()
    assert here.listed(here.request()) == [uma.name]


def test_the_next_is_asked_by_itself_only_where_the_site_wants_that(here: Here) -> None:
    first, second = here.request(), here.request()
    for name in ("Dr Uma Ross", "Dr Vic Lund", "Dr Wes Oak"):
        here.supporter(name)
    by_hand = here.ask(first, local.candidates(here.session, first, here.now).candidates[0].supporter)
    here.no(by_hand)
    assert helper.present_offer(here.session, here.session.get_one(Match, by_hand.thid)) is None
    here.set("next_by_itself", "yes")
    by_itself = here.ask(second, local.candidates(here.session, second, here.now).candidates[0].supporter)
    here.no(by_itself)
    asked = here.offer(second)
    assert asked.offer_id != by_itself.offer_id
    here.clock.advance(hours=24)
    here.run()
    third = here.offer(second)
    assert third.offer_id not in (asked.offer_id, by_itself.offer_id)
    here.no(third)
    assert local.next_step(here.session, second, here.now) == "elsewhere"


def test_there_is_always_a_next_step(here: Here) -> None:
    early = here.supporter("Dr Eve Early", stage="early")
    request, by = here.request(stage="late"), here.person()
    assert local.next_step(here.session, request, here.now) == "waive-stage"
    local.waive_stage(here.session, request, here.now, by)
    local.waive_stage(here.session, request, here.now, "somebody else")
    assert request.state == "new"
    match = local.match_of(here.session, request)
    assert match is not None
    assert codes(here, match.thid) == [("stage-waived", by)]
    found = local.candidates(here.session, request, here.now)
    assert "stage-fits" not in found.candidates[0].reasons
    assert local.next_step(here.session, request, here.now) == "ask"
    here.no(here.ask(request, early))
    assert local.next_step(here.session, request, here.now) == "elsewhere"
    local.give_up_here(here.session, request, here.now, by)
    assert request.state == "unmatched"
    assert local.next_step(here.session, request, here.now) == "elsewhere"
    requests.look_elsewhere(here.session, request, here.now, by)
    assert local.next_step(here.session, request, here.now) is None
    request.state = "unmatched"
    assert local.next_step(here.session, request, here.now) == "programme-line"


def test_without_a_hub_the_last_step_is_the_programmes_line(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_enrolled(_session: object) -> str:
        raise local.outbox.NotEnrolledError

    monkeypatch.setattr(local.outbox, "site_id", not_enrolled)
    assert local.next_step(here.session, here.request(), here.now) == "programme-line"


def test_whoever_was_asked_before_giving_up_is_not_asked_again(here: Here) -> None:
    request = here.request()
    here.no(here.ask(request, here.supporter()))
    local.give_up_here(here.session, request, here.now)
    new = here.supporter("Dr Vic Lund")
    assert here.listed(request) == [new.name]
    here.ask(request, new)
    assert request.state == "looking"


def test_availability_comes_first_then_load_then_wishes(here: Here) -> None:
    wish = Wishes(("woman", "other-hospital", "same-specialty"), (), "en")
    here.supporter("Dr Man Free", gender="man", max_open=2)
    woman = here.supporter("Dr Uma Ross", gender="woman", max_open=2)
    busy = here.supporter("Dr Busy Bee", gender="woman", max_open=2)
    here.supporter("Dr Full Up", gender="woman", max_open=1)
    here.in_hand(here.request(), busy)
    full = here.session.scalar(select(type(busy)).where(type(busy).name == "Dr Full Up"))
    here.in_hand(here.request(), full)
    request = here.request(wishes=wish)
    assert here.listed(request) == ["Dr Uma Ross", "Dr Man Free", "Dr Busy Bee"]
    found = local.candidates(here.session, request, here.now)
    assert found.candidates[0].supporter is woman
    assert "wish-woman" in found.candidates[0].reasons
    assert "wish-other-hospital" not in found.candidates[0].reasons
    assert found.n_excluded == 1


def test_an_open_question_is_a_place_taken_and_the_list_says_so(here: Here) -> None:
    one, two = here.supporter("Dr Uma Ross", max_open=2), here.supporter("Dr Vic Moe", max_open=2)
    first, second = here.request(), here.request()
    asked = local.candidates(here.session, first, here.now).candidates[0].supporter
    here.ask(first, asked)
    found = local.candidates(here.session, second, here.now).candidates
    assert [each.supporter for each in found] == [two if asked is one else one, asked]
    assert ["question-open" in each.reasons for each in found] == [False, True]


def test_j10_no_evaluator_is_asked_and_nothing_waives_that(here: Here) -> None:
    head = here.supporter("Dr Head", posts=("department-head",))
    boss = here.supporter("Dr Boss", stage="early")
    evaluators.add(here.session, boss, Physician("zephyrine QUILL"), here.now)
    request = here.request(stage="late", posts=("department-head",))
    here.set("seniority", "off")
    local.waive_stage(here.session, request, here.now, here.person())
    assert here.listed(request) == []
    assert local.candidates(here.session, request, here.now).n_excluded == 2
    for supporter in (head, boss):
        with pytest.raises(NotEligibleError):
            local.ask(here.session, request, supporter, here.now)
        here.session.rollback()
    other = replace(IDENTITY, name="Dr Somebody Else", email="else@example.ca")
    assert set(here.listed(here.request(stage="late", identity=other))) == {"Dr Boss", "Dr Head"}


def test_nobody_supports_themselves(here: Here) -> None:
    uma = here.supporter()
    own = Identity(name=uma.name, ways=("call",), times=("evening",), phone="+12505550143")
    assert here.listed(here.request(identity=own)) == []


def test_j11_the_career_stage_binds_unless_the_site_says_otherwise(here: Here) -> None:
    here.supporter("Dr Eve Early", stage="early")
    request = here.request(stage="mid")
    assert here.listed(request) == []
    assert here.listed(here.request(stage="learner")) == ["Dr Eve Early"]
    here.set("seniority", "off")
    assert here.listed(request) == ["Dr Eve Early"]


def test_the_version_of_the_policy_stands_with_each_decision(here: Here) -> None:
    uma, vic = here.supporter(), here.supporter("Dr Vic Lund")
    request = here.request()
    first = here.ask(request, uma)
    assert (first.policy_version, here.session.get_one(Match, first.thid).policy_version) == (0, 0)
    here.no(first)
    here.set("offer_hours", 12)
    second = here.ask(request, vic)
    assert second.policy_version == here.session.get_one(Match, second.thid).policy_version
    assert (second.policy_version or 0) > 0


def test_an_answer_by_phone_is_marked_with_who_wrote_it_down(here: Here) -> None:
    by = here.person()
    request = here.request()
    helper.record_answer(here.session, here.ask(request, here.supporter()), True, here.now, by)
    assert codes(here, request.request_id)[-1] == ("in-hand", by)
    match = local.match_of(here.session, request)
    assert match is not None
    interactions.reached(here.session, match, here.now, here.now, by)
    assert codes(here, match.thid) == [("yes-by-phone", by), ("attempted", by), ("reached", by)]


def test_a_no_by_phone_leaves_no_more_than_any_other(here: Here) -> None:
    by = here.person()
    request = here.request()
    offer = here.ask(request, here.supporter())
    n_events = len(here.session.scalars(select(Event)).all())
    helper.record_answer(here.session, offer, False, here.now, by)
    assert len(here.session.scalars(select(Event)).all()) == n_events
    assert (offer.state, offer.supporter_id) == ("not-taken", None)


def test_a_request_that_looks_elsewhere_is_not_asked_about_here(here: Here) -> None:
    uma = here.supporter()
    request = here.request(elsewhere=True)
    with pytest.raises(NoLongerOpenError):
        local.ask(here.session, request, uma, here.now)
    assert here.listed(request) == []


def test_after_nobody_elsewhere_a_physician_may_stay_here(here: Here) -> None:
    uma, by = here.supporter(), here.person()
    request = here.request(elsewhere=True, door="form")
    with pytest.raises(NoLongerOpenError):
        stay.stay_here(here.session, request, here.now, by)
    here.session.rollback()
    request.state = "unmatched"
    here.session.commit()
    stay.stay_here(here.session, request, here.now, by)
    assert codes(here, request.request_id)[-1] == ("stays-by-phone", by)
    here.in_hand(request, uma)
    here.withdraw(request)
    assert [row.type for row in here.session.scalars(select(OutboxRow))] == ["match.request"]


def test_two_coordinators_make_one_offer(here: Here) -> None:
    uma, vic = here.supporter(), here.supporter("Dr Vic Lund")
    request = here.request()
    here.ask(request, uma)
    with pytest.raises(NoLongerOpenError):
        local.ask(here.session, request, vic, here.now)
    here.session.rollback()
    assert len(here.session.scalars(select(Offer)).all()) == 1
    assert [mail.to for mail in here.session.scalars(select(Mail)) if mail.kind == "offer"] == [uma.email]


def test_a_new_request_of_the_same_physician_starts_clean(here: Here) -> None:
    uma = here.supporter()
    request = here.request()
    here.no(here.ask(request, uma))
    here.withdraw(request)
    again = requests.record(here.session, a_request(here.now, elsewhere=False), here.now).request
    assert here.listed(again) == [uma.name]
    assert again.case_id != request.case_id


@contextmanager
def counted() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_a_list_of_requests_costs_as_many_queries_as_one(here: Here) -> None:
    for n in range(5):
        here.supporter(f"Dr Number {n}", max_open=9)
    n_queries, steps = [], {}
    for n_more in (1, 11):
        for _ in range(n_more):
            request = here.request()
            here.no(
                here.ask(request, local.candidates(here.session, request, here.now).candidates[0].supporter)
            )
        here.session.commit()
        waiting = list(here.session.scalars(select(Request)))
        with counted() as said:
            steps = local.next_steps(here.session, waiting, here.now)
        n_queries.append(len(said))
    assert n_queries[0] == n_queries[1] <= 14
    assert {step.code for step in steps.values()} == {"ask"}
    assert len(steps) == 12
    for request_id, step in steps.items():
        found = local.candidates(here.session, here.session.get_one(Request, request_id), here.now)
        assert step.first is not None
        assert step.first.supporter is found.candidates[0].supporter


def test_j10_holds_in_a_list_as_it_does_for_one(here: Here) -> None:
    boss, uma = here.supporter("Dr Boss"), here.supporter()
    evaluators.add(here.session, boss, Physician("Somebody Else", "quill@example.ca"), here.now)
    others = [
        replace(IDENTITY, name="Zephyrine Quill", email="QUILL@example.ca"),
        replace(IDENTITY, name="Dr Uma Ross", email=None),
        replace(IDENTITY, name="Dr New", email=uma.email),
    ]
    each = [evaluators.supporters_assessing(here.session, identity) for identity in others]
    assert each == [{boss.supporter_id}, {uma.supporter_id}, {uma.supporter_id}]
    assert evaluators.assessing_each(here.session, others) == each
