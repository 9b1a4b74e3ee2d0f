"""Leaving: at once or after a last day, and back again; no reason is asked anywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from site_agent.models import Supporter
from tests.support.desk import Desk, text_of

LATER = {"when": "later", "last_day-day": "30", "last_day-month": "11", "last_day-year": "2026"}


def test_who_leaves_at_once_is_off_the_roster(desk: Desk, coordinator: FlaskClient) -> None:
    supporter = desk.supporter()
    assert "When do they leave?" in text_of(coordinator.get(f"/supporters/{supporter}/leave"))
    assert desk.row(Supporter, supporter).left_at is None
    answer = coordinator.post(f"/supporters/{supporter}/leave", data={"when": "now"}, follow_redirects=True)
    assert "Nobody is on the roster yet" in text_of(answer)
    assert coordinator.get(f"/supporters/{supporter}").status_code == 404


def test_who_gives_notice_stays_until_the_last_day_is_over(desk: Desk, coordinator: FlaskClient) -> None:
    supporter = desk.supporter()
    answer = coordinator.post(f"/supporters/{supporter}/leave", data=LATER, follow_redirects=True)
    shown = text_of(answer)
    assert "Leaving" in shown
    assert "Mon 30 Nov 2026" in shown
    assert f'action="/supporters/{supporter}/stay"' in answer.text
    assert "Leaving" in text_of(coordinator.get("/supporters"))
    coordinator.post(f"/supporters/{supporter}/stay")
    assert desk.row(Supporter, supporter).left_at is None


def test_after_the_last_day_nothing_is_taken_back(desk: Desk, coordinator: FlaskClient) -> None:
    supporter = desk.supporter()
    coordinator.post(f"/supporters/{supporter}/leave", data=LATER)
    with desk.session() as session:
        session.get_one(Supporter, supporter).left_at = desk.now - timedelta(minutes=1)
    assert coordinator.post(f"/supporters/{supporter}/stay").status_code == 404
    assert "Nobody is on the roster yet" in text_of(coordinator.get("/supporters"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Select when they leave"),
        ({"when": "soon"}, "Not a valid choice"),
        ({"when": "later"}, "Enter their last day"),
        (LATER | {"last_day-year": "2025"}, "today or later"),
        (LATER | {"last_day-year": "2062"}, "within two years"),
        (LATER | {"last_day-day": "31"}, "Enter a real date"),
        (LATER | {"last_day-month": ""}, "Fill in what is missing"),
    ],
)
def test_what_cannot_be_is_refused(
    desk: Desk, coordinator: FlaskClient, typed: dict[str, str], said: str
) -> None:
    supporter = desk.supporter()
    answer = coordinator.post(f"/supporters/{supporter}/leave", data=typed)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert desk.row(Supporter, supporter).left_at is None
    if "last_day-day" in typed:
        assert f'value="{typed["last_day-day"]}"' in answer.text


def test_who_comes_back_is_added_like_anybody(desk: Desk, coordinator: FlaskClient) -> None:
    supporter = desk.supporter("Dr. Ada Okafor", email="ada@example.ca")
    coordinator.post(f"/supporters/{supporter}/leave", data={"when": "now"})
    ada = {"name": "Dr. Ada Okafor", "email": "ada@example.ca", "stage": "late", "languages": "en"}
    ada |= {"modalities": "phone", "max_open": "1", "gender": "not-said"}
    answer = coordinator.post("/supporters/new", data=ada, follow_redirects=True)
    assert "Training to finish" in text_of(answer)
    assert desk.row(Supporter, supporter).agreement_at is None
