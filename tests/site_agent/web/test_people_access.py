"""Who may call what of settings, people and accounts: a table by hand, every role, an outsider, and nobody."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from site_agent import roles
from site_agent.models import Person
from tests.support.desk import Desk
from ui.access import routes

IN_CHARGE = frozenset({"coordinator", "lead"})
ANYBODY = frozenset({*roles.ROLES, "outsider"})
PUBLIC = ANYBODY | {"nobody"}
TABLE = {
    "/settings": ("GET POST", IN_CHARGE),
    "/settings/link": ("GET", IN_CHARGE),
    "/settings/people": ("GET", IN_CHARGE),
    "/settings/people/new": ("GET POST", IN_CHARGE),
    "/settings/people/<person_id>": ("GET", IN_CHARGE),
    "/settings/people/<person_id>/edit": ("GET POST", IN_CHARGE),
    "/settings/people/<person_id>/start-over": ("GET POST", IN_CHARGE),
    "/settings/people/<person_id>/end": ("GET POST", IN_CHARGE),
    "/account": ("GET", ANYBODY),
    "/account/password": ("GET POST", ANYBODY),
    "/account/authenticator": ("GET POST", ANYBODY),
    "/account/recovery-codes": ("GET POST", ANYBODY),
    "/account/passkeys/question": ("POST", ANYBODY),
    "/account/passkeys/new": ("GET POST", ANYBODY),
    "/account/passkeys/<passkey_id>/remove": ("GET POST", ANYBODY),
    "/account/sessions/end": ("POST", ANYBODY),
    "/account/sessions/end-others": ("POST", ANYBODY),
    "/account/again": ("GET POST", ANYBODY),
    "/sign-in": ("GET POST", PUBLIC),
    "/sign-in/code": ("GET POST", PUBLIC),
    "/sign-in/recovery-code": ("GET POST", PUBLIC),
    "/sign-in/set-up-code": ("GET POST", PUBLIC),
    "/sign-in/passkey/question": ("POST", PUBLIC),
    "/sign-in/passkey": ("POST", PUBLIC),
    "/sign-in/out": ("POST", PUBLIC),
    "/sign-in/welcome/<token>": ("GET POST", PUBLIC),
    "/sign-in/welcome/<token>/passkey/question": ("POST", PUBLIC),
    "/sign-in/welcome/<token>/passkey": ("POST", PUBLIC),
}
SECTIONS = ("/settings/people", "/account", "/sign-in")
DAILY = {"/": "GET", "/requests": "GET", "/supporters": "GET"}


def ours(app: Flask) -> dict[str, str]:
    """The routes of these sections with their methods."""
    found: dict[str, set[str]] = {}
    for rule, methods, _access in routes(app):
        if rule.startswith(SECTIONS):
            found.setdefault(rule, set()).update(methods - {"HEAD", "OPTIONS"})
    return {rule: " ".join(sorted(methods)) for rule, methods in found.items()}


def browser(desk: Desk, who: str) -> FlaskClient:
    """Somebody of this role, signed in just now; a deputy whose day has not come."""
    client = desk.client(None if who == "nobody" else who)
    if who == "deputy":
        with desk.session() as session:
            session.execute(update(Person).values(deputy_until=desk.now.date()))
    return client


def test_the_table_names_every_route_of_these_sections(desk: Desk) -> None:
    table = {rule: methods for rule, (methods, _who) in TABLE.items() if rule.startswith(SECTIONS)}
    assert ours(desk.app) == table


@pytest.mark.parametrize("who", sorted(PUBLIC))
def test_each_route_lets_in_whom_the_table_names_and_nobody_else(desk: Desk, who: str) -> None:
    wrong = []
    for rule, (methods, allowed) in TABLE.items():
        for method in methods.split():
            client = browser(desk, who)
            path = rule.replace("<person_id>", "x").replace("<passkey_id>", "x").replace("<token>", "x")
            answer = client.open(path, method=method)
            refused = answer.status_code == 403 or answer.headers.get("Location", "") in {
                "/sign-in", f"/sign-in?next={path}",
            }  # fmt: skip
            if rule.startswith("/sign-in"):
                refused = answer.status_code == 403
            if refused == (who in allowed) or answer.status_code >= 500:
                wrong.append((method, path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("who", sorted(PUBLIC))
def test_the_daily_work_is_for_coordinators_leads_and_deputies(desk: Desk, who: str) -> None:
    client = browser(desk, who)
    for path in DAILY:
        status = client.get(path).status_code
        assert status == (200 if who in roles.DAILY else 302 if who == "nobody" else 403), path


def test_an_outsiders_person_is_not_reached_by_any_id(desk: Desk) -> None:
    client = desk.client("coordinator")
    for path in (rule for rule in TABLE if "<" in rule and not rule.startswith("/sign-in")):
        page = path.replace("<person_id>", "x").replace("<passkey_id>", "x")
        assert client.get(page).status_code in (404, 303), page
