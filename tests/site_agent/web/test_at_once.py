"""Two presses in the same moment: one of them counts, and the other is told so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from site_agent.models import Mail, Offer, OutboxRow, Person, Request
from tests.site_agent.web.steps import ANSWERS, CAME
from tests.support.desk import Desk, draft_of

N_THREADS = 8


def press_at_once(clients: list[FlaskClient], path: str, typed: list[dict[str, str]]) -> list[int]:
    """Everybody presses in the same moment; the statuses."""
    ready = Barrier(len(clients))

    def press(client: FlaskClient, data: dict[str, str]) -> TestResponse:
        ready.wait()
        return client.post(path, data=data)

    with ThreadPoolExecutor(len(clients)) as pool:
        return [answer.status_code for answer in pool.map(press, clients, typed)]


def count(desk: Desk, kind: type[Any]) -> int:
    with desk.session() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def browsers(desk: Desk, n: int) -> list[FlaskClient]:
    return [desk.client() for _ in range(n)]


def test_a_form_that_is_sent_twice_at_once_is_recorded_once(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    draft_id = draft_of(coordinator.post("/requests/new", data=CAME))
    for step, typed in ANSWERS.items():
        coordinator.post(f"/requests/new/{draft_id}/{step}", data=typed)
    cookie = coordinator.get_cookie("__Host-session", domain="localhost")
    assert cookie is not None
    tabs = browsers(desk, N_THREADS)
    for tab in tabs:
        tab.set_cookie("__Host-session", cookie.value, domain="localhost", secure=True)
    statuses = press_at_once(tabs, f"/requests/new/{draft_id}/check", [{}] * N_THREADS)
    assert sorted(statuses) == [200] + [303] * (N_THREADS - 1)
    assert (count(desk, Request), count(desk, OutboxRow)) == (1, 1)


def test_eight_coordinators_who_ask_at_once_make_one_offer(desk: Desk) -> None:
    desk.enrol()
    who = [desk.supporter(f"Dr. No {n}", email=f"n{n}@example.ca") for n in range(N_THREADS)]
    thid = desk.match()
    asked = [{"supporter": supporter} for supporter in who]
    assert set(press_at_once(browsers(desk, N_THREADS), f"/elsewhere/{thid}/ask", asked)) == {303}
    assert (count(desk, Offer), count(desk, Mail)) == (1, 1)


def test_two_who_invite_one_address_at_once_make_one_account(desk: Desk) -> None:
    """A writer is alone from the first thing that it asks, so nobody looks before the other has written."""
    typed = {"name": "Morgan Tran", "email": "morgan@example.ca", "roles": "lead"}
    statuses = press_at_once(browsers(desk, N_THREADS), "/settings/people/new", [typed] * N_THREADS)
    assert sorted(statuses) == [303] + [422] * (N_THREADS - 1)
    with desk.session() as session:
        assert len(session.scalars(select(Person).where(Person.email == "morgan@example.ca")).all()) == 1


def test_one_place_is_not_taken_by_two_requests_at_once(desk: Desk) -> None:
    desk.enrol()
    supporter = desk.supporter()
    both = [desk.match(), desk.match()]
    ready = Barrier(2)

    def press(thid: str) -> None:
        client = desk.client()
        ready.wait()
        client.post(f"/elsewhere/{thid}/ask", data={"supporter": supporter})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, both))
    assert count(desk, Offer) == 1


def test_a_request_that_two_send_elsewhere_at_once_sets_out_once(desk: Desk) -> None:
    desk.enrol()
    request_id = desk.request()
    press_at_once(
        browsers(desk, N_THREADS), f"/requests/{request_id}/elsewhere", [{"said_so": "y"}] * N_THREADS
    )
    assert count(desk, OutboxRow) == 1
