"""The confidentiality agreement: read, choose a PIN, sign; and what a link to it can no longer do afterwards."""

import pytest

from site_agent.models import SecretLink, Supporter
from site_agent.services import agreements, pins, policy
from tests.support.agent import PIN
from tests.support.desk import text_of

SIGNED = {"agree": "y", "pin": PIN, "again": PIN, "version": "1"}


@pytest.fixture
def reading(invited):
    """A supporter who has opened the agreement."""
    visitor, token, who = invited
    visitor.enter(token, "a", who)
    return visitor


def kept(visitor):
    return visitor.desk.row(Supporter, visitor.about)


def test_looking_at_the_link_changes_nothing(invited):
    visitor, token, who = invited
    for _ in range(2):
        assert visitor.get(f"/a/{token}").status_code == 200
    assert visitor.desk.row(Supporter, who).agreement_at is None
    assert visitor.get("/agreement").status_code == 403


def test_the_button_leads_to_a_plain_address(invited):
    visitor, token, who = invited
    answer = visitor.enter(token, "a", who)
    assert answer.headers["Location"] == "/agreement"
    assert token not in str(answer.headers)


def test_the_text_and_its_version_are_before_the_reader(reading):
    page = reading.get("/agreement")
    assert "Version 1" in text_of(page)
    assert "I take no notes" in text_of(page)
    assert page.headers["Cache-Control"] == "no-store"


def test_signing_keeps_version_date_and_pin_and_shows_the_date(reading):
    assert reading.post("/agreement", **SIGNED).headers["Location"] == "/agreement"
    row = kept(reading)
    assert (row.agreement_version, row.agreement_at) == ("1", reading.desk.now)
    assert row.pin_hash.startswith("$argon2id$")
    said = text_of(reading.get("/agreement"))
    assert "By Dr. Ada Okafor, version 1, on Tue 3 Nov 2026, 10:00 am" in said


def test_a_pin_chosen_in_groups_is_the_same_pin(reading):
    grouped = f"{PIN[:3]} {PIN[3:]}"
    reading.post("/agreement", **SIGNED | {"pin": grouped})
    with reading.desk.session() as session:
        assert pins.check(session, session.get_one(Supporter, reading.about), PIN)


def test_signing_twice_keeps_the_first_pin(reading):
    reading.post("/agreement", **SIGNED)
    first = kept(reading).pin_hash
    assert reading.post("/agreement", **SIGNED | {"pin": "951753", "again": "951753"}).status_code == 200
    assert kept(reading).pin_hash == first


def test_afterwards_no_link_in_the_mailbox_chooses_a_pin(invited):
    visitor, token, who = invited
    visitor.enter(token, "a", who)
    visitor.post("/agreement", **SIGNED)
    thief = visitor.desk.client(None)
    assert thief.get(f"/a/{token}").status_code == 410
    assert thief.post(f"/a/{token}").status_code == 410
    with visitor.desk.session() as session:
        assert session.query(SecretLink).filter_by(kind="agreement", spent_at=None).count() == 0


def test_after_a_reset_by_the_coordinator_a_new_pin_is_chosen(reading):
    reading.post("/agreement", **SIGNED)
    with reading.desk.session() as session:
        pins.reset(session, session.get_one(Supporter, reading.about), reading.desk.now, "somebody")
    signed_at = kept(reading).agreement_at
    reading.desk.clock.advance(minutes=30)
    with reading.desk.session() as session:
        token = agreements.invite(session, session.get_one(Supporter, reading.about), reading.desk.now)
    door = text_of(reading.get(f"/a/{token}"))
    assert "choose a new PIN" in door
    assert "read and sign" not in door
    reading.enter(token, "a", reading.about)
    page = reading.get("/agreement")
    assert "You have signed this version of the agreement (1)" in text_of(page)
    assert 'name="agree"' not in page.text
    reading.post("/agreement", pin="951753", again="951753", version="1")
    assert "Your new PIN is chosen." in text_of(reading.get("/agreement"))
    assert (kept(reading).agreement_at, kept(reading).pin_hash is None) == (signed_at, False)


