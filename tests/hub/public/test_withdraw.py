"""Withdrawing by the code alone: no name, nothing of any site, nothing in a log, and it wins over everything."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from hub.models import AuditLine, Letter, Match
from protocol.match_states import FINAL, State
from protocol.withdrawal import new_secret
from tests.support.fake_site import FakeRequest
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import ORIGIN, add_match, add_site, text_of

SECRET = "7K2M4-9QXYZ-00000-11111-ABCDE-F"
PROGRAMME = "1-800-663-6729"


@pytest.fixture
def request_made(hub: HubUnderTest) -> FakeRequest:
    """A request whose letters went out to the one site that can help."""
    home, helper = hub.site(), hub.helper()
    request = home.ask()
    assert request.listed() == [helper.site_id]
    request.write(helper)
    return request


def state_of(hub: HubUnderTest) -> str:
    with hub.session() as session:
        return session.query(Match).one().state


def test_the_programme_answers_physicians_when_the_hub_does_not_and_not_the_team(nobody: FlaskClient) -> None:
    line = "If this website does not answer, call"
    assert line in nobody.get("/withdraw").text
    door = nobody.get("/sign-in").text
    assert line not in door
    assert "9-8-8" in door


def test_each_of_its_pages_has_a_quick_way_out(hub: HubUnderTest, nobody: FlaskClient) -> None:
    add_match(hub, add_site(hub, "Kettle Basin"), State.LOOKING, hub.now, secret=SECRET)
    asking, standing = nobody.get("/withdraw"), nobody.post("/withdraw", data={"code": SECRET})
    assert "Where your request stands" in standing.text
    for answer in (asking, standing):
        ways = re.findall(r'<a [^>]*href="https://weather\.gc\.ca/"[^>]*>', answer.text)
        assert len(ways) == 2
        assert all('rel="nofollow noreferrer"' in way for way in ways)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_page_asks_for_a_code_and_nothing_else(nobody: FlaskClient) -> None:
    page = nobody.get("/withdraw").text
    assert page.count("<input") == 2  # the code, and the form's own token
    assert PROGRAMME in text_of(page)


def test_the_code_shows_where_it_stands_and_changes_nothing(
    hub: HubUnderTest, nobody: FlaskClient, request_made: FakeRequest
) -> None:
    response = nobody.post("/withdraw", data={"code": request_made.secret})
    text = text_of(response.text)
    assert response.status_code == 200
    assert "Looking" in text
    assert PROGRAMME in text
    assert state_of(hub) == State.PROPOSED
    assert response.headers["Cache-Control"] == "no-store"


def test_the_second_press_withdraws_and_a_third_says_the_same(
    hub: HubUnderTest, nobody: FlaskClient, request_made: FakeRequest
) -> None:
    for _ in range(2):
        response = nobody.post("/withdraw/confirm", data={"code": request_made.secret})
        assert response.status_code == 200
        text = text_of(response.text)
        assert "Your request is withdrawn" in text
        assert PROGRAMME in text
        assert "Withdraw my request" not in text
    assert state_of(hub) == State.WITHDRAWN
    with hub.session() as session:
        assert session.query(Letter).count() == 0


def test_home_is_told_and_the_proposal_is_never_delivered(
    hub: HubUnderTest, nobody: FlaskClient, request_made: FakeRequest
) -> None:
    nobody.post("/withdraw/confirm", data={"code": request_made.secret})
    assert request_made.home.hears() == ["match.status withdrawn"]


@pytest.mark.parametrize(
    "written", [str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code} "]
)
def test_the_code_may_be_written_in_many_ways(
    hub: HubUnderTest, nobody: FlaskClient, written: object
) -> None:
    add_match(hub, add_site(hub, "Cedar"), State.LOOKING, hub.now, secret=SECRET)
    response = nobody.post("/withdraw", data={"code": written(SECRET)})  # type: ignore[operator]
    assert "Where your request stands" in text_of(response.text)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("", "Enter the withdrawal code that you were given when you asked"),
        ("   ", "Enter the withdrawal code that you were given when you asked"),
        ("7K2M4", "it has 26 letters and digits, and never the letter U"),
        ("U" * 26, "it has 26 letters and digits, and never the letter U"),
        ("ü" * 26, "it has 26 letters and digits, and never the letter U"),
        ("0" * 26, "No request has this code. Check it letter by letter"),
        ("0" * 201, "That is too long for a withdrawal code"),
    ],
)
def test_a_wrong_code_says_how_to_mend_it_and_stays_in_the_box(
    hub: HubUnderTest, nobody: FlaskClient, typed: str, advice: str
) -> None:
    add_match(hub, add_site(hub, "Cedar"), State.LOOKING, hub.now)
    assert nobody.post("/withdraw/confirm", data={"code": typed}).status_code == 422
    response = nobody.post("/withdraw", data={"code": typed})
    assert response.status_code == 422
    assert "<title>Error:" in response.text
    assert advice in text_of(response.text)
    assert f'value="{typed.strip()}"' in response.text or not typed.strip()
    assert state_of(hub) == State.LOOKING


def test_the_physician_reads_homes_words_and_never_how_a_site_answered(
    hub: HubUnderTest, nobody: FlaskClient
) -> None:
    home, helper = add_site(hub, "Cedar Inlet"), add_site(hub, "Birch Bay")
    for state in State:
        secret = new_secret()
        add_match(hub, home, state, hub.now, helper, secret=secret, closing_told_at=hub.now)
        text = text_of(nobody.post("/withdraw", data={"code": secret}).text)
        for hidden in ("Cedar", "Birch", "Asked", "Accepted", "Overdue", "Needs the team", home, helper):
            assert hidden not in text
        assert ("Withdraw my request" in text) is (state not in FINAL)


def test_a_closing_is_not_told_before_home_hears_of_it(hub: HubUnderTest, nobody: FlaskClient) -> None:
    add_match(hub, add_site(hub, "Cedar"), State.CLOSED, hub.now, secret=SECRET)
    text = text_of(nobody.post("/withdraw", data={"code": SECRET}).text)
    assert "In touch" in text
    assert "Withdraw my request" in text  # as it is with any request in touch
    add_match(
        hub,
        add_site(hub, "Birch"),
        State.CLOSED,
        hub.now,
        secret=SECRET[::-1],
        closing_told_at=hub.now + timedelta(days=1),
    )
    assert "Closed" in text_of(nobody.post("/withdraw", data={"code": SECRET[::-1]}).text)


def test_neither_code_nor_address_is_written_down(
    hub: HubUnderTest, nobody: FlaskClient, caplog: pytest.LogCaptureFixture, request_made: FakeRequest
) -> None:
    caplog.set_level(logging.DEBUG)
    address = {"REMOTE_ADDR": "203.0.113.77"}
    for path in ("/withdraw", "/withdraw/confirm"):
        nobody.post(path, data={"code": request_made.secret}, environ_overrides=address)
    assert request_made.secret not in caplog.text
    assert "203.0.113.77" not in caplog.text
    with hub.session() as session:
        for line in session.query(AuditLine):
            kept = [line.action, line.actor, line.match_id, line.site_id, line.site_hash, line.code]
            assert not any("203.0.113" in str(value) or request_made.secret in str(value) for value in kept)
        assert session.query(AuditLine).filter_by(action="withdraw").one().actor == "page"


def test_the_code_travels_only_in_the_body(nobody: FlaskClient) -> None:
    assert nobody.get("/withdraw/confirm").status_code == 405
    secret = new_secret()
    assert secret not in nobody.get(f"/withdraw?code={secret}").text


def test_a_withdrawal_from_another_page_is_refused(
    hub: HubUnderTest, nobody: FlaskClient, request_made: FakeRequest
) -> None:
    hub.app.config["WTF_CSRF_ENABLED"] = True
    response = nobody.post("/withdraw/confirm", data={"code": request_made.secret}, base_url=ORIGIN)
    assert response.status_code == 400
    assert state_of(hub) == State.PROPOSED
