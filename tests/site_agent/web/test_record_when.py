"""When a request came: now, today, yesterday or on another day; the hours that a clock change makes odd."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from site_agent.models import Draft, Request
from tests.site_agent.web.steps import ANSWERS, CAME, fill_here, send
from tests.support.desk import Desk, draft_of, text_of


def received(desk: Desk) -> str:
    with desk.session() as session:
        return session.scalars(select(Request.received_at)).one().isoformat()


def test_just_now_is_the_minute_of_the_answer_not_of_the_check(desk: Desk, coordinator: FlaskClient) -> None:
    draft_id = fill_here(coordinator, {"door": "phone", "asked": "now", "place": "here"})
    desk.clock.advance(minutes=25)
    send(coordinator, draft_id)
    assert received(desk) == "2026-11-03T17:00:00+00:00"


@pytest.mark.parametrize(
    ("asked", "at", "utc"),
    [("today", "8:15 am", "2026-11-03T15:15:00+00:00"), ("yesterday", "16:40", "2026-11-02T23:40:00+00:00")],
)
def test_today_and_yesterday_take_a_time_only(desk: Desk, asked: str, at: str, utc: str) -> None:
    desk.clock.at = datetime(2026, 11, 4, 6, 30, tzinfo=UTC)  # half an hour before midnight at the site
    coordinator = desk.client()
    typed = {"door": "inbox", "asked": asked, "received_at-time": at, "place": "here"}
    draft_id = fill_here(coordinator, typed)
    desk.clock.advance(minutes=50)
    send(coordinator, draft_id)
    assert received(desk) == utc, "today is the day on which it was typed"


def test_the_day_is_there_already_for_who_wants_another(coordinator: FlaskClient) -> None:
    page = coordinator.get("/requests/new").text
    for value in ('value="3"', 'value="11"', 'value="2026"'):
        assert value in page
    assert 'am"' not in page, "the time is typed"


def test_what_stands_on_paper_was_not_asked_just_now(coordinator: FlaskClient) -> None:
    answer = coordinator.post("/requests/new", data=CAME | {"asked": "now"})
    assert answer.status_code == 422
    assert "the time stands on the sheet" in text_of(answer)


def autumn(desk: Desk, coordinator: FlaskClient, **more: str) -> TestResponse:
    """1:30 am on the night in which the clocks went back."""
    desk.clock.at = datetime(2025, 11, 3, 17, tzinfo=UTC)
    typed = {"received_at-day": "2", "received_at-year": "2025", "received_at-time": "1:30 am"}
    return coordinator.post("/requests/new", data=CAME | {"place": "here"} | typed | more)


def test_an_hour_that_came_twice_is_asked_about_and_kept(desk: Desk, coordinator: FlaskClient) -> None:
    coordinator = desk.client()
    answer = autumn(desk, coordinator)
    assert answer.status_code == 422
    shown = text_of(answer)
    assert "01:30 came twice" in shown
    assert "The second, an hour later" in shown
    assert 'value="1:30 am"' in answer.text


@pytest.mark.parametrize(("which", "hour"), [("first", "08"), ("second", "09")])
def test_the_hour_that_was_meant_is_kept(desk: Desk, which: str, hour: str) -> None:
    desk.clock.at = datetime(2025, 11, 3, 17, tzinfo=UTC)
    coordinator = desk.client()
    draft_id = draft_of(autumn(desk, coordinator, **{"received_at-which": which}))
    for step, typed in (ANSWERS | {"wishes": {}}).items():
        coordinator.post(f"/requests/new/{draft_id}/{step}", data=typed)
    send(coordinator, draft_id)
    assert received(desk) == f"2025-11-02T{hour}:30:00+00:00"


def test_yesterday_asks_which_of_two_hours_too(desk: Desk) -> None:
    desk.clock.at = datetime(2025, 11, 3, 17, tzinfo=UTC)
    coordinator = desk.client()
    typed = {"door": "phone", "asked": "yesterday", "received_at-time": "1:30 am", "place": "here"}
    answer = coordinator.post("/requests/new", data=typed)
    assert answer.status_code == 422
    assert "Which of the two hours was it?" in text_of(answer)
    assert coordinator.post("/requests/new", data=typed | {"received_at-which": "first"}).status_code == 303


def test_an_hour_that_never_came_is_refused(desk: Desk) -> None:
    desk.clock.at = datetime(2025, 3, 10, 17, tzinfo=UTC)
    coordinator = desk.client()
    other = {"received_at-day": "9", "received_at-month": "3", "received_at-year": "2025"}
    for typed in (
        {"asked": "yesterday", "received_at-time": "2:30 am"},
        other | {"received_at-time": "2:30 am"},
    ):
        answer = coordinator.post("/requests/new", data=CAME | typed)
        assert answer.status_code == 422
        assert "02:30 was skipped" in text_of(answer)


DOORS = [
    ({"received_at-day": "31", "received_at-month": "2"}, "Enter a real date"),
    ({"received_at-day": "4"}, "must be in the past"),
    ({"received_at-year": "2024"}, "more than a year ago"),
    ({"received_at-time": "25:00"}, "Enter a time like 4:40 pm"),
    (
        {"received_at-time": "25:00", "received_at-month": "13"},
        "The month needs a number from 1 to 12 or a name, like 3 or Mar. Enter a time like 4:40 pm or 16:40",
    ),
    ({"received_at-time": ""}, "Fill in what is missing: Time"),
    ({"received_at-month": "Novembre 2"}, "The month needs a number"),
    ({"asked": ""}, "Select when they asked"),
    ({"asked": "never"}, "Not a valid choice"),
    ({"asked": "today", "received_at-time": ""}, "Enter the time at which they asked"),
    ({"asked": "today", "received_at-time": "half past"}, "Enter a time like 4:40 pm"),
    ({"asked": "today", "received_at-time": "11:50 pm"}, "must be in the past"),
    ({"asked": "yesterday", "received_at-time": "9" * 600}, "Enter a time like 4:40 pm"),
    (
        {"received_at-day": "", "received_at-month": "", "received_at-year": "", "received_at-time": ""},
        "Enter the day and time",
    ),
    ({"place": ""}, "Select where the supporter should come from"),
    ({"door": "form"}, "Not a valid choice"),
    ({"door": ""}, "Select how the physician asked"),
]


@pytest.mark.parametrize(("wrong", "said"), DOORS)
def test_an_impossible_first_answer_is_refused_and_kept(
    desk: Desk, coordinator: FlaskClient, wrong: dict[str, str], said: str
) -> None:
    answer = coordinator.post("/requests/new", data=CAME | wrong)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert (
        'value="2026"' in answer.text
        or 'value="2024"' in answer.text
        or not wrong.get("received_at-year", "x")
    )
    with desk.session() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0
