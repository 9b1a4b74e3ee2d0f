"""J08: a decline, no questions. J09: being close to the physician is kept as a decline is, and both are forgotten."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import inspect, select

from site_agent.models import Base, Match, Offer, Supporter
from tests.support.desk import text_of
from tests.support.rule_site import House, desk_of_module, house

__all__ = ["desk_of_module", "house"]

OF_IDS = re.compile(r"(_id|_jti|token|hash|thid|subject|^ref|^n|jti|name|email|link|^to|key|at)$")


def left(house: House) -> list[Any]:
    """Every row without what is random or different by name: tables, columns that hold something, and codes."""
    found = []
    with house.desk.session() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(table.select()).mappings():
                kept = {
                    name: "" if OF_IDS.search(name) or isinstance(value, bytes) else value
                    for name, value in row.items()
                    if value is not None
                }
                found.append((table.name, sorted(kept.items(), key=str)))
    return sorted(found, key=str)


def wipe(house: House) -> None:
    with house.desk.session() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name != "site":
                session.execute(table.delete())


def test_j08_the_question_has_three_buttons_and_no_box(house: House) -> None:
    page = house.before(house.ask(house.desk.request(), house.supporter())).get("/offer").text
    buttons = [
        re.search(r'value="(\w+)"', each)[1]
        for each in re.findall(r"<button[^>]*>", page)
        if 'name="answer"' in each
    ]  # type: ignore[index]
    assert sorted(buttons) == ["close", "no", "yes"]
    fields = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([\w-]+)"', page))
    assert fields <= {"about", "csrf_token"}


@pytest.mark.parametrize("how", ["decline", "lapse", "by phone"])
def test_j08_no_row_keeps_who_declined(house: House, how: str) -> None:
    who, other = house.supporter(), house.supporter("Dr. Max Stone")
    request_id = house.desk.request()
    offer = house.ask(request_id, who)
    if how == "by phone":
        house.desk.client().post(f"/requests/{request_id}/help/no", data={"offer": offer})
    else:
        house.desk.clock.advance(hours=0 if how == "decline" else 25)
        house.does(how, offer)
    kept = house.desk.row(Offer, offer)
    assert (kept.state, kept.supporter_id) == ("not-taken", None)
    assert house.told(request_id) == ["recorded", "asked-here"]
    thid = kept.thid
    assert house.told(thid) == []
    assert other in [row.supporter_id for row in house.rows(Supporter)]
    assert "Dr. Ada Okafor" not in house.listed(request_id), "nobody is asked twice"


def test_j08_after_closing_no_row_joins_who_declined_to_the_request(house: House) -> None:
    who, other = house.supporter(), house.supporter("Dr. Max Stone")
    request_id = house.desk.request()
    first = house.ask(request_id, who)
    house.does("decline", first)
    second = house.ask(request_id, other)
    house.does("accept", second)
    thid = house.match(second).thid
    house.close(thid)
    assert house.rows(Offer) == []
    for table in Base.metadata.sorted_tables:
        if table.name == "supporter":
            continue
        with house.desk.session() as session:
            for row in session.execute(table.select()):
                words = repr(tuple(row))
                assert not (who in words and any(each in words for each in (request_id, thid, first))), (
                    table.name
                )


@pytest.mark.parametrize("about", ["here", "elsewhere"])
def test_j09_closeness_leaves_the_rows_of_a_decline(house: House, about: str) -> None:
    rows = []
    for answer in ("no", "close"):
        wipe(house)
        if about == "here":
            offer = house.ask(house.desk.request(), house.supporter())
        else:
            house.desk.enrol()
            thid = house.desk.match("asked", house.supporter())
            with house.desk.session() as session:
                offer = session.scalars(select(Offer.offer_id).where(Offer.thid == thid)).one()
        visit = house.before(offer, pin=about == "here")
        said = visit.post("/offer/answer", answer=answer)
        rows.append((left(house), text_of(visit.client.get(said.headers["Location"]))))
    assert rows[0] == rows[1]
    assert any(name == "match" for name, _ in rows[0][0])


def test_j09_closeness_to_a_name_from_elsewhere_is_passed_on_as_a_decline_is(house: House) -> None:
    ends = []
    for state, path, typed in (
        ("asked", "/offer/answer", {"answer": "no"}),
        ("released", "/offer/name", {"close": "yes"}),
    ):
        wipe(house)
        house.desk.enrol()
        thid = house.desk.match(state, house.supporter())
        with house.desk.session() as session:
            offer = session.scalars(select(Offer.offer_id).where(Offer.thid == thid)).one()
        house.before(offer, pin=state == "released").post(path, **typed)
        row = house.desk.row(Match, thid)
        names = ("state", "supporter_id", "case_id", "card", "identity", "confirmed_at")
        ends.append(
            ([getattr(row, name) for name in names], house.said(), house.rows(Offer), house.told(thid))
        )
    assert ends[0] == ends[1] == (["ended", None, None, None, None, None], ["match.pass"], [], [])


def test_j09_no_table_has_a_place_for_why() -> None:
    columns = {column.key for column in inspect(Offer).columns}
    assert columns == {
        "offer_id", "thid", "supporter_id", "asked_token", "state", "asked_at", "expires_at", "policy_version"
    }  # fmt: skip
