"""Every page of both apps at 320 and 1200 px: accessible, well formed, quiet, nothing sideways, nothing cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from playwright.sync_api import Browser

from site_agent.models import Enrolment, LinkState
from tests.browser import (
    hub_scenery,
    hub_walk,
    people_walk,
    public_walk,
    roster_walk,
    site_scenery,
    site_walk,
)
from tests.support.browser import serving
from tests.support.walk import Scenery, Stop, first_of_each, pages_of

pytestmark = pytest.mark.browser
HUB, SITE = pytest.mark.xdist_group("pages of the hub"), pytest.mark.xdist_group("pages of a site")

TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SITE_STOPS = site_walk.STOPS + public_walk.STOPS
HUB_FIRST, SITE_FIRST = first_of_each(hub_walk.STOPS), first_of_each(SITE_STOPS)


@pytest.fixture(scope="module")
def stack() -> Iterator[ExitStack]:
    """What is closed after the last page."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def put(browser: Browser, stack: ExitStack) -> Callable[[Scenery, str, Flask], None]:
    """Serve an app of a scenery under this name."""

    def serve(scenery: Scenery, name: str, app: Flask) -> None:
        scenery.apps[name] = app
        scenery.urls[name] = stack.enter_context(serving(app, f"{name}.localhost"))

    return serve


@pytest.fixture(scope="module")
def at_the_hub(
    browser: Browser, stack: ExitStack, put: Callable[..., None], tmp_path_factory: pytest.TempPathFactory
) -> Scenery:
    """A busy hub and an empty one."""
    scenery, folder = Scenery(browser), tmp_path_factory.mktemp("hubs")
    stack.callback(scenery.close)
    for name in ("hub", "hub-empty"):
        hub = stack.enter_context(hub_scenery.hub_at(folder / name))
        put(scenery, name, hub.app)
        if name == "hub":
            scenery.ways |= hub_scenery.furnish(hub)
            scenery.ways["member"] = hub_scenery.add_account(hub, "member", TOTP)
            scenery.ways["newcomer"] = hub_scenery.add_account(hub, "newcomer", None)
            hub_scenery.enter(scenery, hub, "viewer", "viewer")
        hub_scenery.enter(scenery, hub, "staff" if name == "hub" else "staff-empty", "staff", name)
        if name == "hub":
            scenery.ways |= people_walk.at_the_hub(hub)
    return scenery


@pytest.fixture(scope="module")
def at_a_site(
    browser: Browser, stack: ExitStack, put: Callable[..., None], tmp_path_factory: pytest.TempPathFactory
) -> Scenery:
    """Sites in four stages of their life."""
    scenery, folder = Scenery(browser), tmp_path_factory.mktemp("sites")
    stack.callback(scenery.close)
    names = {
        "site": "Cedar Inlet",
        "links": "Kettle Basin",
        "fresh": "Selkirk Ridge",
        "pending": site_scenery.LONG_SITE,
    }
    desks = {
        key: stack.enter_context(site_scenery.site_at(folder / key, name)) for key, name in names.items()
    }
    for key, desk in desks.items():
        put(scenery, key, desk.app)
    scenery.ways |= site_scenery.with_links(desks["links"]) | site_scenery.at_work(desks["site"])
    scenery.ways["member"] = site_scenery.add_account(desks["site"], "member", TOTP)
    scenery.ways["newcomer"] = site_scenery.add_account(desks["site"], "newcomer", None)
    with desks["pending"].session() as session:
        session.add(
            Enrolment(
                id=1, state="pending", site_id="site-okanagan-0000000d", hub_url="https://hub.example.ca"
            )
        )
        session.add(LinkState(id=1, alarm="key-log-fork"))
    site_scenery.enter(scenery, desks["site"], "keeper", "site", "keeper")
    for who, key in {"coordinator": "site", "newcomer": "fresh", "waiter": "pending"}.items():
        client = site_scenery.enter(scenery, desks[key], who, key)
        if key == "site":
            for name in ("draft", "unsent"):
                scenery.ways[name] = site_scenery.begin_to_record(desks[key], client)
            scenery.ways |= people_walk.at_a_site(desks[key])
            scenery.ways |= roster_walk.at_a_site(desks[key], scenery.ways["supporter"])
    desks["pending"].without_mail()
    return scenery


@HUB
@pytest.mark.parametrize("stop", hub_walk.STOPS, ids=lambda stop: stop.name)
def test_a_page_of_the_hub_is_sound(at_the_hub: Scenery, stop: Stop) -> None:
    at_the_hub.walk_to("hub", stop, whole=stop.name in HUB_FIRST)


@SITE
@pytest.mark.parametrize("stop", SITE_STOPS, ids=lambda stop: stop.name)
def test_a_page_of_a_site_is_sound(at_a_site: Scenery, stop: Stop) -> None:
    at_a_site.walk_to("site", stop, whole=stop.name in SITE_FIRST)


@HUB
def test_no_page_of_the_hub_is_left_out_without_a_reason(at_the_hub: Scenery) -> None:
    visited = {stop.endpoint for stop in hub_walk.STOPS}
    assert pages_of(at_the_hub.apps["hub"]) - visited == set(hub_walk.LEFT_OUT)


@SITE
def test_no_page_of_a_site_is_left_out_without_a_reason(at_a_site: Scenery) -> None:
    visited = {stop.endpoint for stop in SITE_STOPS}
    assert pages_of(at_a_site.apps["site"]) - visited == set(site_walk.LEFT_OUT)
