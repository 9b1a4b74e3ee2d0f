"""Account changes are in the audit log with who made them, and on its page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.auth import TableStore
from hub.dashboard import team_log
from hub.extensions import db
from hub.models import AuditLine, Person
from hub.models.person import PasskeyRow
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import text_of
from ui.signin.store import Passkey

# Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KIM = {"name": "Kim Okafor", "email": "kim@example.ca", "role": "viewer"}


def id_of(hub: HubUnderTest, name: str) -> str:
    [row] = hub.rows(Person, Person.name == name)
    return row.person_id


def lines(hub: HubUnderTest) -> list[tuple[str, str | None]]:
    """The acts on Kim by the one who is signed in, and the role they gave."""
    staff, kim = id_of(hub, "Staff Person"), id_of(hub, "Kim Okafor")
    found = hub.rows(AuditLine, AuditLine.person_id == kim)
    assert {line.actor for line in found} == {staff}
    assert all(line.site_id is None and line.match_id is None for line in found)
    return [(line.action, line.code) for line in sorted(found, key=lambda line: line.at)]


def test_each_change_of_an_account_is_noted_with_who_made_it(hub: HubUnderTest, staff: FlaskClient) -> None:
    staff.post("/team/new", data=KIM)
    path = f"/team/{id_of(hub, 'Kim Okafor')}"
    for act in ("fresh-link", "make-staff", "settle", "start-over", "close"):
        hub.clock.advance(minutes=1)
        if act == "settle":
            with hub.session() as session:
                session.scalars(select(Person).where(Person.name == "Staff Person")).one().password_hash = "x"
                session.scalars(select(Person).where(Person.name == "Kim Okafor")).one().password_hash = "x"
        else:
            assert staff.post(f"{path}/{act}").status_code in {200, 302, 303}
    assert lines(hub) == [
        ("person-invited", "viewer"),
        ("person-link-renewed", None),
        ("person-role", "staff"),
        ("person-started-over", None),
        ("person-ended", None),
    ]
    page = text_of(staff.get("/team/log").text)
    for words in (
        "Kim Okafor: Invited (Advisory group)",
        "Kim Okafor: A fresh invitation was made",
        "Kim Okafor: Given another role (Provincial team)",
        "Kim Okafor: The account was started over",
        "Kim Okafor: The account was ended",
        "· Staff Person",
    ):
        assert words in page
    assert page.index("was ended") < page.index("Given another role"), "the newest stands first"
    assert 'href="/team/log"' in staff.get("/team").text


def test_a_change_that_is_refused_leaves_no_line(hub: HubUnderTest, staff: FlaskClient) -> None:
    staff.post("/team/new", data=KIM | {"role": "staff"})
    staff.post(f"/team/{id_of(hub, 'Kim Okafor')}/make-viewer")
    assert lines(hub) == [("person-invited", "staff")], "nobody else of the team can sign in"


def test_how_somebody_signs_in_is_noted_when_they_change_it(hub: HubUnderTest, staff: FlaskClient) -> None:
    me = id_of(hub, "Staff Person")
    passkey = Passkey("p1", me, b"credential", b"key", 0, "K7PX", hub.now)
    with hub.session():
        store = TableStore(db.session)
        store.set_recovery_codes(me, ["hash"])
        store.set_totp_secret(me, "JBSWY3DPEHPK3PXP")
        store.add_passkey(passkey)
        store.add_passkey(passkey)  # known already: nothing changes
        store.remove_passkey(me, "p1")
        store.remove_passkey(me, "p1")
        store.link_subject(me, "https://id.example", "7")
        store.link_subject(me, "https://id.example", "8")
    assert not hub.rows(PasskeyRow)
    noted = [(line.action, line.actor) for line in hub.rows(AuditLine, AuditLine.person_id == me)]
    own = ("recovery-codes", "authenticator", "passkey-added", "passkey-removed", "provider-joined")
    assert sorted(noted) == sorted([("person-invited", "command"), *((each, me) for each in own)])
    page = text_of(staff.get(f"/team/{me}").text)
    assert "New recovery codes were made" in page
    assert "· By a command on the hub’s machine" in page


def test_the_log_is_read_a_page_at_a_time(
    hub: HubUnderTest, staff: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team_log, "_A_PAGE", 1)
    hub.clock.advance(minutes=1)
    staff.post("/team/new", data=KIM)
    newest = staff.get("/team/log").text
    assert "Kim Okafor" in newest
    assert 'href="/team/log?start=1"' in newest
    assert "Kim Okafor" not in text_of(staff.get("/team/log?start=1").text)
    assert staff.get("/team/log?start=-9").text.count("app-timeline__item") == 1
    assert staff.get("/team/log?start=abc").status_code == 200


def test_the_advisory_group_does_not_read_it(hub: HubUnderTest, viewer: FlaskClient) -> None:
    assert viewer.get("/team/log").status_code == 403
