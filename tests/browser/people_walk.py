"""The pages of people and of one's own account, which both apps have, and the states of them that look different."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from playwright.sync_api import Page
from sqlalchemy import select

from hub.models import PasskeyRow
from hub.models import Person as Member
from hub.services import people as hub_people
from site_agent.models import Passkey, Person
from site_agent.services import people
from tests.support.desk import Desk
from tests.support.hub import HubUnderTest
from tests.support.press import press, sees
from tests.support.walk import Scenery, Stop, pressing

LONG = "Maximiliane Featherstonehaugh-Wolfeschlegelsteinhausen"
LONG_EMAIL = "maximiliane.featherstonehaugh-wolfeschlegelsteinhausen@peers.example"
CHRISTMAS = date(2026, 12, 24)


def at_a_site(desk: Desk) -> dict[str, str]:
    """People of every kind; the names that paths use."""
    now, today = desk.now, desk.now.date()
    given = {
        "lead": ("Dr. Ada Okafor", "ada@peers.example", people.Post(("lead", "keeper"))),
        "deputy": (LONG, LONG_EMAIL, people.Post(("deputy",), CHRISTMAS)),
    }
    ways = {}
    with desk.session() as session:
        me = session.scalars(select(Person).where(Person.name == "Coordinator Person")).one()
        me.password_hash = "x"
        session.add(Passkey(passkey_id="pk", credential_id=b"1", **_passkey(me.person_id, now)))
        for key, (name, email, post) in given.items():
            row, ways["welcome"] = people.invite(session, email, name, post, now, today)
            ways[f"person-{key}"] = row.person_id
        ways["person-self"] = me.person_id
        session.get_one(Person, ways["person-lead"]).password_hash = "x"
    return ways | {"passkey": "pk"}


def at_the_hub(hub: HubUnderTest) -> dict[str, str]:
    """The same at the hub."""
    with hub.session() as session:
        me = session.scalars(select(Member).where(Member.name == "Staff Person")).one()
        me.password_hash = "x"
        session.add(PasskeyRow(passkey_id="pk", credential_id=b"1", **_passkey(me.person_id, hub.now)))
        welcome = hub_people.invite_person(session, LONG_EMAIL, LONG, "viewer", hub.now)
        invited = session.scalars(select(Member.person_id).where(Member.email == LONG_EMAIL)).one()
        hub_people.invite_person(session, "kim@hub.example", "Kim Okafor", "staff", hub.now)
        active = session.scalars(select(Member).where(Member.email == "kim@hub.example")).one()
        active.password_hash = "x"
        people_there = {"invited-person": invited, "active-person": active.person_id}
        return {"passkey": "pk", "welcome": welcome, **people_there}


def _passkey(person_id: str, now: datetime) -> dict[str, object]:
    made = {"public_key": b"k", "sign_count": 0, "label": "K7PX", "added_at": now - timedelta(days=3)}
    return {"person_id": person_id, **made}


def _invited(page: Page, scenery: Scenery) -> None:
    page.get_by_label("Name").fill(LONG)
    page.get_by_label("Email").fill("new@peers.example")
    page.get_by_label("Physician lead").check()
    press(page, "Invite")
    sees(page, "This link is shown once.")


def _invited_at_the_hub(page: Page, scenery: Scenery) -> None:
    page.get_by_label("Name").fill(LONG)
    page.get_by_label("Email").fill("new@hub.example")
    page.get_by_label("Advisory group").check()
    press(page, "Make the invitation")
    sees(page, "This link is shown once.")


def _fewer_roles(page: Page, scenery: Scenery) -> None:
    page.get_by_label("Safety keeper").uncheck()
    press(page, "Save")
    sees(page, "Take these roles away?")


def _deputy_without_day(page: Page, scenery: Scenery) -> None:
    page.get_by_label("Deputy", exact=True).check()
    press(page, "Invite")


SITE = [
    Stop("people", "web.people", "/settings/people"),
    Stop("person", "web.person", "/settings/people/{person-lead}"),
    Stop("person-deputy", "web.person", "/settings/people/{person-deputy}"),
    Stop("person-self", "web.person", "/settings/people/{person-self}"),
    Stop("person-new", "web.new_person", "/settings/people/new"),
    Stop("person-new-errors", "web.new_person", "/settings/people/new", _deputy_without_day, status=422),
    Stop("person-link", "web.new_person", "/settings/people/new", _invited, who="waiter", at="pending"),
    Stop("person-edit", "web.edit_person", "/settings/people/{person-deputy}/edit"),
    Stop("person-change", "web.edit_person", "/settings/people/{person-lead}/edit", _fewer_roles),
    Stop("person-start-over", "web.start_person_over", "/settings/people/{person-lead}/start-over"),
    Stop("person-resend", "web.start_person_over", "/settings/people/{person-deputy}/start-over"),
    Stop("person-address", "web.change_address", "/settings/people/{person-deputy}/address"),
    Stop(
        "person-address-errors",
        "web.change_address",
        "/settings/people/{person-deputy}/address",
        pressing("Change the address"),
        status=422,
    ),
    Stop("person-end", "web.end_person", "/settings/people/{person-deputy}/end"),
]
HUB = [
    Stop("team", "dashboard.team", "/team"),
    Stop("team-new", "dashboard.new_member", "/team/new"),
    Stop("team-new-errors", "dashboard.new_member", "/team/new", pressing("Make the invitation"), status=422),
    Stop(
        "team-link",
        "dashboard.new_member",
        "/team/new",
        _invited_at_the_hub,
        who="staff-empty",
        at="hub-empty",
    ),
    Stop("team-log", "dashboard.team_log", "/team/log"),
    Stop("team-member", "dashboard.member", "/team/{active-person}"),
    Stop("team-member-invited", "dashboard.member", "/team/{invited-person}"),
    Stop("team-start-over", "dashboard.confirm_member", "/team/{active-person}/start-over"),
    Stop("team-address", "dashboard.change_address", "/team/{active-person}/address"),
    Stop(
        "team-address-errors",
        "dashboard.change_address",
        "/team/{active-person}/address",
        pressing("Change the address"),
        status=422,
    ),
    Stop("team-close", "dashboard.confirm_member", "/team/{invited-person}/close"),
]
ACCOUNT = [
    Stop("account", "account.account", "/account"),
    Stop("account-password", "account.password", "/account/password"),
    Stop(
        "account-password-errors",
        "account.password",
        "/account/password",
        pressing("Set password"),
        status=422,
    ),
    Stop("account-authenticator", "account.authenticator", "/account/authenticator"),
    Stop("account-recovery-codes", "account.recovery_codes", "/account/recovery-codes"),
    Stop(
        "account-recovery-codes-made",
        "account.recovery_codes",
        "/account/recovery-codes",
        pressing("Make ten codes"),
    ),
    Stop("account-passkey", "account.new_passkey", "/account/passkeys/new"),
    Stop("account-again", "account.again", "/account/again"),
]
REMOVING = Stop("account-passkey-remove", "account.remove_passkey", "/account/passkeys/{passkey}/remove")
