"""J14: help from another site keeps the name away at home. J16: insurers and risk managers open nothing. J17: what
passes between the two stays there."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from protocol.messages import REGISTRY
from site_agent import roles
from site_agent.extensions import db
from site_agent.forms.talk import TalkForm
from site_agent.models import Activity, Interaction, Match, OutboxRow, Request
from site_agent.models.base import Base
from site_agent.services import inter_site_home, interactions, requests, tracker
from tests.support.agent import Province, a_request, candidates
from tests.support.clock import StoppedClock
from tests.support.desk import IDENTITY, text_of
from tests.support.rule_site import House, desk_of_module, house

__all__ = ["desk_of_module", "house"]

DESK_PAGES = (
    "/",
    "/today/list",
    "/requests",
    "/outreach",
    "/supporters",
    "/activity",
    "/settings/policy/history",
)


def far(house: House) -> str:
    house.desk.enrol()
    return house.desk.request(elsewhere=True, door="form", identity=IDENTITY)


def test_j14_the_name_is_on_no_page_at_home_until_it_is_opened(house: House) -> None:
    request_id = far(house)
    coordinator = house.desk.client()
    for path in (*DESK_PAGES, f"/requests/{request_id}", f"/requests/{request_id}/name"):
        page = coordinator.get(path)
        assert page.status_code == 200, path
        assert IDENTITY.name not in page.text, path
        assert "Burnout" not in text_of(page), path


def test_j14_opening_the_name_is_kept_and_shown_to_the_physician(house: House) -> None:
    request_id = far(house)
    physician = house.opens("request", "r", request_id)
    assert "opened your name" not in text_of(physician.get("/request"))
    shown = house.desk.client().post(f"/requests/{request_id}/name")
    assert IDENTITY.name in shown.text
    assert house.told(request_id)[-1] == "name-opened"
    assert [(row.code, row.subject) for row in house.rows(Activity)] == [("name-opened", request_id)]
    assert "The coordinator of your site opened your name" in text_of(physician.get("/request"))


def test_j14_home_keeps_nothing_of_where_its_letters_went(tmp_path: Path) -> None:
    province = Province(tmp_path, StoppedClock())
    cedar = province.agent("Cedar Inlet")
    others = [province.agent(name).site_id for name in ("Selkirk", "Fraser", "Kettle")]
    with cedar.session() as session:
        request = requests.record(session, a_request(cedar.now), cedar.now).request
        inter_site_home.shortlisted(session, str(request.thid), 1, candidates(*others), cedar.now)
        assert request.shortlist is None
        sent = update(OutboxRow).where(OutboxRow.type == "match.letters")
        session.execute(sent.values(token=None))  # what its own test says of a receipt
        columns = Base.metadata.sorted_tables
        text = repr([session.execute(each.select()).all() for each in columns if each.name not in PUBLISHED])
    for agent in province.agents:
        with agent.app.app_context():
            db.engine.dispose()
    assert [site for site in others if site in text] == []


PUBLISHED = ("directory_site", "directory_page", "key_entry")
"""The directory and the key log, which every site has whole."""


def test_j16_there_are_four_roles_and_none_is_an_insurers() -> None:
    assert roles.ROLES == ("coordinator", "lead", "deputy", "keeper")


@pytest.mark.parametrize("role", ["risk-manager", "insurer", "viewer", "staff"])
def test_j16_any_other_role_opens_no_record(house: House, role: str) -> None:
    request_id = str(house.match(house.helped()).request_id)
    client = house.desk.client(role)
    for path in (
        *DESK_PAGES,
        f"/requests/{request_id}",
        f"/requests/{request_id}/held",
        "/safety/reports",
        "/settings",
    ):
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert IDENTITY.name not in answer.text


def test_j16_nobody_can_be_invited_as_one(house: House) -> None:
    form = {"name": "Rik", "email": "rik@example.ca", "roles": "risk-manager"}
    assert house.desk.client().post("/settings/people/new", data=form).status_code == 422


def talk(house: House) -> tracker.Entry:
    return tracker.Entry(house.now, "15-30", "phone", 2, tracker.ticket(), ("medicolegal",), more_needed=True)


def test_j17_a_talk_is_kept_in_taps() -> None:
    columns = {column.name for column in Interaction.__table__.columns}
    assert columns == {
        "interaction_id", "thid", "at", "length", "mode", "found", "resources", "more_needed", "call_me",
        "called_at", "ticket", "entered_at", "by",
    }  # fmt: skip


def test_j17_the_form_asks_for_taps(house: House) -> None:
    with house.desk.app.test_request_context():
        kinds = {field.name: type(field).__name__ for field in TalkForm()}
    kinds.pop("csrf_token", None)
    assert set(kinds.values()) <= {
        "RadioField",
        "BooleanField",
        "SelectMultipleField",
        "DatePartsField",
        "HiddenField",
    }
    assert "ticket" in kinds


def test_j17_no_message_has_a_talk_in_it_and_none_is_sent(house: House) -> None:
    house.desk.enrol()
    thid = house.desk.match("in-hand", house.supporter())
    with house.desk.session() as session:
        interactions.reached(session, session.get_one(Match, thid), house.now, house.now)
    before = house.said()
    with house.desk.session() as session:
        tracker.record(session, session.get_one(Match, thid), talk(house), house.now)
    assert house.said() == before == ["match.attempted", "match.reached"]
    assert not [name for name in REGISTRY if "talk" in name or "interaction" in name]


def test_j17_neither_coordinator_nor_physician_reads_more_than_that_they_talked(house: House) -> None:
    match = house.match(house.helped())
    house.reached(match.thid)
    with house.desk.session() as session:
        tracker.record(session, session.get_one(Match, match.thid), talk(house), house.now)
    assert house.desk.row(Request, match.request_id).state == "in-touch"
    page = house.opens("request", "r", str(match.request_id)).get("/request")
    assert "edicolegal" not in text_of(page)
