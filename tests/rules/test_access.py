"""Every route, everybody, against the table by hand: who is not in its line gets nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from site_agent.link import trying
from site_agent.models import Passkey, SignInSession
from tests.rules.access_table import ACCOUNTS, DAILY, EVERYBODY, OUTSIDE, SITE, Row
from tests.support.access_scene import MINE, NOT_MINE, Scene, make_scene
from tests.support.desk import make_desk
from ui.access import routes

FIRST = ("nobody", "coordinator", "keeper", "supporter", "at-own-page", "reader", "told", "signer")
"""Who makes the allowed call: the first of them that the line has."""
FOR_ALL_OF_THEM = ("nobody", "coordinator", "keeper", "risk-manager", "physician")
"""Who tries the pages that are open to all: each more would cost seconds and draw the same pages."""
READS = dict.fromkeys(("coordinator", "lead", "deputy"), (MINE, NOT_MINE))
READS |= dict.fromkeys(("supporter", "at-own-page", "physician", "reader"), (MINE,))
READS |= dict.fromkeys(("other-supporter", "other-physician"), (NOT_MINE,))
"""Whose names each may come upon; whoever is not here, nobody's."""
NOTHING_THERE = {("/theme.css", "GET")}
"""404 for everybody: no theme of an operator."""
TRIED_BEFORE = {("/request/held/code", "POST")}
"""The scene has given a right code already."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The site, and a coordinator of another one."""
    folder = tmp_path_factory.mktemp("access")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trying, "exchange", lambda app: True)
        for scene in make_scene(folder / "agent"):
            for other in make_desk(folder / "other"):
                elsewhere = Scene(other, folder / "other")
                elsewhere.sign_in("coordinator", "coordinator")
                scene.cookies["other-site"] = elsewhere.cookies["coordinator"]
                scene.ids["foreign"] = elsewhere.desk.request()
            yield scene


@pytest.fixture(autouse=True)
def _fresh(scene: Scene) -> None:
    scene.fresh()


def table_of(app: Flask) -> set[tuple[str, str]]:
    return {
        (rule, method) for rule, methods, _access in routes(app) for method in methods - {"HEAD", "OPTIONS"}
    }


def filled(text: str, ids: Mapping[str, str], who: str) -> str:
    name = text.removeprefix("@")
    if name == "own passkey":
        name = f"passkey of {who}" if f"passkey of {who}" in ids else "passkey of lead"
    return ids[name] if text.startswith("@") else text


def path_of(rule: str, row: Row, ids: Mapping[str, str], who: str) -> str:
    for name, text in row.at.items():
        start = rule[: rule.index(name + ">")].rindex("<")
        rule = rule[:start] + filled(text, ids, who) + rule[rule.index(name + ">") + len(name) + 1 :]
    return rule


def typed_by(row: Row, scene: Scene, who: str) -> dict[str, str]:
    typed = {name: filled(text, scene.ids, who) for name, text in (row.typed or {}).items()}
    return {"about": scene.ids.get(f"about {who}", "")} | typed


def is_refused(answer: TestResponse, rule: str, who: str) -> bool:
    """403, or led to sign in by a page that is not there for that."""
    leads = answer.headers.get("Location", "").startswith("/sign-in") and not rule.startswith("/sign-in")
    return answer.status_code in (401, 403) or (leads and who not in ACCOUNTS)


def test_the_table_names_every_route(scene: Scene) -> None:
    assert table_of(scene.desk.app) == set(SITE)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_who_is_in_the_line_is_let_in_and_nobody_else(scene: Scene, who: str) -> None:
    wrong = []
    for (rule, method), row in SITE.items():
        if row.who == EVERYBODY and who not in FOR_ALL_OF_THEM:
            continue
        path, before = path_of(rule, row, scene.ids, who), scene.version()
        answer = scene.call(who, method, path, typed_by(row, scene, who))
        let_in, changed = who in row.who, scene.version() != before
        if is_refused(answer, rule, who) == let_in or answer.status_code >= 500:
            wrong.append((method, path, answer.status_code))
        if changed and not let_in:
            wrong.append((method, path, "has changed something"))
        if {name for name in (MINE, NOT_MINE) if name in answer.text} - set(READS.get(who, ())):
            wrong.append((method, path, "names somebody"))
        if changed:
            scene.fresh()
    assert wrong == []


