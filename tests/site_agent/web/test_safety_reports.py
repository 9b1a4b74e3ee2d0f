"""The keepers' page: time and way, for keepers and nobody else; opening it leaves a line."""

import pytest

from site_agent.models import Activity, Match, SafetyReport
from site_agent.services import safety
from tests.support.desk import text_of

PATHS = (
    ("GET", "/safety/reports"),
    ("POST", "/safety/reports"),
    ("POST", "/safety/reports/{}/debrief"),
    ("POST", "/safety/reports/{}/undo"),
)


@pytest.fixture
def report(desk):
    """One report of a match; its id."""
    desk.enrol()
    thid = desk.match("in-hand", desk.supporter())
    with desk.session() as session:
        row = safety.report(session, session.get_one(Match, thid), "crisis-line", safety.ticket(), desk.now)
        return row.report_id


@pytest.mark.parametrize("role", ["coordinator", "lead", "deputy", "risk-manager"])
def test_j05_nobody_but_a_keeper_opens_it(desk, report, role):
    client = desk.client(role)
    for method, path in PATHS:
        assert client.open(path.format(report), method=method).status_code == 403, path
    assert desk.row(SafetyReport, report).debriefed_at is None


def test_who_is_not_signed_in_is_asked_to_sign_in(desk, report):
    for method, path in PATHS:
        answer = desk.client(None).open(path.format(report), method=method)
        if method == "GET":
            assert answer.headers["Location"].startswith("/sign-in")
        else:
            assert (answer.status_code, 'href="/sign-in"' in answer.text) == (401, True)


def test_opening_is_a_press_and_is_logged_once_an_hour(desk, report):
    keeper = desk.client("keeper")
    closed = text_of(keeper.get("/safety/reports"))
    assert "1 report waits for a debrief." in closed
    assert "9-8-8" not in closed
    assert "A report is erased after 365 days" in closed
    for _ in range(2):
        keeper.post("/safety/reports")
    with desk.session() as session:
        lines = [(line.code, line.subject) for line in session.query(Activity)]
    assert lines == [("safety-opened", None)]
    assert "9-8-8" in text_of(keeper.get("/safety/reports"))


def test_it_closes_by_itself(desk, report):
    keeper = desk.client("keeper")
    keeper.post("/safety/reports")
    desk.clock.advance(minutes=15)
    assert "9-8-8" not in text_of(keeper.get("/safety/reports"))


def test_it_shows_time_and_way_and_nothing_of_anybody(desk, report):
    keeper = desk.client("keeper")
    keeper.post("/safety/reports")
    page = keeper.get("/safety/reports")
    said = text_of(page)
    assert "Tue 3 Nov 2026, 10:00 am" in said
    assert not any(word in page.text for word in ("Okafor", "Canary", "urnout"))


def test_a_debrief_is_noted_and_the_press_can_be_undone(desk, report):
    keeper = desk.client("keeper")
    keeper.post("/safety/reports")
    keeper.post(f"/safety/reports/{report}/debrief")
    page = keeper.get("/safety/reports")
    assert "Noted: a debrief was offered." in text_of(page)
    assert f'action="/safety/reports/{report}/undo"' in page.text
    assert desk.row(SafetyReport, report).debriefed_at == desk.now
    keeper.post(f"/safety/reports/{report}/undo")
    assert desk.row(SafetyReport, report).debriefed_at is None


def test_a_report_that_does_not_exist_is_not_found(desk):
    assert desk.client("keeper").post("/safety/reports/nothing/debrief").status_code == 404


def test_without_a_report_the_page_says_what_comes(desk):
    keeper = desk.client("keeper")
    keeper.post("/safety/reports")
    assert "The way was never taken" in text_of(keeper.get("/safety/reports"))
