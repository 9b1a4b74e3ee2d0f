"""Another email address for an account: they are signed out, the old address hears it, and it is logged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from site_agent.extensions import db
from site_agent.mail.text import compose
from site_agent.models import Activity, Invitation, Mail, Passkey, Person, SignInSession, Site
from site_agent.services import people
from site_agent.services.people import Post
from tests.support.desk import Desk, text_of

OLD, NEW = "morgan@example.ca", "m.tran@clinic.example"


@pytest.fixture
def path(desk: Desk, coordinator: FlaskClient) -> str:
    """The page of Morgan's address, who has a passkey and is signed in."""
    with desk.session() as session:
        given = Post(("lead",))
        who, _token = people.invite(session, OLD, "Morgan Tran", given, desk.now, desk.now.date())
        own, until = {"person_id": who.person_id}, desk.now + timedelta(hours=1)
        made = {"public_key": b"k", "sign_count": 0, "label": "AB", "added_at": desk.now}
        session.add(Passkey(passkey_id="p", credential_id=b"c", **made, **own))
        session.add(SignInSession(token_hash="s", started_at=desk.now, expires_at=until, **own))
        return f"/settings/people/{who.person_id}/address"


def morgan(desk: Desk) -> Person:
    with desk.session() as session:
        row: Person = session.scalars(select(Person).where(Person.name == "Morgan Tran")).one()
        session.expunge(row)
        return row


def n_of(desk: Desk, table: type[Any]) -> int:
    with desk.session() as session:
        return len(session.scalars(select(table).where(table.person_id == morgan(desk).person_id)).all())


def test_it_is_changed_and_every_session_and_link_of_before_ends(
    desk: Desk, coordinator: FlaskClient, path: str
) -> None:
    assert "Change the email address" in text_of(coordinator.get(path.removesuffix("/address")))
    assert "They are signed out everywhere." in text_of(coordinator.get(path))
    assert morgan(desk).email == OLD, "looking changes nothing"
    answer = coordinator.post(path, data={"email": f" {NEW.upper()} "})
    assert answer.headers["Location"] == path.removesuffix("/address")
    assert morgan(desk).email == NEW
    assert [n_of(desk, table) for table in (SignInSession, Invitation, Passkey)] == [0, 0, 1]
    assert NEW in text_of(coordinator.get(path.removesuffix("/address")))


def test_the_old_address_hears_that_it_was_changed_and_nobodys_name(
    desk: Desk, coordinator: FlaskClient, path: str
) -> None:
    coordinator.post(path, data={"email": NEW})
    with desk.session() as session:
        [mail] = session.scalars(select(Mail).where(Mail.kind == "address-changed"))
        assert (mail.to, mail.link) == (OLD, "https://cedar.example.ca/sign-in")
        message = compose(mail, session.get(Site, 1), "messages@cedar.example")
        names = session.scalars(select(Person.name)).all()
    text = message.get_content()
    assert "The email address of your account was changed" in text
    assert [each for each in (*names, NEW, "example.org") if each in message.as_string()] == []


def test_it_is_logged_with_who_did_it(desk: Desk, coordinator: FlaskClient, path: str) -> None:
    coordinator.post(path, data={"email": NEW})
    who = morgan(desk).person_id
    with desk.session() as session:
        [line] = session.scalars(select(Activity).where(Activity.code == "email-changed"))
        assert line.subject == who != line.person_id
    shown = text_of(coordinator.get("/activity"))
    assert "Changed the email address of an account" in shown
    assert NEW not in shown


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter an email address"),
        ("morgan", "Enter an email address like name@example.ca"),
        ("x" * 250 + "@example.ca", "The email address must be 254 characters or fewer"),
        ("gone@example.ca", "Somebody here has this address, or had it."),
    ],
)
def test_a_wrong_one_says_how_to_mend_it_and_changes_nothing(
    desk: Desk, coordinator: FlaskClient, path: str, typed: str, words: str
) -> None:
    with desk.session() as session:
        gone = Person(person_id="g" * 22, name="Gone", email="gone@example.ca", roles=(), added_at=desk.now)
        gone.left_at = desk.now
        session.add(gone)
    answer = coordinator.post(path, data={"email": typed})
    assert (answer.status_code, words in text_of(answer)) == (422, True)
    assert f'value="{typed}"' in answer.text
    assert (morgan(desk).email, n_of(desk, SignInSession)) == (OLD, 1)
    with desk.session() as session:
        assert session.scalars(select(Mail).where(Mail.kind == "address-changed")).all() == []


def test_the_address_that_stands_already_changes_nothing(
    desk: Desk, coordinator: FlaskClient, path: str
) -> None:
    coordinator.post(path, data={"email": OLD})
    assert n_of(desk, SignInSession) == 1


def test_whoever_has_not_signed_in_yet_gets_a_fresh_invitation_there(
    desk: Desk, coordinator: FlaskClient, path: str
) -> None:
    with desk.session() as session:
        session.delete(session.get(Passkey, "p"))
    coordinator.post(path, data={"email": NEW})
    with desk.session() as session:
        [mail] = session.scalars(select(Mail).where(Mail.kind == "invitation"))
        assert mail.to == NEW
    assert n_of(desk, Invitation) == 1


def test_nobody_changes_their_own(desk: Desk, coordinator: FlaskClient, path: str) -> None:
    with desk.session() as session:
        me = session.scalars(select(Person.person_id).where(Person.name != "Morgan Tran")).one()
    answer = coordinator.post(f"/settings/people/{me}/address", data={"email": NEW})
    assert answer.headers["Location"] == f"/settings/people/{me}"
    assert "This is your own account." in text_of(coordinator.get(f"/settings/people/{me}"))
    with desk.app.app_context():
        assert NEW not in db.session.scalars(select(Person.email)).all()


def test_an_address_that_stands_already_is_no_change_in_the_log(
    desk: Desk, coordinator: FlaskClient, path: str
) -> None:
    coordinator.post(path, data={"email": OLD})
    with desk.session() as session:
        assert session.scalars(select(Activity).where(Activity.code == "email-changed")).all() == []
