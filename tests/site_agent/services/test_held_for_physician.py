"""The code that opens everything held: six digits, a quarter of an hour, five tries, to the physician's own address."""

from dataclasses import replace

import pytest

from site_agent.mail.text import compose
from site_agent.models import Activity, LinkSession, Mail, Person, Request, SecretLink, Site
from site_agent.services import activity, held_for_physician, requests, retention, timeline
from site_agent.services.held_for_physician import NoAddressError, TooManyCodesError
from site_agent.services.requests import NewRequest, Wishes
from tests.support.desk import IDENTITY


@pytest.fixture
def request_(session, cedar):
    who = replace(IDENTITY, email="wren@private.example")
    new = NewRequest("form", cedar.now, "mid", "any", "burnout", who, Wishes(("woman",)), hint="view")
    return requests.record(session, new, cedar.now).request


def code_for(session, request_, now):
    held_for_physician.send_code(session, request_, now)
    return session.query(Mail).filter_by(kind="held").order_by(Mail.next_try_at.desc()).first().link


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_code_goes_to_the_address_that_was_given_and_is_kept_only_hashed(session, cedar, request_):
    code = code_for(session, request_, cedar.now)
    assert len(code) == 6
    assert session.query(Mail).one().to == "wren@private.example"
    hashes = [each.token_hash for each in session.query(SecretLink)]
    assert not any(code in each for each in hashes)


def test_the_mail_says_the_code_and_nothing_of_what_it_opens(session, cedar, request_):
    code = code_for(session, request_, cedar.now)
    sent = compose(session.query(Mail).one(), session.get(Site, 1), "messages@cedar.example")
    body = sent.get_content()
    assert sent["Subject"] == "You have a message"
    assert code in body
    assert "http" not in body
    assert not any(word in body.lower() for word in ("peer", "support", "request", "held", "name"))


def test_the_right_code_opens_once_and_for_a_quarter_of_an_hour(session, cedar, request_):
    code = code_for(session, request_, cedar.now)
    token = held_for_physician.check_code(session, request_, code, cedar.now)
    assert token is not None
    visit = session.query(LinkSession).filter_by(kind="held").one()
    assert (visit.subject, visit.expires_at - cedar.now) == (
        request_.request_id,
        held_for_physician.OPENS_FOR,
    )
    assert held_for_physician.check_code(session, request_, code, cedar.now) is None


def test_five_wrong_tries_lock_it(session, cedar, request_):
    code = code_for(session, request_, cedar.now)
    for left in (4, 3, 2, 1, 0):
        assert held_for_physician.check_code(session, request_, wrong(code), cedar.now) is None
        assert held_for_physician.tries_left(session, request_, cedar.now) == left
    assert held_for_physician.check_code(session, request_, code, cedar.now) is None


def test_a_code_of_a_quarter_of_an_hour_ago_opens_nothing(session, cedar, request_):
    code = code_for(session, request_, cedar.now)
    cedar.clock.advance(minutes=15)
    assert held_for_physician.check_code(session, request_, code, cedar.now) is None
    assert held_for_physician.tries_left(session, request_, cedar.now) == 0


def test_a_new_code_ends_the_one_before(session, cedar, request_):
    first = code_for(session, request_, cedar.now)
    cedar.clock.advance(minutes=1)
    second = code_for(session, request_, cedar.now)
    assert held_for_physician.check_code(session, request_, first, cedar.now) is None
    assert held_for_physician.check_code(session, request_, second, cedar.now) is not None


def test_a_code_opens_no_other_request(session, cedar, request_):
    other = requests.record(
        session,
        NewRequest("form", cedar.now, "mid", "any", "loss", replace(IDENTITY, email="bo@example.ca")),
        cedar.now,
    ).request
    code = code_for(session, request_, cedar.now)
    code_for(session, other, cedar.now)
    assert held_for_physician.check_code(session, other, code, cedar.now) is None


def test_three_codes_a_day_are_sent(session, cedar, request_):
    for _ in range(3):
        code_for(session, request_, cedar.now)
        cedar.clock.advance(hours=1)
    with pytest.raises(TooManyCodesError):
        held_for_physician.send_code(session, request_, cedar.now)
    cedar.clock.advance(hours=22)
    code_for(session, request_, cedar.now)


def test_without_an_address_no_code_is_sent(session, cedar):
    new = NewRequest("form", cedar.now, "mid", "any", "loss", IDENTITY)
    row = requests.record(session, new, cedar.now).request
    with pytest.raises(NoAddressError):
        held_for_physician.send_code(session, row, cedar.now)
    assert session.query(SecretLink).filter_by(kind="held").count() == 0


def test_everything_held_is_everything_and_nobody_is_told(session, cedar, request_):
    kept = held_for_physician.everything(session, request_)
    assert kept.identity.email == "wren@private.example"
    assert (kept.details.reason, kept.details.hint, kept.details.wishes) == ("burnout", "view", ("woman",))
    assert [event.code for event in kept.events] == ["recorded"]
    assert session.query(Activity).count() == 0
    assert session.query(Mail).count() == 0


def test_openings_are_shown_by_role_and_never_by_name(session, cedar, request_):
    session.add(
        Person(person_id="p1", name="Kim", email="k@example.org", roles=("lead",), added_at=cedar.now)
    )
    requests.open_name(session, request_, "p1", cedar.now)
    activity.note(session, "p1", "request-opened", request_.request_id, cedar.now)
    timeline.note(session, request_.request_id, "in-hand", cedar.now)
    opened = held_for_physician.openings(session, request_)
    assert sorted((each.code, each.roles) for each in opened) == [
        ("name-opened", ("lead",)),
        ("request-opened", ("lead",)),
    ]


def test_erasure_ends_codes_and_visits(session, cedar, request_):
    code = code_for(session, request_, cedar.now)
    held_for_physician.check_code(session, request_, code, cedar.now)
    code_for(session, request_, cedar.now)
    retention.erase(session, session.get_one(Request, request_.request_id))
    assert session.query(SecretLink).count() == session.query(LinkSession).count() == 0
    assert held_for_physician.everything(session, request_).identity is None