@pytest.mark.parametrize(("rule", "method"), [line for line in SITE if line not in NOTHING_THERE])
def test_each_route_lets_one_call_through(scene: Scene, rule: str, method: str) -> None:
    row = SITE[rule, method]
    who = next(each for each in FIRST if each in row.who)
    answer = scene.call(who, method, path_of(rule, row, scene.ids, who), typed_by(row, scene, who))
    if method == "POST" and row.typed is None:
        assert (rule, "GET") in SITE or (rule, method) in TRIED_BEFORE, (
            "say in the table what a form of the allowed call holds"
        )
        assert answer.status_code in (200, 303, 400, 422), answer.status_code
    else:
        assert answer.status_code in (200, 303), answer.status_code


ABOUT = [
    (rule, row)
    for (rule, method), row in SITE.items()
    if method == "POST" and row.who <= OUTSIDE and "<token>" not in rule
]
VICTIM = {"supporter": "other-supporter", "physician": "other-physician", "at-own-page": "supporter"}
WITH_IDS = [
    line
    for line, row in SITE.items()
    if ("_id>" in line[0] or "<thid>" in line[0]) and row.who <= DAILY and row.at
]
TOKENS = [line for line in SITE if "<token>" in line[0] and not line[0].startswith("/sign-in")]


@pytest.mark.parametrize(("rule", "row"), ABOUT, ids=[rule for rule, _ in ABOUT])
def test_a_form_about_what_another_link_leads_to_is_refused(scene: Scene, rule: str, row: Row) -> None:
    who = next(each for each in FIRST if each in row.who)
    about = scene.ids[f"about {VICTIM.get(who, 'supporter')}"]
    before = scene.version()
    answer = scene.call(
        who, "POST", path_of(rule, row, scene.ids, who), typed_by(row, scene, who) | {"about": about}
    )
    assert answer.status_code == 409
    assert scene.version() == before


@pytest.mark.parametrize(("rule", "method"), WITH_IDS)
def test_an_id_of_another_sites_database_opens_nothing_here(scene: Scene, rule: str, method: str) -> None:
    row = SITE[rule, method]
    who = next(each for each in FIRST if each in row.who)
    foreign = {name: text for name, text in row.at.items() if not text.startswith("@")}
    at = Row(row.who, dict.fromkeys(row.at, scene.ids["foreign"]) | foreign)
    before = scene.version()
    answer = scene.call(who, method, path_of(rule, at, scene.ids, who), typed_by(row, scene, who))
    assert answer.status_code in (303, 404), answer.status_code
    assert scene.version() == before


@pytest.mark.parametrize(("rule", "method"), TOKENS)
@pytest.mark.parametrize("token", ["wrong", "of another kind"])
def test_a_token_opens_only_what_it_was_made_for(scene: Scene, rule: str, method: str, token: str) -> None:
    kind = "r" if rule.startswith("/m/") else "m"
    path = rule.replace("<token>", "x" * 43 if token == "wrong" else scene.ids[f"token {kind}"])
    before = scene.version()
    assert scene.call("nobody", method, path).status_code == 404
    assert scene.version() == before


def test_a_supporter_does_not_open_the_offer_of_another_from_their_own_page(scene: Scene) -> None:
    typed = {"about": scene.ids["helping"], "offer": scene.ids["open offer"]}
    assert scene.call("at-own-page", "POST", "/mine/open", typed).status_code == 404


BEGUN = (
    "/requests/new/{0}/who",
    "/requests/new/{0}/check",
    "/supporters/import/{0}",
    "/supporters/assessing/import/{0}",
)


@pytest.mark.parametrize("path", BEGUN)
def test_what_one_coordinator_has_begun_is_not_opened_by_another(scene: Scene, path: str) -> None:
    answer = scene.call("coordinator", "GET", path.format(scene.ids["draft of lead"]))
    assert answer.status_code == 303
    before = scene.version()
    drop = f"/requests/new/{scene.ids['draft of lead']}/drop"
    assert scene.call("coordinator", "POST", drop, {}).status_code == 303
    assert scene.version() == before


def test_nobody_removes_the_passkey_or_ends_the_session_of_somebody_else(scene: Scene) -> None:
    with scene.desk.session() as session:
        theirs = session.scalars(
            select(SignInSession.token_hash).where(SignInSession.person_id == scene.ids["lead"])
        ).one()
    scene.call("coordinator", "POST", "/account/sessions/end", {"session": theirs})
    scene.call("coordinator", "POST", f"/account/passkeys/{scene.ids['passkey of lead']}/remove", {})
    assert scene.call("lead", "GET", "/account").status_code == 200
    assert scene.desk.row(Passkey, scene.ids["passkey of lead"]) is not None
