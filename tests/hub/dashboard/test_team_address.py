"""Another email address for somebody of the hub: they are signed out, and it is in the log."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from hub.models import AuditLine, Invitation, Person, SignInSession
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import signed_in, text_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NEW = "kim.okafor@province.example"


def kim(hub: HubUnderTest) -> Person:
    [row] = hub.rows(Person, Person.role == "viewer")
    return row


def settled(hub: HubUnderTest) -> str:
    """Kim has a password, is signed in, and has no invitation left; the page of the address."""
    with hub.session() as session:
        row = session.get_one(Person, kim(hub).person_id)
        row.password_hash = "x"
        session.query(Invitation).filter_by(person_id=row.person_id).delete()
    return f"/team/{kim(hub).person_id}/address"


def test_it_is_changed_logged_and_every_session_ends(
    hub: HubUnderTest, staff: FlaskClient, viewer: FlaskClient
) -> None:
    path = settled(hub)
    assert 'href="' + path in staff.get(path.removesuffix("/address")).text
    assert "The hub sends no email: tell them" in text_of(staff.get(path).text)
    assert viewer.get("/").status_code == 200
    assert staff.post(path, data={"email": NEW.upper()}).headers["Location"] == path.removesuffix("/address")
    assert kim(hub).email == NEW
    assert hub.count(SignInSession, SignInSession.person_id == kim(hub).person_id) == 0
    assert viewer.get("/").headers["Location"].startswith("/sign-in")
    [line] = hub.rows(AuditLine, AuditLine.action == "person-email")
    assert line.person_id == kim(hub).person_id != line.actor
    said = text_of(staff.get("/team/log").text)
    assert "Viewer Person: The email address was changed" in said
    assert NEW not in said


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter an email address"),
        ("kim", "like name@example.ca"),
        ("gone@example.ca", "has this address, or had it"),
    ],
)
def test_a_wrong_one_says_how_to_mend_it_and_changes_nothing(
    hub: HubUnderTest, staff: FlaskClient, viewer: FlaskClient, typed: str, words: str
) -> None:
    before = kim(hub).email
    with hub.session() as session:
        gone = {"person_id": "g" * 22, "name": "Gone", "email": "gone@example.ca", "role": "staff"}
        session.add(Person(created_at=hub.now, closed_at=hub.now, **gone))
    answer = staff.post(settled(hub), data={"email": typed})
    assert (answer.status_code, words in text_of(answer.text)) == (422, True)
    assert kim(hub).email == before
    assert viewer.get("/").status_code == 200


def test_an_invitation_that_was_not_used_is_made_afresh(
    hub: HubUnderTest, staff: FlaskClient, viewer: FlaskClient
) -> None:
    [first] = hub.rows(Invitation, Invitation.person_id == kim(hub).person_id)
    shown = staff.post(f"/team/{kim(hub).person_id}/address", data={"email": NEW}).text
    assert re.search(r"/sign-in/welcome/[\w-]+", shown)
    [second] = hub.rows(Invitation, Invitation.person_id == kim(hub).person_id)
    assert first.token_hash != second.token_hash


def test_nobody_changes_their_own(hub: HubUnderTest, staff: FlaskClient) -> None:
    [me] = [each.person_id for each in hub.rows(Person)]
    assert staff.post(f"/team/{me}/address", data={"email": NEW}).headers["Location"] == f"/team/{me}"
    assert hub.count(Person, Person.email == NEW) == 0
    assert signed_in(hub, "staff").get(f"/team/{me}/address").status_code == 200