def test_the_link_of_who_has_not_signed_says_that_there_is_something_to_sign(invited):
    visitor, token, _who = invited
    assert "something for you to read and sign" in text_of(visitor.get(f"/a/{token}"))


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"agree": ""}, "Tick the box if you agree"),
        ({"pin": "", "again": ""}, "Choose a PIN of six digits"),
        ({"again": "951753"}, "The two PINs differ"),
        ({"pin": "12345", "again": "12345"}, "six digits that are not all the same"),
        ({"pin": "123456", "again": "123456"}, "six digits that are not all the same"),
        ({"pin": "777777", "again": "777777"}, "six digits that are not all the same"),
        ({"pin": "abcdef", "again": "abcdef"}, "six digits that are not all the same"),
        ({"version": "0"}, "The agreement has changed"),
    ],
)
def test_what_is_not_right_is_said_and_signs_nothing(reading, changes, mend):
    typed = {name: value for name, value in (SIGNED | changes).items() if value}
    answer = reading.post("/agreement", **typed)
    assert answer.status_code == 422
    assert mend in text_of(answer)
    assert kept(reading).agreement_at is None
    assert kept(reading).pin_hash is None
    for secret in (changes.get("pin"), PIN):
        assert not secret or f'value="{secret}"' not in answer.text
    if "agree" not in changes:
        assert 'value="y" checked' in answer.text


@pytest.fixture
def renewing(reading):
    """A supporter who signed version 1 and has opened a link to version 2."""
    reading.post("/agreement", **SIGNED)
    with reading.desk.session() as session:
        policy.put(session, "agreement_version", "2")
        token = agreements.invite(session, session.get_one(Supporter, reading.about), reading.desk.now)
    reading.enter(token, "a", reading.about)
    return reading


AGAIN = {"agree": "y", "pin": PIN, "version": "2"}


def test_a_new_version_is_signed_with_the_old_pin(renewing):
    said = text_of(renewing.get("/agreement"))
    assert "Version 2" in said
    assert "Choose a PIN" not in said
    first = kept(renewing).pin_hash
    renewing.post("/agreement", **AGAIN)
    assert (kept(renewing).agreement_version, kept(renewing).pin_hash) == ("2", first)


def test_whoever_reads_the_mailbox_chooses_no_pin_with_a_new_version(renewing):
    first = kept(renewing).pin_hash
    answer = renewing.post("/agreement", **AGAIN | {"pin": "951753", "again": "951753"})
    assert answer.status_code == 422
    assert "This is not your PIN. 4 tries left" in text_of(answer)
    for _ in range(4):
        renewing.post("/agreement", **AGAIN | {"pin": "951753"})
    locked = renewing.post("/agreement", **AGAIN)
    assert locked.status_code == 403
    assert "Only your coordinator" in text_of(locked)
    assert (kept(renewing).agreement_version, kept(renewing).pin_hash) == ("1", first)


def test_without_a_mail_server_no_mail_is_promised(reading):
    reading.desk.without_mail()
    reading.post("/agreement", **SIGNED)
    said = text_of(reading.get("/agreement"))
    assert "your coordinator calls you: this site cannot send email yet" in said
    assert "you get an email" not in said


@pytest.mark.parametrize("method", ["get", "post"])
def test_expired_and_unknown_links_say_what_to_do(invited, method):
    visitor, token, _who = invited
    unknown = getattr(visitor.client, method)("/a/" + "A" * 43)
    assert unknown.status_code == 404
    visitor.desk.clock.advance(days=14, seconds=1)
    expired = getattr(visitor.client, method)(f"/a/{token}")
    assert expired.status_code == 410
    for answer in (unknown, expired):
        assert "250-555-0100" in text_of(answer)


def test_one_supporters_visit_signs_for_nobody_else(reading):
    other = reading.desk.supporter("Dr. Bo Lund", signed=False)
    reading.about, mine = other, reading.about
    assert reading.post("/agreement", **SIGNED).status_code == 409
    for who in (mine, other):
        assert reading.desk.row(Supporter, who).agreement_at is None
