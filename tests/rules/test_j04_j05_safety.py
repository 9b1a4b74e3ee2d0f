"""J04: confidence yields to harm. J05: the safety route keeps a time and a way, for two keepers, at this site only."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from site_agent.models import Event, Interaction, Mail, Match, Offer, SafetyReport
from site_agent.models.safety import ROUTES
from site_agent.public.safety import WayForm
from site_agent.roles import KEEPER, ROLES
from site_agent.services import people
from tests.support.desk import text_of
from tests.support.rule_site import House, Visit, desk_of_module, house

__all__ = ["desk_of_module", "house"]


def report(visit: Visit, route: str = "crisis-line") -> None:
    ticket = re.search(r'name="ticket" value="([\w-]+)"', visit.get("/safety").text)
    assert ticket
    assert visit.post("/safety", route=route, ticket=ticket[1]).status_code == 303


def test_j04_whom_to_call_comes_first_and_asks_for_nothing(house: House) -> None:
    said = text_of(house.desk.client(None).get("/safety"))
    for words in ("9-1-1", "9-8-8", "As in your clinical work", "practice is unsafe"):
        assert words in said


def test_j04_every_page_of_a_supporter_leads_there(house: House) -> None:
    offer = house.ask(house.desk.request(), house.supporter())
    visit = house.before(offer)
    pages = [visit.get("/offer"), visit.get("/mine")]
    house.does("accept", offer)
    house.reached(house.match(offer).thid)
    paths = (
        "/offer",
        "/offer/talk",
        "/offer/close",
        "/offer/check-in",
        "/mine/availability",
        "/talk-card",
        "/hand-over",
    )
    pages += [visit.get(path) for path in paths]
    assert [page.request.path for page in pages if 'href="/safety"' not in page.text] == []


def test_j05_a_time_and_a_way_are_kept_and_nothing_else(house: House) -> None:
    house.desk.client("keeper")
    offer = house.helped()
    thid = house.match(offer).thid
    before = [len(house.rows(kind)) for kind in (Event, Interaction)]
    report(house.before(offer))
    (row,) = house.rows(SafetyReport)
    columns = {column.name for column in SafetyReport.__table__.columns}
    assert columns == {"report_id", "at", "route", "ticket", "debriefed_at"}
    assert (row.at, row.route in ROUTES, row.debriefed_at) == (house.now, True, None)
    assert [len(house.rows(kind)) for kind in (Event, Interaction)] == before, "no line says which match"
    assert house.desk.row(Match, thid).paused_at == house.now
    assert [mail.kind for mail in house.rows(Mail) if mail.kind == "keeper"] == ["keeper"]


def test_j05_there_is_no_box_for_a_story(house: House) -> None:
    with house.desk.app.test_request_context():
        assert {field.name for field in WayForm()} - {"csrf_token"} == {"route", "ticket"}
    page = house.before(house.helped()).get("/safety").text
    assert "<textarea" not in page
    assert 'type="text"' not in page


def test_j05_it_never_goes_to_the_hub(house: House) -> None:
    house.desk.enrol()
    who = house.supporter()
    thid = house.desk.match("in-hand", who)
    with house.desk.session() as session:
        offer = session.scalars(select(Offer.offer_id).where(Offer.thid == thid)).one()
    said = house.said()
    report(house.before(offer))
    assert house.said() == said


@pytest.mark.parametrize("role", [role for role in ROLES if role != KEEPER])
def test_j05_nobody_but_the_keepers_opens_it(house: House, role: str) -> None:
    report(house.before(house.helped()))
    client = house.desk.client(role)
    assert client.get("/safety/reports").status_code == 403
    assert client.post("/safety/reports").status_code == 403
    assert house.desk.client(KEEPER).get("/safety/reports").status_code == 200


def test_j05_there_are_two_keepers_and_no_third(house: House) -> None:
    keeper, today = people.Post((KEEPER,), None), house.now.date()
    with house.desk.session() as session:
        for name in ("one", "two"):
            people.invite(session, f"{name}@example.ca", name, keeper, house.now, today)
        session.commit()
        with pytest.raises(people.TooManyKeepersError):
            people.invite(session, "three@example.ca", "three", keeper, house.now, today)
        session.rollback()
