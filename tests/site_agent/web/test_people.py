"""People and roles at a site: invited, changed, started over, ended, and what each refusal says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from site_agent.models import Activity, Invitation, Mail, Passkey, Person, RecoveryCode, SignInSession
from site_agent.services import people
from tests.support.desk import Desk, text_of

FILLED = {"name": "Morgan Tran", "email": "Morgan@Example.ca", "roles": ["coordinator"]}
UNTIL = {"deputy_until-day": "24", "deputy_until-month": "12", "deputy_until-year": "2026"}
LAST = "Nobody else who can sign in is a coordinator."
TWO = "There are two safety keepers already."


def invite(client: FlaskClient, **more: Any) -> Any:
    return client.post("/settings/people/new", data=FILLED | more)


def person(desk: Desk, email: str = "morgan@example.ca") -> Person:
    with desk.session() as session:
        row = session.scalars(select(Person).where(Person.email == email)).one()
        session.expunge(row)
        return row


def page_of(desk: Desk, email: str = "morgan@example.ca") -> str:
    return f"/settings/people/{person(desk, email).person_id}"


def settled(desk: Desk, email: str = "morgan@example.ca") -> None:
    """As if they had chosen a password, an authenticator, a passkey and codes, and were signed in."""
    with desk.session() as session:
        row = session.scalars(select(Person).where(Person.email == email)).one()
        row.password_hash, row.totp_secret, row.last_totp_step = "x", "x", 7
        own = {"person_id": row.person_id}
        session.add(RecoveryCode(code_hash="c", **own))
        session.add(
            Passkey(
                passkey_id="p",
                credential_id=b"c",
                public_key=b"k",
                sign_count=0,
                label="AB",
                added_at=desk.now,
                **own,
            )
        )
        until = desk.now + timedelta(hours=1)
        session.add(SignInSession(token_hash="s", started_at=desk.now, expires_at=until, **own))


def n_rows(desk: Desk, table: type[Any], email: str = "morgan@example.ca") -> int:
    person_id = person(desk, email).person_id
    with desk.session() as session:
        return len(session.scalars(select(table).where(table.person_id == person_id)).all())


def test_an_invitation_goes_by_mail_and_is_not_on_the_page(desk: Desk, coordinator: FlaskClient) -> None:
    answer = invite(coordinator)
    assert answer.headers["Location"] == page_of(desk)
    page = coordinator.get(page_of(desk))
    assert "The invitation is on its way to Morgan Tran." in text_of(page)
    assert re.search(r"<h1[^>]*>Morgan Tran", page.text)
    with desk.session() as session:
        [mail] = session.scalars(select(Mail).where(Mail.kind == "invitation"))
        assert mail.to == "morgan@example.ca"
        assert mail.link.startswith("https://cedar.example.ca/sign-in/welcome/")
        assert mail.expires_at == desk.now + timedelta(days=7)
        link = str(mail.link)
    assert desk.client(None).get(link.removeprefix("https://cedar.example.ca")).status_code == 200


def test_without_mail_the_link_is_shown_once_and_works(desk: Desk, coordinator: FlaskClient) -> None:
    desk.without_mail()
    page = invite(coordinator).text
    link = re.search(r"https://cedar\.example\.ca(/sign-in/welcome/[\w-]+)", page)
    assert link
    assert "This link is shown once." in page
    with desk.session() as session:
        assert session.scalars(select(Mail)).all() == []
        assert link[1].rpartition("/")[2] not in str(session.scalars(select(Invitation.token_hash)).all())
    assert invite(coordinator).status_code == 422, "a reload sends it again"
    chosen = desk.client(None).post(link[1], data={"password": "three mossy cedars"})
    assert chosen.headers["Location"] == "/sign-in"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Enter their name"),
        ({"name": "a\u202eb"}, "Type it again"),
        ({"name": "x" * 121}, "The name must be 120 characters or fewer"),
        ({"email": ""}, "Enter an email address"),
        ({"email": "morgan"}, "Enter an email address like name@example.ca"),
        ({"email": "x" * 250 + "@example.ca"}, "The email address must be 254 characters or fewer"),
        ({"roles": []}, "Select at least one role"),
        ({"roles": ["king"]}, "Not a valid choice"),
        ({"roles": ["deputy"]}, "A deputy stands in until a day: enter it below"),
        ({"roles": ["deputy"], **UNTIL, "deputy_until-year": "2020"}, "The day must be today or later"),
        ({"roles": ["deputy"], **UNTIL, "deputy_until-day": "32"}, "The day needs a number"),
    ],
)
def test_a_wrong_answer_says_how_to_mend_it_and_keeps_the_rest(
    desk: Desk, coordinator: FlaskClient, wrong: dict[str, Any], words: str
) -> None:
    answer = invite(coordinator, **wrong)
    assert answer.status_code == 422
    if "Not a valid" not in words:
        assert words in answer.text
    if "email" not in wrong:
        assert 'value="Morgan@' in answer.text, answer.text[answer.text.index('name="email"') - 200 :][:400]
    with desk.session() as session:
        assert session.scalars(select(Invitation)).all() == []


def test_a_known_address_is_refused_and_one_that_left_comes_back_with_nothing_of_old(
    desk: Desk, coordinator: FlaskClient
) -> None:
    invite(coordinator, roles=["lead"])
    settled(desk)
    answer = invite(coordinator, email=" MORGAN@example.ca ", name="Somebody Else")
    assert answer.status_code == 422
    assert "Somebody here has this address already." in answer.text
    assert person(desk).name == "Morgan Tran"
    coordinator.post(page_of(desk) + "/end")
    assert person(desk).left_at is not None
    invite(coordinator, roles=["lead"])
    back = person(desk)
    assert (back.left_at, back.roles, back.password_hash) == (None, ("lead",), None)


def test_a_third_keeper_is_refused(desk: Desk, coordinator: FlaskClient) -> None:
    assert "2 safety keepers are missing." in text_of(coordinator.get("/settings/people"))
    for n in range(2):
        assert invite(coordinator, email=f"k{n}@example.ca", roles=["keeper"]).status_code == 303
    assert "missing" not in text_of(coordinator.get("/settings/people"))
    answer = invite(coordinator, roles=["keeper"])
    assert answer.status_code == 422
    assert TWO in answer.text
    kept = {"name": "K", "roles": ["keeper", "lead"]}
    assert coordinator.post(page_of(desk, "k0@example.ca") + "/edit", data=kept).status_code == 303


def test_roles_are_changed_and_taking_one_away_is_asked_first(desk: Desk, coordinator: FlaskClient) -> None:
    invite(coordinator)
    path = page_of(desk)
    more = {"name": "Morgan T.", "roles": ["coordinator", "lead"]}
    assert coordinator.post(path + "/edit", data=more).headers["Location"] == path
    assert person(desk).roles == ("coordinator", "lead")
    fewer = {"name": "Morgan", "roles": ["deputy"], **UNTIL}
    asked = coordinator.post(path + "/edit", data=fewer)
    assert asked.status_code == 200
    words = text_of(asked)
    assert "Take these roles away?" in words
    assert "Coordinator Physician lead" in words
    assert person(desk).roles == ("coordinator", "lead")
    assert 'name="deputy_until-day" value="24"' in asked.text
    with desk.session() as session:  # the other coordinator has come, so this one may stop
        session.scalars(select(Person).where(Person.email != "morgan@example.ca")).one().password_hash = "x"
    assert coordinator.post(path + "/edit", data=fewer | {"asked": "yes"}).headers["Location"] == path
    assert (person(desk).name, person(desk).roles) == ("Morgan", ("deputy",))
    assert "Deputy until Thu 24 Dec 2026" in text_of(coordinator.get(path))


def test_who_gives_up_their_own_roles_is_led_to_their_account(desk: Desk, coordinator: FlaskClient) -> None:
    invite(coordinator)
    settled(desk)
    with desk.session() as session:
        me = session.scalars(select(Person.person_id).where(Person.email != "morgan@example.ca")).one()
    given_up = {"name": "C", "roles": ["keeper"], "asked": "yes"}
    assert coordinator.post(f"/settings/people/{me}/edit", data=given_up).headers["Location"] == "/account"
    assert coordinator.get("/settings/people").status_code == 403


def test_the_last_coordinator_keeps_role_and_account(desk: Desk) -> None:
    lead = desk.client("lead")
    invite(lead)
    settled(desk)
    path = page_of(desk)
    taken = lead.post(path + "/edit", data={"name": "M", "roles": ["lead"], "asked": "yes"})
    assert taken.status_code == 422
    assert LAST in taken.text
    assert lead.post(path + "/end").headers["Location"] == path
    assert LAST in text_of(lead.get(path))
    assert person(desk).left_at is None
    invite(lead, email="second@example.ca")
    lead.post(path + "/end")
    assert person(desk).left_at is None, "an invitation is nobody who can sign in"
    with desk.session() as session:
        session.scalars(select(Person).where(Person.email == "second@example.ca")).one().password_hash = "x"
    lead.post(path + "/end")
    assert person(desk).left_at == desk.now


def test_an_ended_account_is_out_at_once_and_gone_from_the_list(desk: Desk, coordinator: FlaskClient) -> None:
    invite(coordinator, roles=["lead"])
    settled(desk)
    path = page_of(desk)
    assert "End this account?" in text_of(coordinator.get(path + "/end"))
    assert person(desk).left_at is None, "looking changes nothing"
    assert coordinator.post(path + "/end").headers["Location"] == "/settings/people"
    ended = person(desk)
    assert (ended.password_hash, ended.totp_secret) == (None, None)
    assert [n_rows(desk, table) for table in (SignInSession, Invitation, Passkey, RecoveryCode)] == [0] * 4
    assert "Morgan Tran" not in text_of(coordinator.get("/settings/people")).replace("of Morgan Tran is", "")
    assert coordinator.get(path).status_code == 404


def test_starting_over_forgets_every_way_to_sign_in_and_keeps_the_roles(
    desk: Desk, coordinator: FlaskClient
) -> None:
    invite(coordinator, roles=["lead"])
    settled(desk)
    path = page_of(desk)
    assert "Start this account over?" in text_of(coordinator.get(path + "/start-over"))
    assert coordinator.post(path + "/start-over").headers["Location"] == path
    row = person(desk)
    assert (row.password_hash, row.totp_secret, row.last_totp_step, row.roles) == (
        None,
        None,
        None,
        ("lead",),
    )
    assert [n_rows(desk, table) for table in (SignInSession, Passkey, RecoveryCode)] == [0] * 3
    assert n_rows(desk, Invitation) == 1, "the first one stopped working"


def test_somebody_who_has_not_come_yet_gets_a_fresh_invitation(desk: Desk, coordinator: FlaskClient) -> None:
    invite(coordinator)
    assert "Invited" in text_of(coordinator.get("/settings/people"))
    desk.clock.advance(days=7)
    late = desk.client()
    assert "Invitation ran out" in text_of(late.get("/settings/people"))
    assert "Send a fresh invitation?" in text_of(late.get(page_of(desk) + "/start-over"))
    late.post(page_of(desk) + "/start-over")
    assert n_rows(desk, Invitation) == 1
    with desk.session() as session:
        assert len(session.scalars(select(Mail).where(Mail.kind == "invitation")).all()) == 2


@pytest.mark.parametrize("act", ["end", "start-over"])
def test_nobody_ends_or_resets_themselves(desk: Desk, coordinator: FlaskClient, act: str) -> None:
    with desk.session() as session:
        [me] = session.scalars(select(Person.person_id))
    path = f"/settings/people/{me}"
    page = coordinator.get(path)
    assert "This is you." in text_of(page)
    assert f"{path}/{act}" not in page.text
    assert coordinator.post(f"{path}/{act}").headers["Location"] == path
    assert "This is your own account." in text_of(coordinator.get(path))
    assert desk.row(Person, me).left_at is None


def test_a_deputy_does_the_daily_work_until_the_day_and_not_a_day_longer(desk: Desk) -> None:
    deputy = desk.client("deputy")
    with desk.session() as session:
        row = session.scalars(select(Person)).one()
        row.deputy_until = (desk.now + timedelta(days=1)).date()  # 4 November at the site
    desk.app.config.update(SESSION_IDLE_MINUTES=10_000)
    with desk.session() as session:
        session.scalars(select(SignInSession)).one().expires_at = desk.now + timedelta(days=9)
    assert deputy.get("/").status_code == 200
    assert "Settings" not in deputy.get("/").text.partition("<main")[0]
    assert "Set-up" in desk.client().get("/").text.partition("This site")[2]
    assert "Set-up" not in deputy.get("/").text.partition("This site")[2]
    desk.clock.advance(hours=24 + 13)  # 11 at night of the 4th, the 5th in UTC
    assert deputy.get("/").status_code == 200
    desk.clock.advance(hours=1)
    assert deputy.get("/").status_code == 403
    page = deputy.get("/account")
    assert "Your account opens nothing just now." in text_of(page)
    assert 'href="/requests"' not in page.text


def test_a_keeper_sees_nothing_of_the_daily_work(desk: Desk) -> None:
    keeper = desk.client("keeper")
    for path in ("/", "/requests", "/supporters", "/settings", "/settings/people"):
        assert keeper.get(path).status_code == 403, path
    assert 'href="/requests"' not in keeper.get("/account").text


def test_mail_about_today_reaches_a_deputy_while_they_stand_in(desk: Desk) -> None:
    from site_agent.services import post

    with desk.session() as session:
        given = people.Post(("deputy",), desk.now.date())
        people.invite(session, "deputy@example.ca", "D", given, desk.now, desk.now.date())
        post.to_coordinators(session, desk.now)
        post.to_coordinators(session, desk.now + timedelta(days=1))
        assert [mail.to for mail in session.scalars(select(Mail))] == ["deputy@example.ca"]


def test_each_change_of_an_account_is_kept_with_who_made_it(desk: Desk, coordinator: FlaskClient) -> None:
    def lines() -> int:
        invited = person(desk).person_id
        with desk.session() as session:
            about = Activity.code == "people-changed", Activity.subject == invited
            kept = session.scalars(select(Activity).where(*about)).all()
            assert all(each.person_id != invited for each in kept)
            return len(kept)

    invite(coordinator)
    assert lines() == 1
    desk.clock.at += timedelta(hours=1)
    coordinator.post(page_of(desk) + "/edit", data=FILLED | {"roles": ["coordinator", "keeper"]})
    assert person(desk).roles == ("coordinator", "keeper")
    assert lines() == 2
    desk.clock.at += timedelta(hours=1)
    coordinator.post(page_of(desk) + "/start-over")
    assert lines() == 3
    log = coordinator.get("/activity")
    assert "Changed an account or its roles" in text_of(log)
    assert f'href="{page_of(desk)}"' in log.text, "the log does not say whose account"
