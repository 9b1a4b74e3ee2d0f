"""The team of the hub: invited, made staff or viewer, started over, ended; nobody locks everybody out."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.models import Invitation, PasskeyRow, Person, RecoveryCode, SignInSession
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import signed_in, stranger, text_of

# Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FILLED = {"name": "Kim Okafor", "email": "Kim@example.ca", "role": "viewer"}
LINK = re.compile(r"http://127\.0\.0\.1:8000(/sign-in/welcome/[\w-]+)")
LAST = "Nobody else of the provincial team can sign in."


def invite(staff: FlaskClient, **more: str) -> str:
    """The path of the link that is shown."""
    found = LINK.search(staff.post("/team/new", data=FILLED | more).text)
    assert found
    return found[1]


def kim(hub: HubUnderTest) -> Person:
    with hub.session() as session:
        row = session.scalars(select(Person).where(Person.email == "kim@example.ca")).one()
        session.expunge(row)
        return row


def page_of(hub: HubUnderTest) -> str:
    return f"/team/{kim(hub).person_id}"


def settle(hub: HubUnderTest, email: str = "kim@example.ca") -> None:
    """As if they had taken up the invitation."""
    with hub.session() as session:
        row = session.scalars(select(Person).where(Person.email == email)).one()
        row.password_hash, row.totp_sealed = "x", "x"
        session.add(RecoveryCode(code_hash=email, person_id=row.person_id))


def test_an_invitation_is_shown_once_and_works(hub: HubUnderTest, staff: FlaskClient) -> None:
    path = invite(staff)
    with hub.session() as session:
        assert path.rpartition("/")[2] not in session.scalars(select(Invitation.token_hash)).all()
    assert staff.post("/team/new", data=FILLED).status_code == 422, "a reload sends it again"
    assert stranger(hub).post(path, data={"password": "three mossy cedars"}).headers["Location"] == "/sign-in"
    listed = text_of(staff.get("/team").text)
    assert "Kim Okafor Advisory group kim@example.ca Active" in listed
    assert re.search(r"<h1[^>]*>Kim Okafor", staff.get(page_of(hub)).text)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Enter their name"),
        ({"name": "x" * 121}, "The name must be 120 characters or fewer"),
        ({"email": ""}, "Enter an email address"),
        ({"email": "kim"}, "Enter an email address like name@example.ca"),
        ({"role": ""}, "Select what they may do"),
    ],
)
def test_a_wrong_answer_says_how_to_mend_it(
    hub: HubUnderTest, staff: FlaskClient, wrong: dict[str, str], words: str
) -> None:
    answer = staff.post("/team/new", data=FILLED | wrong)
    assert answer.status_code == 422
    assert words in answer.text
    with hub.session() as session:
        assert len(session.scalars(select(Invitation)).all()) == 1, "of the staff themselves"


def test_roles_change_after_a_question(hub: HubUnderTest, staff: FlaskClient) -> None:
    invite(staff)
    path = page_of(hub)
    assert "Make them a member of the provincial team?" in text_of(staff.get(path + "/make-staff").text)
    assert kim(hub).role == "viewer", "looking changes nothing"
    assert staff.post(path + "/make-staff").headers["Location"] == path
    assert kim(hub).role == "staff"
    assert staff.post(path + "/make-staff").status_code == 409
    with hub.session() as session:
        session.scalars(select(Person).where(Person.email != "kim@example.ca")).one().password_hash = "x"
    staff.post(path + "/make-viewer")
    assert kim(hub).role == "viewer"


def test_the_last_of_the_staff_keeps_role_and_account(hub: HubUnderTest, staff: FlaskClient) -> None:
    invite(staff, role="staff")
    settle(hub)
    path = page_of(hub)
    for act in ("make-viewer", "close"):
        assert staff.post(f"{path}/{act}").headers["Location"] == path
        assert LAST in text_of(staff.get(path).text)
    assert (kim(hub).role, kim(hub).closed_at) == ("staff", None)


def test_a_closed_account_is_out_at_once(hub: HubUnderTest, staff: FlaskClient) -> None:
    invite(staff)
    settle(hub)
    path = page_of(hub)
    assert "End this account?" in text_of(staff.get(path + "/close").text)
    assert staff.post(path + "/close").headers["Location"] == "/team"
    row = kim(hub)
    assert (row.closed_at, row.password_hash, row.totp_sealed) == (hub.now, None, None)
    with hub.session() as session:
        for table in (Invitation, PasskeyRow, RecoveryCode, SignInSession):
            assert not session.scalars(select(table).where(table.person_id == row.person_id)).all()
    assert "kim@example.ca" not in text_of(staff.get("/team").text)
    assert staff.get(path).status_code == 404
    invite(staff, role="staff")
    assert kim(hub).closed_at is None


def test_starting_over_shows_a_link_and_ends_what_was(hub: HubUnderTest, staff: FlaskClient) -> None:
    first = invite(staff)
    path = page_of(hub)
    assert "Make a fresh invitation?" in text_of(staff.get(path + "/fresh-link").text)
    fresh = LINK.search(staff.post(path + "/fresh-link").text)
    assert fresh
    assert stranger(hub).post(first, data={"password": "three mossy cedars"}).status_code == 410
    stranger(hub).post(fresh[1], data={"password": "three mossy cedars"})
    assert staff.get(path + "/fresh-link").status_code == 409
    assert "Start this account over?" in text_of(staff.get(path + "/start-over").text)
    assert LINK.search(staff.post(path + "/start-over").text)
    assert kim(hub).password_hash is None


@pytest.mark.parametrize("act", ["close", "start-over", "make-viewer"])
def test_nobody_does_it_to_themselves(hub: HubUnderTest, staff: FlaskClient, act: str) -> None:
    with hub.session() as session:
        [me] = session.scalars(select(Person.person_id))
    assert "This is you." in text_of(staff.get(f"/team/{me}").text)
    assert staff.post(f"/team/{me}/{act}").headers["Location"] == f"/team/{me}"
    assert "This is your own account." in text_of(staff.get(f"/team/{me}").text)


def test_the_advisory_group_has_an_account_and_no_team(hub: HubUnderTest, viewer: FlaskClient) -> None:
    assert 'href="/team"' not in viewer.get("/").text
    assert viewer.get("/account").status_code == 200
    assert 'href="/team"' in signed_in(hub, "staff").get("/").text
