"""What the desk asks for most often grows with what is open and not with the years: no page walks a table that keeps
what is over, and addresses are worked out once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import event

from site_agent.extensions import db
from site_agent.web import addresses
from site_agent.web.addresses import address
from tests.support.desk import Desk, make_desk

GROWS = r"(request|match|interaction|event|contact_clock|activity|mail|outbox)"
PAGES = ("/", "/today/list", "/requests", "/requests?show=over", "/requests?show=over&page=9")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A site with a little of everything; SQLite, which keeps no statistics here, plans for any number alike."""
    for desk in make_desk(tmp_path_factory.mktemp("plans") / "agent"):
        desk.enrol()
        who = desk.supporter(max_open=9)
        desk.request()
        desk.request(state="closed")
        desk.match()
        desk.match("overdue", who, due_at=desk.now)
        desk.match("closed", who)
        yield desk


def plans(desk: Desk, path: str) -> list[tuple[str, str]]:
    """Each step that SQLite takes for a page, with its statement."""
    asked: list[tuple[str, Any]] = []
    with desk.app.app_context():
        engine = db.engine
    client = desk.client()

    def note(_conn: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    steps = []
    with engine.connect() as connection:
        for statement, parameters in asked:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps += [(str(row[3]), statement) for row in rows]
    return steps


@pytest.mark.parametrize("path", PAGES)
def test_no_page_walks_through_what_is_over(site: Desk, path: str) -> None:
    walked = [
        step
        for step, statement in plans(site, path)
        if re.fullmatch(rf"SCAN {GROWS}.*", step) and not bounded(step, statement)
    ]
    assert not walked


def bounded(step: str, statement: str) -> bool:
    """An index that holds only the few wanted, or gives the order of a page, or the first row that there is."""
    if "ix_interaction_call_wanted" in step:
        return True
    if "USING INDEX ix_request_closed_at" in step:
        return "LIMIT" in statement
    return "EXISTS" in statement


def test_what_is_put_in_order_is_no_whole_row(site: Desk) -> None:
    """A page of what is over is found by its days, and rows are fetched only for what it shows."""
    found = plans(site, "/requests?show=over")
    assert "SCAN request USING INDEX ix_request_closed_at" in [step for step, _statement in found]
    statements = {statement for step, statement in found if "TEMP B-TREE FOR ORDER" in step}
    assert all("LIMIT" in each.partition("WHERE")[2] for each in statements), statements


@pytest.mark.parametrize("value", ["a" * 22, "-_Az09", "a b ü?#%", "~"])
def test_an_address_is_what_flask_makes_of_it(site: Desk, value: str) -> None:
    with site.app.test_request_context():
        for _twice in range(2):
            shaped = address("web.match_act", "thid", value, act="ask")
            assert shaped == url_for("web.match_act", thid=value, act="ask")
            assert address("web.elsewhere", "thid", "x") == url_for("web.elsewhere", thid="x")


def test_the_shape_of_an_address_is_worked_out_once_a_request(
    site: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(addresses, "url_for", lambda *of, **more: made.append(of[0]) or url_for(*of, **more))
    for _request in range(2):
        made.clear()
        with site.app.test_request_context():
            said = {address("web.elsewhere", "thid", str(n)) for n in range(50)}
        assert (len(said), made) == (50, ["web.elsewhere"])
