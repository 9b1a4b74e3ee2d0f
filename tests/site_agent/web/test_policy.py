"""The policy: every figure and choice stands there with its source; each change is numbered, checked and named."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from site_agent.models import Activity, Person, PolicyChange
from site_agent.services import policy
from site_agent.web import policy_words
from site_agent.web.policy_questions import DISPUTED
from tests.support.desk import ORIGIN, Desk, text_of

ALL = {**policy.NUMBERS, **policy.CHOICES, **policy.TEXTS}
CHANGED = {
    **{name: str(rule.most if rule.most != rule.default else rule.least) for name, rule in policy.NUMBERS.items()},
    **{name: rule.options[-1] for name, rule in policy.CHOICES.items()},
    **dict.fromkeys(policy.TEXTS, "555"), "leave_to": "https://www.example.ca/weather",
    "nudge_first_hours": "25", "nudge_second_hours": "49", "contact_hours": "96", "advertise_days": "8",
}  # fmt: skip


def change(client: FlaskClient, name: str, value: str, was: str | None = None) -> TestResponse:
    before = str(policy.default_of(name)) if was is None else was
    return client.post(
        f"/settings/policy/{name}", data={"value": value, "was": before}, follow_redirects=True
    )


def version(desk: Desk) -> int:
    with desk.session() as session:
        return policy.version(session)


def test_every_setting_has_words_a_place_and_a_source(desk: Desk, coordinator: FlaskClient) -> None:
    placed = [name for _heading, names in policy_words.GROUPS.values() for name in names]
    assert sorted(placed) == sorted(set(ALL) - set(policy_words.FIXED)) == sorted(policy_words.NAMED)
    shown = text_of(coordinator.get("/settings/policy"))
    for name in placed:
        assert policy.source_of(name) in shown
        assert str(policy_words.NAMED[name].label) in shown
    assert not re.search(r"\b[A-M](0\d|1\d)\b|requirement", shown), "a coordinator knows no such document"
    assert "2555 days (7 years)" in shown


def test_every_option_has_words() -> None:
    assert set(policy_words.OPTION) == {
        (name, option) for name, rule in policy.CHOICES.items() for option in rule.options
    }


def test_the_twelve_questions_stand_there_and_what_a_rule_fixes_cannot_be_changed(
    desk: Desk, coordinator: FlaskClient
) -> None:
    assert len(DISPUTED) == 12
    assert all(each.setting or each.rule for each in DISPUTED)
    answer = coordinator.get("/settings/policy")
    shown = text_of(answer)
    for n, each in enumerate(DISPUTED, start=1):
        assert f"{n}. {each.question}" in shown
        assert str(each.positions) in shown
        if each.setting:
            assert f'href="/settings/policy/{each.setting}"' in answer.text
    assert shown.count("Fixed by a rule.") == sum(each.setting is None for each in DISPUTED) == 5
    for fixed in ("group_module", "recipient_survey", "evaluator", "nothing"):
        assert coordinator.post(f"/settings/policy/{fixed}", data={"value": "yes"}).status_code == 404


@pytest.mark.parametrize("name", [name for name in ALL if name not in policy_words.FIXED])
def test_every_setting_can_be_changed_and_makes_a_version(
    desk: Desk, coordinator: FlaskClient, name: str
) -> None:
    assert coordinator.get(f"/settings/policy/{name}").status_code == 200
    answer = change(coordinator, name, CHANGED[name])
    assert answer.status_code == 200
    assert "This is version 1 of the policy" in text_of(answer)
    with desk.session() as session:
        (row,) = session.scalars(select(PolicyChange)).all()
        assert (row.name, row.value, row.at) == (name, CHANGED[name], desk.now)
        assert policy.values(session)[name] == CHANGED[name]
        assert session.scalars(select(Activity.code)).all() == ["policy-changed"]
    shown = text_of(answer)
    assert "Coordinator Person, version 1" in shown
    history = text_of(coordinator.get("/settings/policy/history"))
    for value in (str(policy.default_of(name)), CHANGED[name]):
        assert policy_words.value_words(name, value) in history


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("talks", "", "Enter a whole number"),
        ("talks", "0", "Enter a number from 1 to 20"),
        ("talks", "21", "Enter a number from 1 to 20"),
        ("talks", "three", "Enter a whole number"),
        ("talks", "9" * 400, "Enter a number from 1 to 20"),
        ("talks", "٣" * 3, "Enter a number from 1 to 20"),
        ("seniority", "maybe", "Not a valid choice"),
        ("seniority", "", "Select one"),
        ("programme_phone", "", "Enter what people should read"),
        ("programme_phone", "1" * 41, "40 characters or fewer"),
        ("programme_phone", "1-800\u202e", "invisible character"),
        ("leave_to", "http://weather.gc.ca/", "Enter an address like https://weather.gc.ca/"),
        ("leave_to", "javascript:alert(1)", "Enter an address like https://weather.gc.ca/"),
        ("nudge_second_hours", "72", "does not go with “From the match to a first attempt at contact”"),
        ("nudge_second_hours", "24", "does not go with “First reminder of the contact”"),
        ("contact_hours", "three", "Enter a whole number"),
        ("contact_hours", " ", "Enter a whole number"),
        ("contact_hours", "48", "does not go with “Second reminder of the contact”"),
        ("coded_days", "30", "does not go with “A name is kept after closing”"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_on_the_form(
    desk: Desk, coordinator: FlaskClient, name: str, value: str, said: str
) -> None:
    answer = change(coordinator, name, value)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert f'value="{value}"' in answer.text or name == "seniority" or "\u202e" in value
    assert version(desk) == 0


def test_a_limit_that_stands_in_the_way_is_one_press_away(desk: Desk, coordinator: FlaskClient) -> None:
    way = 'href="/settings/policy/nudge_second_hours">Change “Second reminder of the contact” first</a>'
    assert way in change(coordinator, "contact_hours", "48").text
    assert "first</a>" not in change(coordinator, "contact_hours", "three").text


def test_a_line_of_the_keepers_may_be_left_empty(desk: Desk, coordinator: FlaskClient) -> None:
    change(coordinator, "keeper_phone", "250-555-0199")
    assert change(coordinator, "keeper_phone", "", was="250-555-0199").status_code == 200
    assert version(desk) == 2


def test_a_value_that_holds_already_makes_no_version(desk: Desk, coordinator: FlaskClient) -> None:
    assert "Nothing was changed" in text_of(change(coordinator, "talks", "3"))
    assert version(desk) == 0


def test_what_somebody_else_changed_meanwhile_is_shown_before_it_is_changed_again(
    desk: Desk, coordinator: FlaskClient
) -> None:
    change(desk.client("lead"), "talks", "5")
    answer = change(coordinator, "talks", "4")
    assert answer.status_code == 422
    assert "Somebody has changed this to “5”" in text_of(answer)
    assert 'name="was" type="hidden" value="5"' in answer.text
    assert 'value="4"' in answer.text
    assert version(desk) == 1


def test_the_history_names_who_it_was_and_what_stood_before(desk: Desk, coordinator: FlaskClient) -> None:
    assert "Nothing was changed yet" in text_of(coordinator.get("/settings/policy/history"))
    change(coordinator, "talks", "5")
    desk.clock.advance(hours=1)
    change(desk.client("lead"), "talks", "2", was="5")
    with desk.session() as session:
        policy.put(session, "talks", 3, desk.now)
    shown = text_of(coordinator.get("/settings/policy/history"))
    lines = [
        f"Version {n} Talks before closing or passing on {change}"
        for n, change in ((3, "2 3"), (2, "5 2"), (1, "3 5"))
    ]
    places = [shown.index(line) for line in lines]
    assert places == sorted(places)
    assert "the command line" in shown
    assert "Lead Person" in shown


def test_a_deputy_reads_the_policy_and_changes_nothing(desk: Desk) -> None:
    token = desk.sign_in("deputy")
    with desk.session() as session:
        person = session.scalars(select(Person).where(Person.roles == ("deputy",))).one()
        person.deputy_until = desk.now.date()
    deputy = desk.client(None)
    with deputy.session_transaction(base_url=ORIGIN) as cookie:
        cookie["token"], cookie["seen"] = token, int(desk.now.timestamp())
    answer = deputy.get("/settings/policy")
    assert answer.status_code == 200
    assert "/settings/policy/talks" not in answer.text
    assert deputy.get("/settings/policy/talks").status_code == 403
    assert deputy.post("/settings/policy/talks", data={"value": "5", "was": "3"}).status_code == 403


def test_the_crisis_line_at_the_foot_of_every_page_is_the_sites_own(
    desk: Desk, coordinator: FlaskClient
) -> None:
    assert 'href="tel:988"' in desk.client(None).get("/help").text
    change(coordinator, "crisis_phone", "1-833-456-4566")
    assert 'href="tel:18334564566"' in desk.client(None).get("/help").text.split("<footer")[1]


def test_the_page_asks_the_database_as_often_with_many_changes(desk: Desk, coordinator: FlaskClient) -> None:
    asked: list[str] = []
    with desk.session() as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *about: asked.append(about[2]))
    counted = []
    for n_changes in (1, 30):
        with desk.session() as session:
            for n in range(n_changes):
                policy.put(session, "talks", n % 5 + 4, desk.now)
        asked.clear()
        coordinator.get("/settings/policy")
        counted.append(len(asked))
    assert counted[0] == counted[1]
