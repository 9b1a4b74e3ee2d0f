"""The roster, what the hub is told of it, and the set-up tasks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from protocol.messages.offers import Capacity
from site_agent.models import Enrolment, Site, Supporter
from site_agent.services import policy, roster, setup
from site_agent.services.errors import InvalidSupporterError, SettingError
from tests.support.agent import Agent, a_request, add_supporter

NEW = roster.Details("Dr Uma Ross", " Uma@Example.ca ", "mid")


def test_adding_tidies_the_address(session: Any, cedar: Agent) -> None:
    assert roster.add(session, NEW, cedar.now).email == "uma@example.ca"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "Q" * 121), ("name", "Two\nlines"), ("email", "nobody"), ("email", "a b@c.ca"),
        ("stage", "learner"), ("languages", ()), ("languages", ("xx",)), ("modalities", ()), ("gender", "x"),
        ("posts", ("king",)), ("max_open", 0), ("max_open", 10), ("phone", "1" * 21), ("name", "Back\u202eward"),
        ("name", "\u200d"), ("email", "a" * 250 + "@b.ca"), ("foundations_on", date(1999, 12, 31)),
        ("practice_on", date(2099, 1, 1)),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_field(field: str, value: Any, session: Any, cedar: Agent) -> None:
    with pytest.raises(InvalidSupporterError) as raised:
        roster.add(session, replace(NEW, **{field: value}), cedar.now)
    assert raised.value.fields == (field,)


def test_accents_and_capitals_do_not_move_a_name_to_the_end(session: Any, cedar: Agent) -> None:
    for n, name in enumerate(("Bo Lind", "Åse Berg", "zoe Noel", "Asa Bell", "Élise Roy")):
        add_supporter(session, cedar.now, name, email=f"s{n}@example.ca")
    names = [each.name for each in roster.everybody(session)]
    assert names == ["Asa Bell", "Åse Berg", "Bo Lind", "Élise Roy", "zoe Noel"]


def test_an_address_belongs_to_one_supporter(session: Any, cedar: Agent) -> None:
    first = roster.add(session, NEW, cedar.now)
    with pytest.raises(InvalidSupporterError):
        roster.add(session, replace(NEW, name="Somebody else"), cedar.now)
    roster.update(session, first, replace(NEW, name="Dr Uma Ross-Lee"), cedar.now)
    assert first.name == "Dr Uma Ross-Lee"


def test_the_status_says_what_is_missing_first(session: Any, cedar: Agent) -> None:
    supporter = add_supporter(session, cedar.now)

    def status() -> str:
        return roster.status(session, supporter, cedar.now)

    assert status() == "ready"
    supporter.max_open = 0
    assert status() == "full"
    roster.pause(session, supporter, date(2026, 12, 1), cedar.now)
    assert status() == "paused"
    supporter.agreement_version = None
    assert status() == "unsigned"
    supporter.practice_on = None
    assert status() == "untrained"
    roster.resume(session, supporter, cedar.now)
    assert (supporter.paused, supporter.paused_until) == (False, None)


def test_many_states_take_as_many_queries_as_one(session: Any, cedar: Agent) -> None:
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *about: asked.append(about[2]))
    for n in range(9):
        add_supporter(session, cedar.now, f"Dr No {n}")
    several = roster.everybody(session)
    session.commit()
    for everybody in (several[:1], several):
        [each.name for each in everybody]
        asked.clear()
        roster.statuses(session, everybody, cedar.now)
        counted = len(asked)
        assert counted <= 4
    assert roster.statuses(session, several, cedar.now) == {each.supporter_id: "ready" for each in several}


def bands(told: Capacity) -> dict[str, str]:
    return {band.stage: band.open for band in told.bands}


def test_capacity_is_told_in_bands_by_the_stage_of_who_would_ask(session: Any, cedar: Agent) -> None:
    add_supporter(session, cedar.now, "Dr Early", stage="early", languages=("en", "pa"))
    add_supporter(session, cedar.now, "Dr Mid", stage="mid", max_open=2, modalities=("video",))
    told = roster.capacity(session, cedar.now)
    assert bands(told) == {"learner": "3+", "early": "3+", "mid": "1-2", "late": "0", "unknown": "3+"}
    assert told.languages == ("en", "pa")
    assert told.modalities == ("in-person", "phone", "video")
    assert told.until == cedar.now + timedelta(days=14)
    assert "Dr" not in str(told)


def test_a_way_of_talking_that_nobody_offers_is_not_told(session: Any, cedar: Agent) -> None:
    """To the hub `any` means every way, so it would ask this site about talks that nobody here can have."""
    add_supporter(session, cedar.now, modalities=("phone",))
    assert roster.capacity(session, cedar.now).modalities == ("phone",)


def test_without_a_place_all_bands_are_nought(session: Any, cedar: Agent) -> None:
    told = roster.capacity(session, cedar.now)
    assert set(bands(told).values()) == {"0"}
    assert told.modalities == ("any",)


def told(cedar: Agent) -> int:
    return len(cedar.said("offers.capacity"))


def test_the_hub_is_told_weekly_and_when_the_site_stops_or_starts(session: Any, cedar: Agent) -> None:
    policy.put(session, "capacity_told", "at-once")
    assert not roster.advertise_if_due(session, cedar.now)
    first = add_supporter(session, cedar.now)
    assert roster.advertise_if_due(session, cedar.now)
    add_supporter(session, cedar.now, "Dr Second", max_open=5)
    assert not roster.advertise_if_due(session, cedar.now)
    cedar.clock.advance(days=7)
    assert roster.advertise_if_due(session, cedar.now)
    for supporter in session.query(Supporter):
        roster.pause(session, supporter, None, cedar.now)
    assert roster.advertise_if_due(session, cedar.now)
    assert not roster.advertise_if_due(session, cedar.now)
    roster.resume(session, first, cedar.now)
    assert roster.advertise_if_due(session, cedar.now)
    assert told(cedar) == 4


@pytest.mark.parametrize("zone", ["America/Vancouver", "America/Edmonton"])
def test_that_it_stops_or_starts_is_told_at_six_in_the_morning_and_no_sooner(
    session: Any, cedar: Agent, zone: str
) -> None:
    """Of a small site the hub would know the hour at which a match begins and ends."""
    session.get_one(Site, 1).zone = zone
    only = add_supporter(session, cedar.now)
    assert roster.advertise_if_due(session, cedar.now), "a first place tells of no match"
    six = datetime(2026, 11, 4, 6, tzinfo=ZoneInfo(zone))
    for state in ("0", "1-2"):
        if state == "0":
            roster.pause(session, only, None, cedar.now)
        else:
            roster.resume(session, only, cedar.now)
        for at in (cedar.now, six - timedelta(hours=7), six - timedelta(seconds=1)):
            assert not roster.advertise_if_due(session, at), at
        assert roster.advertise_if_due(session, six)
        assert not roster.advertise_if_due(session, six + timedelta(hours=1))
        assert bands(cedar.said("offers.capacity")[-1].body)["mid"] == state
        cedar.clock.at = (six + timedelta(hours=3)).astimezone(UTC)
        six += timedelta(days=1)


def test_a_machine_that_was_off_at_six_tells_when_it_is_on_again(session: Any, cedar: Agent) -> None:
    only = add_supporter(session, cedar.now)
    roster.advertise_if_due(session, cedar.now)
    roster.pause(session, only, None, cedar.now)
    cedar.clock.advance(days=1, hours=5)
    assert roster.advertise_if_due(session, cedar.now)


def test_what_a_clock_told_that_was_far_ahead_is_told_anew_once_it_is_right(
    session: Any, cedar: Agent
) -> None:
    only = add_supporter(session, cedar.now)
    roster.advertise_if_due(session, cedar.now + timedelta(days=300))
    roster.pause(session, only, None, cedar.now)
    assert roster.advertise_if_due(session, cedar.now)
    assert bands(cedar.said("offers.capacity")[-1].body)["mid"] == "0"
    assert not roster.advertise_if_due(session, cedar.now + timedelta(hours=1))


def test_a_place_that_was_taken_and_freed_between_two_mornings_is_never_told(
    session: Any, cedar: Agent
) -> None:
    only = add_supporter(session, cedar.now)
    roster.advertise_if_due(session, cedar.now)
    roster.pause(session, only, None, cedar.now)
    roster.advertise_if_due(session, cedar.now + timedelta(hours=2))
    roster.resume(session, only, cedar.now + timedelta(hours=5))
    assert not roster.advertise_if_due(session, cedar.now + timedelta(days=1))
    assert told(cedar) == 1


def test_a_site_that_is_not_enrolled_tells_nobody(session: Any, cedar: Agent) -> None:
    add_supporter(session, cedar.now)
    session.get_one(Enrolment, 1).state = "pending"
    assert not roster.advertise_if_due(session, cedar.now)


def test_settings_have_bounds_and_sources(session: Any) -> None:
    assert policy.number(session, "contact_hours") == 72
    assert policy.text(session, "programme_phone") == "1-800-663-6729"
    assert policy.text(session, "crisis_phone") == "9-8-8"
    policy.put(session, "contact_hours", 48)
    policy.put(session, "contact_hours", 60)
    assert policy.number(session, "contact_hours") == 60
    for name, value in (
        ("contact_hours", 0),
        ("contact_hours", "60"),
        ("programme_phone", " "),
        ("crisis_phone", "9\n8"),
    ):
        with pytest.raises(SettingError):
            policy.put(session, name, value)
    assert all(rule.source for rule in (*policy.NUMBERS.values(), *policy.TEXTS.values()))


def test_the_task_list_ticks_what_is_done(session: Any, cedar: Agent) -> None:
    from site_agent.services import requests

    done = {task.code: task.done for task in setup.tasks(session)}
    assert done == {"site": True, "enrolment": True, "supporter": False, "form": False, "mail": False}
    add_supporter(session, cedar.now)
    requests.record(session, a_request(cedar.now), cedar.now)
    done = {task.code: task.done for task in setup.tasks(session)}
    assert (done["supporter"], done["form"]) == (True, True)
