"""Every press of the desk wants its token, and help is there for all. Who may open what: tests/rules/test_access.py."""

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
