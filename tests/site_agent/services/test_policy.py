"""The policy as data: what holds, what stood before, and which limits must follow one another."""

from datetime import timedelta
from typing import Any

import pytest

from site_agent.services import policy
from site_agent.services.errors import SettingError
from tests.support.agent import Agent, add_person


def test_every_setting_has_a_value_a_default_and_a_source(session: Any) -> None:
    values = policy.values(session)
    assert set(values) == {*policy.NUMBERS, *policy.CHOICES, *policy.TEXTS}
    for name, value in values.items():
        assert value == str(policy.default_of(name))
        assert policy.source_of(name)
    with pytest.raises(KeyError):
        policy.default_of("recipient_survey")


def test_each_change_is_numbered_with_what_stood_before_and_who_it_was(session: Any, cedar: Agent) -> None:
    cora = add_person(session, cedar.now).person_id
    policy.put(session, "talks", 4, cedar.now, cora)
    policy.put(session, "seniority", "off", cedar.now + timedelta(hours=1))
    policy.put(session, "talks", 2, cedar.now + timedelta(hours=2), cora)
    found = [(each.version, each.name, each.before, each.value, each.by) for each in policy.changes(session)]
    assert found == [
        (3, "talks", "4", "2", cora),
        (2, "seniority", "on", "off", None),
        (1, "talks", "3", "4", cora),
    ]
    assert policy.version(session) == 3


def test_a_value_that_holds_already_is_no_change(session: Any, cedar: Agent) -> None:
    policy.put(session, "talks", 3, cedar.now)
    policy.put(session, "crisis_phone", " 9-8-8 ", cedar.now)
    assert (policy.version(session), policy.changes(session)) == (0, [])


def test_what_is_set_back_to_the_default_is_a_change(session: Any, cedar: Agent) -> None:
    policy.put(session, "talks", 4, cedar.now)
    policy.put(session, "talks", 3, cedar.now)
    assert [(each.before, each.value) for each in policy.changes(session)] == [("4", "3"), ("3", "4")]


def test_only_the_keepers_line_may_be_empty(session: Any, cedar: Agent) -> None:
    policy.put(session, "keeper_phone", "250-555-0199", cedar.now)
    policy.put(session, "keeper_phone", "", cedar.now)
    assert policy.text(session, "keeper_phone") == ""
    for name in ("programme_phone", "crisis_phone", "agreement_version"):
        with pytest.raises(SettingError):
            policy.put(session, name, "", cedar.now)


@pytest.mark.parametrize("fixed", ["yes", "No", ""])
def test_a_choice_that_a_rule_fixes_takes_no_other_value(fixed: str, session: Any, cedar: Agent) -> None:
    with pytest.raises(SettingError):
        policy.put(session, "group_module", fixed, cedar.now)


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("nudge_first_hours", 48, "nudge_second_hours"), ("nudge_second_hours", 72, "contact_hours"),
        ("contact_hours", 48, "nudge_second_hours"), ("identity_days", 2555, "coded_days"),
        ("capacity_days", 7, "advertise_days"), ("contact_hours", 49, None), ("talks", 20, None),
    ],
)  # fmt: skip
def test_limits_that_follow_one_another_stay_in_order(
    name: str, value: int, other: str | None, session: Any
) -> None:
    assert policy.out_of_order(session, name, value) == other


def test_the_defaults_are_in_order(session: Any) -> None:
    for name, rule in policy.NUMBERS.items():
        assert policy.out_of_order(session, name, rule.default) is None
        assert rule.least <= rule.default <= rule.most


@pytest.mark.parametrize(
    "address",
    [
        "weather.gc.ca", "http://weather.gc.ca/", "javascript:alert(1)", "https://", "https://user@example.ca/",
        "https://example.ca/a b", "https://[", "//weather.gc.ca", "https://nodots/",
    ],
)  # fmt: skip
def test_nobody_is_led_to_what_is_no_page_on_a_private_line(session: Any, address: str) -> None:
    with pytest.raises(SettingError):
        policy.put(session, "leave_to", address)


def test_a_page_elsewhere_may_have_a_port_a_path_and_a_query(session: Any, cedar: Agent) -> None:
    policy.put(session, "leave_to", "https://meteo.example.ca:8443/bc?lang=en", cedar.now)
    assert policy.text(session, "leave_to").endswith("bc?lang=en")
