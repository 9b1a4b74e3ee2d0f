"""A word noted by phone that the desk itself takes back: the physician may still say that they never gave it."""

from __future__ import annotations

import pytest

from site_agent.models import Request
from site_agent.services import inter_site_home, requests, stay
from site_agent.services.requests import NewRequest
from tests.site_agent.public.conftest import Visitor
from tests.support.desk import IDENTITY, text_of


@pytest.fixture
def noted(visitor: Visitor) -> Visitor:
    """The coordinator noted that the physician agreed, and then sent the request elsewhere again."""
    new = NewRequest("form", visitor.desk.now, "mid", "phone", "burnout", IDENTITY, elsewhere=True)
    with visitor.desk.session() as session:
        made = requests.record(session, new, visitor.desk.now)
        row, now = made.request, visitor.desk.now
        inter_site_home.status(session, str(row.thid), "unmatched", now, now)
        visitor.about = row.request_id
    visitor.desk.clock.advance(hours=1)
    with visitor.desk.session() as session:
        row = session.get_one(Request, visitor.about)
        stay.stay_here(session, row, visitor.desk.now, "p" * 22)
    with visitor.desk.session() as session:
        row = session.get_one(Request, visitor.about)
        requests.look_elsewhere(session, row, visitor.desk.now, "p" * 22)
    visitor.desk.clock.advance(hours=1)
    visitor.enter(made.link_token, "r", visitor.about)
    return visitor


def test_it_can_be_objected_to_and_is_not_noted_again(noted: Visitor) -> None:
    assert "I did not agree to that" in text_of(noted.get("/request"))
    assert "You did not agree?" in text_of(noted.get("/request/not-agreed"))
    assert noted.post("/request/not-agreed").status_code == 303
    with noted.desk.session() as session:
        row = session.get_one(Request, noted.about)
        assert (row.state, row.elsewhere, stay.objected(session, row)) == ("looking", True, True)
        row.state = "unmatched"
        with pytest.raises(stay.OwnLinkOnlyError):
            stay.stay_here(session, row, noted.desk.now, "p" * 22)


def test_the_page_does_not_say_that_nobody_opened_the_name(noted: Visitor) -> None:
    for _ in range(2):
        said = text_of(noted.get("/request"))
        assert "Nobody at your site has opened it" not in said
        assert "was opened:" in said
        assert "noted that you agreed by phone" in said
        noted.post("/request/not-agreed")
    assert noted.get("/request/not-agreed").headers["Location"] == "/request", "once is enough"


def test_what_was_read_while_it_was_for_this_site_is_not_denied_once_it_goes_elsewhere(
    visitor: Visitor,
) -> None:
    new = NewRequest("form", visitor.desk.now, "mid", "phone", "burnout", IDENTITY)
    with visitor.desk.session() as session:
        made = requests.record(session, new, visitor.desk.now)
        visitor.about = made.request.request_id
    visitor.desk.client().get(f"/requests/{visitor.about}")
    with visitor.desk.session() as session:
        requests.look_elsewhere(session, session.get_one(Request, visitor.about), visitor.desk.now, "p" * 22)
    visitor.enter(made.link_token, "r", visitor.about)
    assert "Nobody at your site has opened it" not in text_of(visitor.get("/request"))
