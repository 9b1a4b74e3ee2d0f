"""J12: the offer is itself help, and a no is no failure. J15: the notifier gets a receipt and nothing more."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from site_agent.models import Mail, Outreach
from site_agent.services import outreach
from tests.support.asking import ticket_on
from tests.support.desk import text_of
from tests.support.rule_site import House, desk_of_module, house

__all__ = ["desk_of_module", "house"]

TOLD = {
    "notifier": "colleague", "reason": "adverse-event", "people": "2", "go": "send",
    "agreed_0": "yes", "name_0": "Dr. Una Told", "phone_0": "", "email_0": "una@example.ca",
    "agreed_1": "yes", "name_1": "Dr. Bo Told", "phone_1": "", "email_1": "bo@example.ca",
}  # fmt: skip
RATE = re.compile(
    r"(?:refus|accept|respon|conver|uptake)\w*[ -]rate|success rate|%\s*(?:said|accepted|declined)", re.I
)


def tells(house: House) -> str:
    """Somebody tells of two; what the notifier reads."""
    notifier = house.desk.client(None)
    ticket = ticket_on(notifier.get("/notify"))
    answer = notifier.post("/notify", data=MultiDict({"ticket": ticket, **TOLD}))
    assert answer.headers["Location"] == "/notify/received"
    return text_of(notifier.get("/notify/received"))


def rows(house: House) -> list[Outreach]:
    return house.rows(Outreach)


def test_j12_a_no_and_silence_are_one_thing_and_are_called_support_offered(house: House) -> None:
    tells(house)
    ids = [row.outreach_id for row in rows(house)]
    with house.desk.session() as session:
        first, second = (session.get_one(Outreach, each) for each in ids)
        for row in (first, second):
            outreach.contact(session, row, house.now)
        at = outreach.ends_at(second, outreach.patience(session))
        assert at is not None
        house.desk.clock.at = at
        outreach.refuse(session, first, False, at)
        assert outreach.end_in_silence(session, ids[1], at)
    assert [row.state for row in rows(house)] == ["offered", "offered"]
    coordinator = house.desk.client()
    said = [text_of(coordinator.get(f"/outreach/{each}")) for each in ids]
    for page in said:
        assert "Support offered" in page
        assert not re.search(r"refus|declin|fail", page, re.I)


def test_j12_no_page_has_a_rate_of_yes_and_no() -> None:
    pages = [path for name in ("hub", "site_agent") for path in Path(name, "templates").rglob("*.html")]
    texts = [*pages, Path("ui/translations/messages.pot")]
    assert [str(path) for path in texts if RATE.search(path.read_text(encoding="utf-8"))] == []


def test_j12_whoever_said_no_may_still_say_yes(house: House) -> None:
    tells(house)
    with house.desk.session() as session:
        row = session.scalars(select(Outreach)).first()
        assert row is not None
        outreach.refuse(session, row, True, house.now)
        subject = row.outreach_id
    visit = house.opens("outreach", "reply", subject)
    assert 'href="/ask/reply"' in visit.get("/reply").text


def test_j15_the_receipt_says_the_same_whatever_becomes_of_it(house: House) -> None:
    first = tells(house)
    with house.desk.session() as session:
        for row in session.scalars(select(Outreach)):
            outreach.contact(session, row, house.now)
            outreach.refuse(session, row, False, house.now)
    house.desk.clock.advance(days=40)
    assert text_of(house.desk.client(None).get("/notify/received")) == first == tells(house)
    assert "Whether somebody is contacted, and what they answer, stays with them." in first


def test_j15_nobody_writes_to_the_notifier(house: House) -> None:
    house.desk.client()
    tells(house)
    assert {mail.kind for mail in house.rows(Mail)} <= {"coordinator"}
    columns = {column.name for column in Outreach.__table__.columns}
    assert not [name for name in columns if "notifier_" in name or "told_by" in name or "event" in name]


def test_j15_nothing_joins_those_of_one_notice(house: House) -> None:
    house.desk.clock.advance(seconds=17)
    tells(house)
    one, two = rows(house)
    assert one.received_at.second == one.received_at.microsecond == 0
    shared = {
        name for name in [column.name for column in Outreach.__table__.columns]
        if getattr(one, name) is not None and getattr(one, name) == getattr(two, name)
    }  # fmt: skip
    assert {one.held, two.held} == {False}  # as every outreach begins: it joins nobody
    assert shared <= {"notifier", "consent", "received_at", "state", "state_at", "held"}
    assert house.now - one.received_at < timedelta(minutes=1)
