"""A small province for the browser: a hub and its sites in one process, each on a port under its own host name.

The pages are real and so is what lies behind them; only the wire between a site and the hub is called directly, and
time moves when a test moves it.
"""

from __future__ import annotations

import email
import email.policy
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from hub.auth import TableStore as HubStore
from hub.auth import invite_person
from hub.extensions import db as hub_db
from hub.models import Person as HubPerson
from site_agent.auth import TableStore
from site_agent.clock.loop import once
from site_agent.models import Person, Site
from tests.support.agent import add_person, new_app
from tests.support.browser import watch
from tests.support.federation import Agent, Federation
from ui.clock import Clock
from ui.signin.sessions import token_hash

ORIGIN = "https://localhost"
HOURS = timedelta(hours=12)
_LINK = re.compile(r"https?://\S+")


def session_cookie(app: Flask, token: str, seen: int) -> dict[str, str]:
    """The cookie of somebody who signed in a moment ago."""
    client = app.test_client()
    with client.session_transaction(base_url=ORIGIN) as session:
        session["token"], session["seen"] = token, seen
    cookie = client.get_cookie("__Host-session", domain="localhost")
    assert cookie is not None
    return {"name": cookie.key, "value": cookie.value}


def plant(context: BrowserContext, url: str, cookie: dict[str, str]) -> None:
    """Give the browser a cookie for one host."""
    context.add_cookies([{**cookie, "url": url.replace("http:", "https:"), "secure": True}])  # type: ignore[list-item]


@dataclass
class Province(Federation):
    """The federation with pages: `serve` puts each app on a port."""

    urls: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    """Names of the mails that `mail` has handed out."""

    def new_app(self, name: str, clock: Clock) -> Flask:
        folder = self.folder / name.lower().replace(" ", "-")
        settings = {"mail_folder": str(folder), "smtp_sender": "messages@peers.example"}
        return new_app(folder, clock, **settings)  # type: ignore[arg-type]

    def serve(self, serve_app: Callable[..., str]) -> None:
        """Every app on a free port, and every site told what its own address is."""
        self.urls["hub"] = serve_app(self.hub.app, "hub.localhost")
        for agent in self.agents:
            self.serve_site(serve_app, agent)

    def serve_site(self, serve_app: Callable[..., str], agent: Agent) -> None:
        """One site more."""
        url = self.urls[agent.name] = serve_app(agent.app, f"{agent.name.split()[0].lower()}.localhost")
        with agent.session() as session:
            site = session.get_one(Site, 1)
            site.public_url, site.community, site.zone = url, agent.name, "America/Vancouver"

    # people

    def staff_at(self, context: BrowserContext, path: str = "/", role: str = "staff") -> Page:
        """A tab in which somebody of the provincial team is signed in at the hub."""
        token, address = secrets.token_urlsafe(16), f"{secrets.token_hex(4)}@hub.example"
        with self.hub.session() as session:
            invite_person(session, address, "Robin Achebe", role, self.clock.at)
            person_id = session.scalars(select(HubPerson.person_id).where(HubPerson.email == address)).one()
            store = HubStore(hub_db.session)
            store.start_session(person_id, token_hash(token), self.clock.at, self.clock.at + HOURS)
        cookie = session_cookie(self.hub.app, token, int(self.clock.at.timestamp()))
        plant(context, self.urls["hub"], cookie)
        return tab(context, self.urls["hub"] + path)

    def coordinator_at(self, context: BrowserContext, agent: Agent, path: str = "/") -> Page:
        """A tab in which this site's coordinator is signed in."""
        token = secrets.token_urlsafe(16)
        with agent.session() as session:
            person = session.scalars(select(Person)).first()
            person = person or add_person(session, self.clock.at, "Morgan Tran")
            TableStore().start_session(
                person.person_id, token_hash(token), self.clock.at, self.clock.at + HOURS
            )
        cookie = session_cookie(agent.app, token, int(self.clock.at.timestamp()))
        plant(context, self.urls[agent.name], cookie)
        return tab(context, self.urls[agent.name] + path)

    # mail

    def mail(self, agent: Agent) -> str:
        """The link in the one mail that this site has sent since it was last looked at."""
        once(agent.app)
        folder = self.folder / agent.name.lower().replace(" ", "-")
        fresh = [path for path in folder.glob("*.eml") if path.name not in self.read]
        assert len(fresh) == 1, f"{len(fresh)} new mails of {agent.name}"
        self.read.add(fresh[0].name)
        message = email.message_from_bytes(fresh[0].read_bytes(), policy=email.policy.default)
        found = _LINK.search(message.get_content())
        assert found is not None
        return found[0]


def tab(context: BrowserContext, url: str) -> Page:
    """One more watched page of the same browser."""
    page = context.new_page()
    watch(page)
    page.goto(url)
    return page
