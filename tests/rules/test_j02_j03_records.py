"""J02: jottings are destroyed. J03: everything held is discoverable, on one sheet, and no privilege is claimed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from site_agent.models import Match
from site_agent.services import tracker
from tests.support.desk import IDENTITY, text_of
from tests.support.rule_site import House, desk_of_module, house

__all__ = ["desk_of_module", "house"]

CLAIMS = re.compile(
    r"not (?:a|part of (?:a|the)) record|off the record|privilege|cannot be (?:asked for|disclosed)", re.I
)
TEMPLATES = [path for name in ("hub", "site_agent", "ui") for path in Path(name, "templates").rglob("*.html")]


def test_j02_closing_asks_whether_the_jottings_are_destroyed(house: House) -> None:
    offer = house.helped()
    thid, supporter = house.match(offer).thid, house.before(offer)
    assert "Is everything that you jotted down destroyed?" in text_of(supporter.get("/offer/close"))
    assert supporter.post("/offer/close").status_code == 422
    assert house.match(offer).state == "in-hand", "without an answer it does not close"
    request_id = house.match(offer).request_id
    by_phone = house.desk.client()
    assert by_phone.post(f"/requests/{request_id}/help/close").status_code == 422
    assert supporter.post("/offer/close", paper="no").status_code == 303
    closed = house.desk.row(Match, thid)
    assert (closed.state, closed.jottings_destroyed) == ("closed", False)


@pytest.mark.parametrize(("paper", "kept"), [("yes", True), ("no", False)])
def test_j02_the_answer_is_kept_when_it_comes_by_phone_too(house: House, paper: str, kept: bool) -> None:
    match = house.match(house.helped())
    house.desk.client().post(f"/requests/{match.request_id}/help/close", data={"paper": paper})
    assert house.desk.row(Match, match.thid).jottings_destroyed is kept


def test_j03_everything_held_stands_on_one_sheet(house: House) -> None:
    match = house.match(house.helped())
    house.reached(match.thid)
    with house.desk.session() as session:
        entry = tracker.Entry(
            house.now, "15-30", "phone", 4, tracker.ticket(), resources=("counselling",), call_me=True
        )
        tracker.record(session, session.get_one(Match, match.thid), entry, house.now)
    coordinator = house.desk.client()
    coordinator.get(f"/requests/{match.request_id}")
    sheet = text_of(coordinator.post(f"/requests/{match.request_id}/held"))
    for held in (
        IDENTITY.name,
        "555-0142",
        "Burnout",
        "Mid-career",
        "15 to 30 minutes",
        "ounselling",
        "Coordinator",
    ):
        assert held in sheet, held
    assert "Who opened it" in sheet
    assert "could be asked for in a legal proceeding" in sheet


def test_j03_no_page_claims_a_privilege() -> None:
    assert len(TEMPLATES) > 100
    claimed = {str(path): CLAIMS.findall(path.read_text(encoding="utf-8")) for path in TEMPLATES}
    catalogue = Path("ui/translations/messages.pot").read_text(encoding="utf-8")
    assert {path: said for path, said in claimed.items() if said} == {}
    assert CLAIMS.findall(catalogue) == []
