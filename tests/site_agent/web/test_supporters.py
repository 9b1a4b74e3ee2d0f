"""The roster: adding, changing and pausing; nobody is asked before training and agreement; impossible input."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from protocol.codes import LANGUAGES
from site_agent.models import Mail, Supporter
from tests.support.desk import Desk, text_of

ADA: dict[str, Any] = {
    "name": "Dr. Ada Okafor",
    "email": "ada@example.ca",
    "phone": "250 555 0199",
    "stage": "late",
    "languages": ["en", "pa"],
    "modalities": ["phone"],
    "max_open": "2",
    "gender": "woman",
    "posts": ["department-head"],
    "foundations_on-day": "17",
    "foundations_on-month": "9",
    "foundations_on-year": "2025",
    "practice_on-day": "",
    "practice_on-month": "",
    "practice_on-year": "",
}


def mails(desk: Desk) -> int:
    with desk.session() as session:
        return session.scalar(select(func.count()).select_from(Mail).where(Mail.kind == "agreement")) or 0


def test_a_supporter_is_kept_as_entered(desk: Desk, coordinator: FlaskClient) -> None:
    answer = coordinator.post("/supporters/new", data=ADA, follow_redirects=True)
    shown = text_of(answer)
    assert "Training to finish" in shown
    assert "English, Punjabi" in shown
    assert "Wed 17 Sep 2025" in shown
    assert 'href="tel:+12505550199"' in answer.text
    assert 'href="mailto:' in answer.text
    with desk.session() as session:
        row = session.scalars(select(Supporter)).one()
        assert (row.phone, row.max_open, row.languages) == ("+12505550199", 2, ("en", "pa"))


WRONG = [
    ({"name": ""}, "Enter the supporter’s name"),
    ({"name": "A" * 121}, "120 characters or fewer"),
    ({"name": "Back\u202eward"}, "invisible character"),
    ({"name": "A" + "\u0316" * 20}, "a pile of accents"),
    ({"email": "a" * 250 + "@example.ca"}, "254 characters or fewer"),
    ({"email": ""}, "Enter an email address"),
    ({"email": "ada@"}, "Enter an email address like"),
    ({"phone": "12"}, "Enter a phone number with its area code"),
    ({"phone": "250 555 0199 ext. 12345"}, "Leave out the extension"),
    ({"stage": "learner"}, "Not a valid choice"),
    ({"languages": []}, "Select at least one language"),
    ({"modalities": []}, "Select at least one way to talk"),
    ({"max_open": "0"}, "Enter a number from 1 to 9"),
    ({"max_open": "many"}, "Enter a whole number"),
    ({"foundations_on-month": "13"}, "The month needs a number"),
    ({"foundations_on-year": "2027"}, "today or earlier"),
    ({"foundations_on-year": "1925"}, "four digits"),
    ({"foundations_on-day": "31"}, "Enter a real date"),
    ({"foundations_on-year": ""}, "Fill in what is missing"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_what_cannot_be_is_refused_with_everything_kept(
    desk: Desk, coordinator: FlaskClient, wrong: dict[str, Any], said: str
) -> None:
    answer = coordinator.post("/supporters/new", data=ADA | wrong)
    assert answer.status_code == 422
    assert said in text_of(answer)
    if "name" not in wrong:
        assert 'value="Dr. Ada Okafor"' in answer.text
    with desk.session() as session:
        assert session.scalar(select(func.count()).select_from(Supporter)) == 0


@pytest.mark.parametrize(
    "name", ["=1+1", "<script>alert(1)</script>", "علی‌رضا کمالی", "שרה לוי", "Zoë Noël", "xʷməθkʷəy̓əm"]
)
def test_a_name_of_any_script_is_shown_as_it_is(desk: Desk, coordinator: FlaskClient, name: str) -> None:
    answer = coordinator.post("/supporters/new", data=ADA | {"name": name}, follow_redirects=True)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    for page in (answer, coordinator.get("/supporters")):
        assert name in text_of(page)


def test_every_language_can_be_chosen_and_those_chosen_are_in_sight(
    desk: Desk, coordinator: FlaskClient
) -> None:
    answer = coordinator.post(
        "/supporters/new", data=ADA | {"languages": list(LANGUAGES)}, follow_redirects=True
    )
    assert "American Sign Language" in text_of(answer)
    form = coordinator.get("/supporters/new").text
    assert form.count('name="languages"') == len(LANGUAGES) == 30
    assert "<details" in form
    assert "<details open" not in " ".join(form.split()).replace('class="govuk-details" ', "")
    with_punjabi = coordinator.get(f"/supporters/{desk.supporter(languages=('pa',))}/edit").text
    assert re.search(r"<details[^>]* open", with_punjabi)


def test_an_address_that_somebody_has_is_refused(desk: Desk, coordinator: FlaskClient) -> None:
    coordinator.post("/supporters/new", data=ADA)
    answer = coordinator.post(
        "/supporters/new", data=ADA | {"name": "Dr. Another", "email": "ADA@example.ca"}
    )
    assert answer.status_code == 422
    assert "has this address" in text_of(answer)


def test_changes_are_kept_and_the_form_shows_what_is_there(desk: Desk, coordinator: FlaskClient) -> None:
    supporter = desk.supporter()
    form = coordinator.get(f"/supporters/{supporter}/edit").text
    assert 'value="(250) 555-0199"' in form
    coordinator.post(f"/supporters/{supporter}/edit", data=ADA | {"stage": "mid"})
    assert desk.row(Supporter, supporter).stage == "mid"


def test_a_pause_can_be_undone_at_once(desk: Desk, coordinator: FlaskClient) -> None:
    supporter = desk.supporter()
    answer = coordinator.post(f"/supporters/{supporter}/pause", follow_redirects=True)
    assert "Paused" in text_of(answer)
    assert f'action="/supporters/{supporter}/resume"' in answer.text
    assert "Undo" in text_of(answer)
    coordinator.post(f"/supporters/{supporter}/resume")
    assert desk.row(Supporter, supporter).paused is False


def test_a_pause_has_a_last_day_in_the_future_or_none(desk: Desk, coordinator: FlaskClient) -> None:
    supporter = desk.supporter()
    day = {"until-day": "3", "until-month": "11", "until-year": "2026"}
    answer = coordinator.post(f"/supporters/{supporter}/pause", data=day)
    assert answer.status_code == 422
    assert "after today" in text_of(answer)
    for odd, said in (
        ({"until-month": "13"}, "The month needs a number"), ({"until-year": ""}, "Fill in what is missing"),
        ({"until-year": "2062"}, "within two years"), ({"until-day": "x" * 300}, "The day needs a number"),
    ):  # fmt: skip
        wrong = coordinator.post(f"/supporters/{supporter}/pause", data=day | odd)
        assert said in text_of(wrong)
        assert desk.row(Supporter, supporter).paused is False
    coordinator.post(f"/supporters/{supporter}/pause", data=day | {"until-day": "4"})
    assert desk.row(Supporter, supporter).paused_until.isoformat() == "2026-11-04"


def test_the_agreement_is_mailed_and_the_pin_stays(desk: Desk, coordinator: FlaskClient) -> None:
    supporter = desk.supporter(signed=False)
    with desk.session() as session:
        session.get_one(Supporter, supporter).pin_hash = "x"
    coordinator.post(f"/supporters/{supporter}/agreement")
    assert (desk.row(Supporter, supporter).pin_hash, mails(desk)) == ("x", 1)


def test_everybody_who_has_not_signed_is_mailed_with_one_press(desk: Desk, coordinator: FlaskClient) -> None:
    desk.supporter()
    desk.supporter("Dr. Bo Lind", signed=False)
    desk.supporter("Dr. Cy Third", signed=False)
    assert "2 supporters have not signed it" in text_of(coordinator.get("/supporters"))
    answer = coordinator.post("/supporters/agreements", follow_redirects=True)
    assert "2 links are on their way" in text_of(answer)
    assert mails(desk) == 2


def test_states_are_said_in_words(desk: Desk, coordinator: FlaskClient) -> None:
    desk.supporter("Dr. Ready One")
    desk.supporter("Dr. Untrained Two", practice_on=None)
    desk.supporter("Dr. Unsigned Three", signed=False)
    desk.match("in-hand", desk.supporter("Dr. Full Four"))
    with desk.session() as session:
        row = session.get_one(Supporter, desk.supporter("Dr. Paused Five"))
        row.paused, row.paused_until = True, (desk.now + timedelta(days=3)).date()
    shown = text_of(coordinator.get("/supporters"))
    for words in ("Taking requests", "Training to finish", "Agreement to sign", "No open place", "Paused"):
        assert words in shown


def test_a_page_of_a_supporter_says_nothing_of_whom_they_helped(desk: Desk, coordinator: FlaskClient) -> None:
    supporter = desk.supporter()
    thid = desk.match("in-hand", supporter)
    answer = coordinator.get(f"/supporters/{supporter}")
    assert thid not in answer.text
    assert "Canary" not in answer.text


def test_a_long_roster_comes_in_pages(
    desk: Desk, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("site_agent.web.supporters.PAGE", 3)
    for n in range(4):
        desk.supporter(f"Dr. No {n}", email=f"n{n}@example.ca")
    assert "Page 1 of 2" in text_of(coordinator.get("/supporters"))
    last = text_of(coordinator.get("/supporters?page=2"))
    assert "Dr. No 3" in last
    assert "Dr. No 1" not in last
    for odd in ("0", "99", "x"):
        assert coordinator.get(f"/supporters?page={odd}").status_code == 200


@pytest.mark.parametrize("to", ["all", "one"])
def test_without_a_mail_server_the_agreement_is_said_to_wait(
    desk: Desk, coordinator: FlaskClient, to: str
) -> None:
    who = desk.supporter(signed=False)
    path = "/supporters/agreements" if to == "all" else f"/supporters/{who}/agreement"
    assert "on its way" in text_of(coordinator.post(path, follow_redirects=True))
    desk.without_mail()
    said = text_of(coordinator.post(path, follow_redirects=True))
    assert "the message waits here and goes as soon as it is (Settings, mail server)." in said
    assert "on its way" not in said
