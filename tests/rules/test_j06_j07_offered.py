"""J06: nobody who was supported is asked how it went. J07: support is offered, never imposed."""

from __future__ import annotations

import re

import pytest

from site_agent.models import Mail, Outreach, Request
from site_agent.services import outreach, policy
from site_agent.services.errors import NoLongerOpenError
from tests.support.desk import IDENTITY
from tests.support.rule_site import House, desk_of_module, house

__all__ = ["desk_of_module", "house"]

BUTTONS = {"about", "csrf_token", "code"}
"""What the physician's own pages send: a press, and the code from the mail."""


def told(house: House, agreed: bool = True, seed: str = "seed") -> str:
    someone = outreach.Told("Dr. Una Told", None, "una@example.ca", agreed)
    with house.desk.session() as session:
        outreach.record(session, outreach.Notice("colleague", (someone,)), seed, house.now)
        return session.query(Outreach).one().outreach_id


@pytest.mark.parametrize("state", ["in-hand", "in-touch", "closed"])
def test_j06_the_physician_is_never_asked_how_it_went(house: House, state: str) -> None:
    with house.desk.session() as session:
        session.query(Request).delete()
    offer = house.helped(identity=IDENTITY, mail_ok=True)
    match = house.match(offer)
    if state != "in-hand":
        house.reached(match.thid)
    if state == "closed":
        house.close(match.thid)
    visit = house.opens("request", "r", str(match.request_id))
    pages = [visit.get(path).text for path in ("/request", "/request/held")]
    for page in pages:
        assert set(re.findall(r'<(?:input|select|textarea|button)[^>]* name="([\w-]+)"', page)) <= BUTTONS


def test_j06_no_mail_goes_to_the_physician_after_the_end(house: House) -> None:
    match = house.match(house.helped(mail_ok=True))
    house.reached(match.thid)
    house.close(match.thid)
    house.desk.clock.advance(days=8)
    assert [mail for mail in house.rows(Mail) if mail.kind in ("request", "held")] == []


def test_j06_no_setting_turns_a_survey_on() -> None:
    assert [
        name
        for name in (*policy.NUMBERS, *policy.TEXTS, *policy.CHOICES)
        if re.search("survey|outcome", name)
    ] == []


def test_j07_nobody_is_contacted_who_has_not_agreed(house: House) -> None:
    with pytest.raises(outreach.ConsentMissingError):
        told(house, agreed=False)
    assert house.rows(Outreach) == []


def test_j07_one_contact_and_one_follow_up_and_then_silence(house: House) -> None:
    row_id = told(house)
    with house.desk.session() as session:
        row = session.get_one(Outreach, row_id)
        outreach.contact(session, row, house.now)
        outreach.follow_up(session, row, house.now)
        for again in (outreach.contact, outreach.follow_up, outreach.invite):
            with pytest.raises(NoLongerOpenError):
                again(session, row, house.now)


def test_j07_a_second_notice_makes_no_second_contact(house: House) -> None:
    told(house)
    told(house, seed="another")
    assert len(house.rows(Outreach)) == 1


def test_j07_the_physician_ends_it_at_any_time(house: House) -> None:
    match = house.match(house.helped())
    visit = house.opens("request", "r", str(match.request_id))
    assert visit.post("/request/withdraw").status_code == 303
    assert house.desk.row(Request, match.request_id).state == "withdrawn"
    assert house.desk.row(type(match), match.thid).state == "ended"
