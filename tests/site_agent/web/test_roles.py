"""Who may open which page of the desk. The list is taken from the app, so a new page is in it at once."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.support.desk import Desk
from ui.access import Access, routes

PUBLIC = {"/help", "/privacy", "/accessibility"}
FILLED = {"<thid>": "x", "<act>": "close", "<request_id>": "x", "<draft_id>": "x", "<step>": "stage"}
FILLED |= {"<evaluator_id>": "x", "<name>": "talks"}
FILLED |= {
    "<person_id>": "x",
    "<supporter_id>": "x",
    "<int:row_id>": "1",
    "<any(again, dismiss, cancel):act>": "again",
}


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
def test_coordinator_and_lead_may_open_every_page(desk: Desk, role: str) -> None:
    client = desk.client(role)
    for path, method, _ in desk_pages(desk):
        assert ask(client, path, method) not in (403, 500), (method, path)


@pytest.mark.parametrize("path", sorted(PUBLIC))
def test_public_pages_open_for_a_stranger(desk: Desk, path: str) -> None:
    answer = desk.client(None).get(path)
    assert answer.status_code == 200
    assert "250-555-0100" in answer.text, "whom to call when the machine is down"


def test_nobody_sees_the_links_of_the_desk_before_signing_in(desk: Desk) -> None:
    assert "Supporters</a>" not in desk.client(None).get("/help").text.replace("\n", "").replace(" ", "")


def test_every_press_asks_for_the_token_of_its_form(desk: Desk) -> None:
    desk.app.config["WTF_CSRF_ENABLED"] = True
    client = desk.client()
    for path, method, _ in desk_pages(desk):
        if method == "POST":
            assert ask(client, path, "POST") == 400, path
