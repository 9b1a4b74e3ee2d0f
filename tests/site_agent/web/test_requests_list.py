"""The list of requests: what is open and what is over, from both sides, and one by its reference; nobody is named."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from site_agent.models import Request
from site_agent.web.refs import ref_of
from site_agent.web.requests_list import N_SHOWN
from tests.site_agent.web.helping import asked
from tests.support.desk import Desk, text_of


def listed(client: FlaskClient, **query: str) -> str:
    return text_of(client.get("/requests", query_string=query))


def ref(desk: Desk, request_id: str) -> str:
    return str(desk.row(Request, request_id).ref)


def test_each_view_shows_its_own(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    here, over = ref(desk, desk.request()), ref(desk, desk.request(state="closed"))
    foreign, ended = ref_of(desk.match()), ref_of(desk.match("ended"))
    views = {
        "open": {here, foreign},
        "own": {here},
        "elsewhere": {foreign},
        "over": {over, ended},
        "nonsense": {here, foreign},
    }
    for show, expected in views.items():
        shown = listed(coordinator, show=show)
        assert {each for each in (here, over, foreign, ended) if each in shown} == expected, show


def test_an_own_request_says_who_is_asked_and_where_it_stands(desk: Desk, coordinator: FlaskClient) -> None:
    asked(desk, coordinator)
    shown = listed(coordinator)
    assert "Dr. Ada Okafor Supporter asked" in shown


def test_what_has_ended_names_no_supporter(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    desk.match("closed", desk.supporter())
    shown = listed(coordinator, show="over")
    assert "Closed" in shown
    assert "Okafor" not in shown


def test_no_physician_is_named_in_any_view(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    desk.request()
    desk.request(elsewhere=True)
    desk.request(state="withdrawn")
    desk.match("in-hand", desk.supporter())
    for show in ("open", "own", "elsewhere", "over"):
        assert "Canary" not in coordinator.get("/requests", query_string={"show": show}).text


def test_one_is_found_by_its_reference_however_it_is_typed(desk: Desk, coordinator: FlaskClient) -> None:
    desk.enrol()
    wanted, other = ref(desk, desk.request(state="closed")), ref(desk, desk.request())
    foreign = ref_of(desk.match("ended"))
    assert other not in listed(coordinator, ref=f" {wanted.lower()} ")
    assert wanted in listed(coordinator, ref=wanted)
    assert foreign in listed(coordinator, ref=foreign.lower())


@pytest.mark.parametrize(
    "typed", ["ZZZZ", "x" * 5000, "<script>alert(1)</script>", "=1+1", "שלום", "' OR 1=1"]
)
def test_a_reference_that_nobody_has_finds_nothing(desk: Desk, coordinator: FlaskClient, typed: str) -> None:
    desk.request()
    answer = coordinator.get("/requests", query_string={"ref": typed})
    assert answer.status_code == 200
    assert "No request is called" in text_of(answer)
    assert "<script>alert" not in answer.text


def test_what_is_over_comes_a_page_at_a_time(desk: Desk, coordinator: FlaskClient) -> None:
    for _each in range(N_SHOWN + 1):
        desk.request(state="closed")
    first = coordinator.get("/requests?show=over")
    assert first.text.count('href="/requests/') - 1 == N_SHOWN
    assert "Page 1 of 2" in text_of(first)
    assert "Page 2 of 2" in listed(coordinator, show="over", page="2")
    assert coordinator.get("/requests?show=over&page=-3").status_code == 200
    assert coordinator.get("/requests?show=over&page=words").status_code == 200


def test_a_pasted_control_character_costs_no_search(desk: Desk, coordinator: FlaskClient) -> None:
    answer = coordinator.get("/requests?ref=AB%00C")
    assert answer.status_code == 200
    assert "A reference has four letters" in text_of(answer)
    assert "\0" not in answer.text
