"""`alongside-hub create-person` makes an account and prints a link that works."""

from __future__ import annotations

import re

import pyotp
import pytest
from click.testing import Result
from flask.testing import FlaskClient

from hub.auth import invite_person
from hub.cli_people import close_person, create_person
from hub.models import Person
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import nobody, text_of

__all__ = ["nobody"]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def create(hub: HubUnderTest, *options: str) -> Result:
    given = ["--email", "robin@example.org", "--name", "Robin", *options]
    return hub.app.test_cli_runner().invoke(create_person, given)


def path_of(result: Result) -> str:
    assert result.exit_code == 0, result.output
    link = result.stdout.strip()
    assert link.startswith("http://127.0.0.1:8000/sign-in/welcome/")
    return link.removeprefix("http://127.0.0.1:8000")


def test_the_link_lets_a_person_choose_a_password_once(hub: HubUnderTest, nobody: FlaskClient) -> None:
    path = path_of(create(hub))
    assert nobody.get(path).status_code == 200
    chosen = {"password": "a long enough password"}
    assert nobody.post(path, data=chosen).headers["Location"] == "/sign-in"
    assert nobody.post(path, data=chosen).status_code == 410
    signing_in = nobody.post("/sign-in", data={"email": "Robin@example.org", **chosen})
    assert signing_in.headers["Location"] == "/sign-in/code"


def test_whoever_was_invited_signs_in_with_a_code_and_reads_the_overview(
    hub: HubUnderTest, nobody: FlaskClient
) -> None:
    chosen = {"password": "a long enough password"}
    nobody.post(path_of(create(hub)), data=chosen)
    nobody.post("/sign-in", data={"email": "robin@example.org", **chosen})
    page = nobody.get("/sign-in/set-up-code").text
    found = re.search(r'<code class="app-code">([A-Z2-7 ]+)</code>', page)
    assert found is not None
    code = pyotp.TOTP(found[1].replace(" ", "")).at(hub.now)
    signed_in = nobody.post("/sign-in/set-up-code", data={"code": code})
    assert signed_in.headers["Location"] == "/account/recovery-codes?next=/"
    assert "Overview" in text_of(nobody.get("/").text)
    nobody.post("/sign-in/out")
    assert nobody.get("/").headers["Location"].startswith("/sign-in")


def test_only_the_link_goes_to_standard_output(hub: HubUnderTest) -> None:
    result = create(hub)
    assert len(result.stdout.splitlines()) == 1
    assert "It works once, within 7 days" in result.stderr


def test_a_viewer_is_made_by_role(hub: HubUnderTest, nobody: FlaskClient) -> None:
    path_of(create(hub, "--role", "viewer"))
    with hub.session() as session:
        assert session.query(Person).one().role == "viewer"


def test_a_known_address_says_how_to_start_over(hub: HubUnderTest, nobody: FlaskClient) -> None:
    first = path_of(create(hub))
    again = create(hub)
    assert again.exit_code == 1
    assert "Add --again to give a fresh link" in again.stderr
    fresh = path_of(create(hub, "--again"))
    assert nobody.post(first, data={"password": "a long enough password"}).status_code == 410
    assert "password" in text_of(nobody.get(fresh).text).lower()


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--email", "robin", "is no email address"),
        ("--name", "  ", "A name has 1 to 120 characters"),
        ("--name", "x" * 121, "A name has 1 to 120 characters"),
        ("--role", "owner", "'owner' is not one of 'staff', 'viewer'"),
    ],
)
def test_a_wrong_option_is_named(hub: HubUnderTest, option: str, value: str, complaint: str) -> None:
    result = create(hub, option, value)
    assert result.exit_code == 2
    assert complaint in result.stderr


def test_starting_over_keeps_the_role_unless_another_is_given(hub: HubUnderTest) -> None:
    path_of(create(hub, "--role", "viewer"))
    path_of(create(hub, "--again"))
    with hub.session() as session:
        assert session.query(Person).one().role == "viewer"


def close(hub: HubUnderTest, email: str = "Robin@example.org") -> Result:
    return hub.app.test_cli_runner().invoke(close_person, ["--email", email])


def test_an_account_is_closed_but_never_the_last_of_the_staff(hub: HubUnderTest) -> None:
    path_of(create(hub))
    refused = close(hub)
    assert refused.exit_code == 1
    assert "is the last of the staff who can sign in. Give somebody else a staff account" in refused.stderr
    with hub.session() as session:
        invite_person(session, "kim@example.org", "Kim", "staff", hub.now)
        session.query(Person).filter_by(name="Kim").one().password_hash = "x"
    assert close(hub).stdout == "The account of Robin is closed.\n"
    with hub.session() as session:
        assert session.query(Person).filter_by(name="Robin").one().closed_at == hub.now
    assert "has an account" in close(hub).stderr
