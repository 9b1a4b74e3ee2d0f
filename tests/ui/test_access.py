"""Every page says who may open it, and nobody else comes in."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from tests.support.clock import StoppedClock
from tests.support.memory_store import MemoryStore
from tests.support.shared_web import add_member, bare_app, client_of, get, post, sign_in, small_app
from ui import finish
from ui.access import Access, UndeclaredRouteError, allow, link, local_path, public, routes


def test_an_undeclared_route_is_refused_at_start_up_by_name() -> None:
    app = bare_app()
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    with pytest.raises(UndeclaredRouteError, match=r"/forgotten \(forgotten\)"):
        finish(app)


def test_an_undeclared_route_of_a_blueprint_is_refused_too() -> None:
    app, pages = bare_app(), Blueprint("pages", __name__)
    pages.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    app.register_blueprint(pages)
    with pytest.raises(UndeclaredRouteError, match=r"pages\.forgotten"):
        finish(app)


def test_an_undeclared_route_stays_shut_even_without_finish() -> None:
    app = bare_app()
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = get(client_of(app), "/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_a_decorator_that_wraps_the_view_keeps_the_declaration() -> None:
    app = bare_app()
    view = public(lambda: "open")
    app.add_url_rule("/open", "open", app.ensure_sync(view))
    finish(app)
    assert get(client_of(app), "/open").text == "open"


def test_static_files_are_public(client: FlaskClient) -> None:
    assert get(client, "/static/ui/img/icon.svg").status_code == 200


def test_routes_lists_every_rule_with_its_declaration(app: Flask) -> None:
    listed = {rule: declaration for rule, _methods, declaration in routes(app)}
    assert listed["/requests"] == Access("roles", frozenset({"coordinator", "lead"}))
    assert listed["/o/<token>"] == Access("link", frozenset({"offer"}))
    assert listed["/sign-in"] == Access("public")
    assert None not in listed.values()


def test_allow_without_a_role_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one role"):
        allow()


def test_declarations_can_be_read_from_the_view() -> None:
    assert link("offer")(lambda: None).access == Access("link", frozenset({"offer"}))  # type: ignore[attr-defined]


def test_signed_out_a_page_leads_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = get(client, "/requests?stage=early")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/requests?stage%3Dearly"


def test_signed_out_a_form_is_told_so_and_led_to_sign_in(client: FlaskClient) -> None:
    answer = client.post("/requests", base_url="https://localhost")
    assert answer.status_code == 401
    assert "You are signed out" in answer.text
    assert 'href="/sign-in"' in answer.text


def test_signed_out_a_polling_script_is_told_so(client: FlaskClient) -> None:
    assert get(client, "/requests", headers={"Sec-Fetch-Dest": "empty"}).status_code == 401


def test_each_role_named_may_enter(client: FlaskClient, store: MemoryStore, clock: StoppedClock) -> None:
    add_member(store, "ana", "lead")
    sign_in(client, clock)
    assert get(client, "/requests").text == "requests"


def test_another_role_may_not_enter(client: FlaskClient, store: MemoryStore, clock: StoppedClock) -> None:
    add_member(store, "ana", "hub-staff")
    sign_in(client, clock)
    answer = get(client, "/requests")
    assert answer.status_code == 403
    assert "You may not open this page" in answer.text
    assert post(client, "/requests", form_page="/nowhere").status_code == 403


def test_a_link_page_opens_without_signing_in(client: FlaskClient) -> None:
    assert get(client, "/o/some-token").text == "offer"


def test_where_nobody_signs_in_role_pages_stay_shut() -> None:
    assert get(client_of(small_app()), "/requests").status_code == 403


def test_a_closed_account_is_out_at_once(
    client: FlaskClient, store: MemoryStore, clock: StoppedClock
) -> None:
    add_member(store)
    sign_in(client, clock)
    del store.accounts["ana"]
    assert get(client, "/requests").status_code == 302
    assert get(client, "/").text == "home of nobody"


@pytest.mark.parametrize(
    "path", ["/", "/requests", "/requests?stage=early&page=2", "/r%C3%A9gion", "/région"]
)
def test_a_path_on_this_host_is_local(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "requests",
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "/requests\x00",
    ],
)
def test_anything_a_browser_may_read_as_elsewhere_is_not_local(target: str | None) -> None:
    assert local_path(target) is None
