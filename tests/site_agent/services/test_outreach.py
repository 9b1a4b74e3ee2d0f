"""Reach-out: consent, one contact and one follow-up, silence, a no that is no failure, and nothing that joins."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select

from protocol.messages.handover import Identity
from site_agent.clock.due import run_due
from site_agent.extensions import db
from site_agent.models import CaseKey, Event, Mail, Outreach, Request, SecretLink
from site_agent.services import outreach, policy
from site_agent.services.errors import InvalidRequestError, NoLongerOpenError
from site_agent.services.outreach import ConsentMissingError, NoAddressError, Notice, Told
from site_agent.services.requests import NewRequest

WREN = Told("Dr. Wren Canary", "+12505550142", "wren@example.ca", agreed=True)
BO = Told("Dr. Bo Ek", "+12505550143", None, agreed=True)
NEW = NewRequest(
    "form",
    None,
    "mid",
    "any",
    "burnout",
    Identity("Dr. Wren Canary", ("call",), ("evening",), "+12505550142"),
)


def told(session, now, *people, seed="seed", **more):
    outreach.record(session, Notice("colleague", people or (WREN,), **more), seed, now)
    session.commit()
    return session.scalars(select(Outreach).order_by(Outreach.received_at.desc())).all()


def later(cedar, **by):
    cedar.clock.advance(**by)
    run_due(lambda: db.session, cedar.now)


@pytest.fixture
def row(session, cedar):
    return told(session, cedar.now)[0]


def test_a_notice_is_kept_sealed_and_names_nobody_in_the_open(session, row):
    assert outreach.contact_of(session, row) == outreach.Contact(WREN.name, WREN.phone, WREN.email)
    assert outreach.reason_of(session, row) == "not-said"
    assert (row.consent, row.attested_by, row.state) == ("agreed", None, "new")
    shown = [str(getattr(row, column.key)) for column in inspect(Outreach).columns]
    assert not any("Canary" in each or "5550142" in each or "wren" in each for each in shown)


@pytest.mark.parametrize(
    ("notice", "field"),
    [
        (Notice("insurer", (WREN,)), "notifier"),
        (Notice("colleague", (WREN,), reason="gossip"), "reason"),
        (Notice("colleague", ()), "people"),
        (Notice("colleague", (WREN,) * (outreach.MOST_PEOPLE + 1)), "people"),
        (Notice("colleague", (replace(WREN, phone=None, email=None),)), "phone"),
        (Notice("colleague", (replace(WREN, name=""),)), "name"),
    ],
)
def test_a_notice_that_cannot_be_followed_is_refused_by_name(session, cedar, notice, field):
    with pytest.raises(InvalidRequestError) as error:
        outreach.record(session, notice, "seed", cedar.now)
    assert field in error.value.fields


def test_without_consent_nobody_of_the_notice_is_kept(session, cedar):
    with pytest.raises(ConsentMissingError):
        outreach.record(session, Notice("risk", (WREN, replace(BO, agreed=False))), "seed", cedar.now)
    session.commit()
    assert session.query(Outreach).count() == session.query(CaseKey).count() == 0


def test_where_outreach_is_routine_the_first_message_asks_for_consent(session, cedar):
    policy.put(session, "routine_outreach", "yes", cedar.now)
    (row,) = told(session, cedar.now, replace(WREN, agreed=False))
    assert row.consent == "routine"


def test_j15_nothing_joins_those_who_were_named_in_one_notice(session, cedar):
    cedar.clock.advance(seconds=17)
    people = [Told(f"Dr. Person {n}", f"+125055501{n:02}", None, agreed=True) for n in range(8)]
    rows = told(session, cedar.now, *people)
    assert len({row.case_id for row in rows}) == len({row.ref for row in rows}) == 8
    stored = session.execute(select(Outreach.outreach_id).order_by(Outreach.received_at)).scalars().all()
    by_rowid = (
        session.connection().exec_driver_sql("SELECT outreach_id FROM outreach ORDER BY rowid").scalars()
    )
    named = {outreach.contact_of(session, row).name: row.outreach_id for row in rows}
    assert list(by_rowid) == sorted(stored)  # by random ids, not by the order of the notice
    assert [named[person.name] for person in people] != sorted(stored)
    assert {row.received_at.second for row in rows} == {0}
    assert session.query(Event).count() == 0


def test_the_same_form_sent_twice_is_kept_once_and_another_person_in_it_is_added(session, cedar):
    told(session, cedar.now)
    told(session, cedar.now, WREN, WREN)
    assert session.query(Outreach).count() == 1
    told(session, cedar.now, WREN, BO)
    assert session.query(Outreach).count() == 2


def test_e12_a_second_notice_while_one_is_open_is_no_second_approach(session, cedar, row):
    told(
        session,
        cedar.now,
        replace(WREN, name="wren canary", email="WREN@example.ca", phone=None),
        seed="other",
    )
    assert session.query(Outreach).count() == 1
    told(session, cedar.now, replace(WREN, name="Dr. Another at the same clinic"), seed="third")
    assert session.query(Outreach).count() == 2


def test_a_later_consent_is_kept_with_the_open_one(session, cedar):
    policy.put(session, "routine_outreach", "yes", cedar.now)
    told(session, cedar.now, replace(WREN, agreed=False))
    (row,) = told(session, cedar.now, WREN, seed="other", attested_by="somebody")
    session.refresh(row)
    assert (row.consent, row.attested_by) == ("agreed", "somebody")


def test_e12_there_is_one_first_contact_and_one_follow_up(session, cedar, row):
    with pytest.raises(NoLongerOpenError):
        outreach.follow_up(session, row, cedar.now)
    outreach.contact(session, row, cedar.now)
    with pytest.raises(NoLongerOpenError):
        outreach.contact(session, row, cedar.now)
    outreach.follow_up(session, row, cedar.now)
    for again in (outreach.follow_up, outreach.contact, outreach.invite):
        with pytest.raises(NoLongerOpenError):
            again(session, row, cedar.now)
    assert row.state == "followed-up"


def test_an_invitation_is_a_mail_that_says_nothing(session, cedar, row):
    outreach.invite(session, row, cedar.now)
    mail = session.query(Mail).one()
    assert (mail.kind, mail.to) == ("outreach", WREN.email)
    assert "/reply/" in mail.link
    assert row.state == "contacted"
    outreach.invite(session, row, cedar.now)
    assert row.state == "followed-up"


def test_without_an_address_no_invitation_goes(session, cedar):
    (row,) = told(session, cedar.now, BO)
    with pytest.raises(NoAddressError):
        outreach.invite(session, row, cedar.now)
    assert row.state == "new"


def test_e12_an_offer_that_still_waits_to_be_mailed_does_not_come_after_the_answer(session, cedar, row):
    outreach.invite(session, row, cedar.now)
    outreach.refuse(session, row, False, cedar.now)
    mail = session.query(Mail).one()
    assert (mail.state, mail.to, mail.link) == ("failed", None, None)


@pytest.mark.parametrize("steps", [(), (outreach.contact,), (outreach.contact, outreach.follow_up)])
def test_e13_a_refusal_is_support_offered_and_may_allow_resources(session, cedar, row, steps):
    for step in steps:
        step(session, row, cedar.now)
    outreach.refuse(session, row, True, cedar.now)
    assert (row.state, row.resources_ok) == ("offered", True)
    with pytest.raises(NoLongerOpenError):
        outreach.refuse(session, row, False, cedar.now)


def test_silence_after_the_follow_up_is_support_offered(session, cedar, row):
    outreach.contact(session, row, cedar.now)
    session.commit()
    later(cedar, days=6)
    outreach.follow_up(session, row, cedar.now)
    session.commit()
    later(cedar, days=6, hours=23)
    assert row.state == "followed-up"
    later(cedar, hours=2)
    assert (row.state, row.resources_ok) == ("offered", None)


def test_silence_without_a_follow_up_ends_it_too(session, cedar, row):
    outreach.contact(session, row, cedar.now)
    session.commit()
    later(cedar, days=13)
    assert row.state == "contacted"
    later(cedar, days=1, minutes=1)
    assert row.state == "offered"


def test_one_that_nobody_took_up_does_not_end_by_itself(session, cedar, row):
    later(cedar, days=90)
    assert row.state == "new"
    assert outreach.contact_of(session, row) is not None


def test_a_yes_becomes_an_ordinary_request_that_nothing_joins_to_it(session, cedar, row):
    outreach.contact(session, row, cedar.now)
    cedar.clock.advance(minutes=37)
    recorded = outreach.accept(session, row, replace(NEW, received_at=cedar.now), cedar.now)
    assert (recorded.request.door, row.state) == ("outreach", "asked")
    ours = {str(getattr(row, column.key)) for column in inspect(Outreach).columns} - {"None", "False"}
    theirs = {str(getattr(recorded.request, column.key)) for column in inspect(Request).columns}
    assert ours & theirs == set()


def test_the_door_stays_open_after_a_no(session, cedar, row):
    outreach.refuse(session, row, False, cedar.now)
    outreach.accept(session, row, replace(NEW, received_at=cedar.now), cedar.now)
    assert row.state == "asked"


def test_a_yes_on_the_phone_is_a_request_by_phone(session, cedar, row):
    new = replace(NEW, received_at=cedar.now, door="phone", by="somebody")
    assert outreach.accept(session, row, new, cedar.now).request.door == "phone"


def test_who_it_was_is_destroyed_some_days_after_it_ended(session, cedar, row):
    outreach.invite(session, row, cedar.now)
    outreach.refuse(session, row, False, cedar.now)
    session.commit()
    later(cedar, days=29)
    assert outreach.contact_of(session, row) is not None
    later(cedar, days=2)
    session.refresh(row)
    assert (row.case_id, row.identity, row.reason, row.state) == (None, None, None, "offered")
    assert session.query(CaseKey).count() == 0
    assert session.query(SecretLink).filter_by(kind="outreach").count() == 0


def test_the_floor_of_the_law_keeps_it_longer(session, cedar, row):
    policy.put(session, "floor_days", 365, cedar.now)
    outreach.refuse(session, row, False, cedar.now)
    session.commit()
    later(cedar, days=300)
    assert outreach.contact_of(session, row) is not None


def test_an_earlier_offer_to_the_same_physician_is_known_while_it_is_kept(session, cedar, row):
    assert outreach.offered_before(session, row) is None
    outreach.refuse(session, row, False, cedar.now)
    ended_at = row.closed_at
    cedar.clock.advance(days=3)
    again = told(session, cedar.now, seed="other")[0]
    assert outreach.offered_before(session, again) == ended_at
    assert ended_at > cedar.now - timedelta(days=4)
