"""Who may open which page of the desk. The list is taken from the app, so a new page is in it at once."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from site_agent.roles import SAFETY
from tests.support.desk import Desk
from ui.access import Access, routes

PUBLIC = {"/help", "/privacy", "/accessibility"}
FILLED = {"<act>": "close", "<step>": "stage", "<name>": "talks", "<int:row_id>": "1"}
FILLED |= {"<any(again, dismiss, cancel):act>": "again"}
"""What stands for a part of a path that takes no made-up id."""


def desk_pages(desk: Desk) -> list[tuple[str, str, Access]]:
    """Every page of the desk as (path, method, declaration)."""
    ours = {rule.rule for rule in desk.app.url_map.iter_rules() if rule.endpoint.startswith("web.")}
    found = []
    for rule, methods, access in routes(desk.app):
        if rule not in ours:
            continue
        path = rule
        for part, value in FILLED.items():
            path = path.replace(part, value)
        path = re.sub(r"<[a-z_]+>", "x", path)
        assert "<" not in path, f"say in FILLED what stands for the parts of {rule}"
        assert access is not None
        found += [(path, method, access) for method in methods - {"HEAD", "OPTIONS"}]
    return found


def ask(client: FlaskClient, path: str, method: str) -> int:
    return client.open(path, method=method).status_code


def test_only_help_privacy_and_accessibility_are_public(desk: Desk) -> None:
    assert {path for path, _, access in desk_pages(desk) if access.kind == "public"} == PUBLIC


def test_who_is_not_signed_in_is_asked_to_sign_in_everywhere_else(desk: Desk) -> None:
    stranger = desk.client(None)
    for path, method, access in desk_pages(desk):
        if access.kind != "public":
            answer = stranger.open(path, method=method)
            assert answer.status_code in (302, 303), (method, path)
            assert answer.headers["Location"].startswith("/sign-in"), (method, path)


def test_a_role_that_is_not_of_the_desk_is_refused_everywhere(desk: Desk) -> None:
    outsider = desk.client("risk-manager")
    for path, method, access in desk_pages(desk):
        if access.kind != "public":
            assert ask(outsider, path, method) == 403, (method, path)


@pytest.mark.parametrize("role", ["coordinator", "lead"])
def test_coordinator_and_lead_may_open_every_page_but_the_keepers(desk: Desk, role: str) -> None:
    client = desk.client(role)
    for path, method, access in desk_pages(desk):
        kept_out = access.names == frozenset(SAFETY)
        code = ask(client, path, method)
        assert code != 500, (method, path)
        assert (code == 403) is kept_out, (method, path)


def test_a_keeper_opens_the_keepers_pages_and_no_others(desk: Desk) -> None:
    keeper = desk.client("keeper")
    for path, method, access in desk_pages(desk):
        if access.kind == "roles":
            theirs = access.names == frozenset(SAFETY)
            assert (ask(keeper, path, method) == 403) is not theirs, (method, path)


@pytest.mark.parametrize("path", sorted(PUBLIC))
def test_public_pages_open_for_a_stranger(desk: Desk, path: str) -> None:
    answer = desk.client(None).get(path)
    assert answer.status_code == 200
    assert "250-555-0100" in answer.text, "whom to call when the machine is down"


def test_nobody_sees_the_links_of_the_desk_before_signing_in(desk: Desk) -> None:
    assert "Supporters</a>" not in desk.client(None).get("/help").text.replace("\n", "").replace(" ", "")


def test_every_press_asks_for_the_token_of_its_form(desk: Desk) -> None:
    desk.app.config["WTF_CSRF_ENABLED"] = True
    client, keeper = desk.client(), desk.client("keeper")
    for path, method, access in desk_pages(desk):
        if method == "POST":
            who = keeper if access.names == frozenset(SAFETY) else client
            assert ask(who, path, "POST") == 400, path
