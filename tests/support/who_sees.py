"""A request that crosses the province, and what everybody's pages say at each of its stages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text

from hub.extensions import db as hub_db
from site_agent.models import Base, Match, Offer, Request
from site_agent.services import links
from tests.support.agent import PIN
from tests.support.desk import Desk
from tests.support.federation import Agent, Federation
from tests.support.hub_pages import signed_in

STAGES = ("proposed", "asked", "yes", "name", "helping", "talked", "closed", "a week later")
HELPER = "Selkirk"


@dataclass
class Story:
    """`pages[stage, viewer]` is all that this viewer's pages say then; `rows[stage, where]` all that is kept there."""

    federation: Federation
    home: Agent
    helper: Agent
    pages: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: dict[tuple[str, str], str] = field(default_factory=dict)
    thid: str = ""
    request_id: str = ""

    def said(self, viewer: str, *stages: str) -> str:
        """Of these stages, or of all."""
        return "\n".join(self.pages[stage, viewer] for stage in stages or STAGES)

    def kept(self, where: str, *stages: str) -> str:
        """Of these stages, or of all."""
        return "\n".join(self.rows[stage, where] for stage in stages or STAGES)


def tell(folder: Path) -> Story:
    """From asking to a week after closing."""
    federation = Federation(folder)
    home, helper = federation.site("Kettle"), federation.site(HELPER, "Dr Uma Supporter")
    federation.settle()
    story = Story(federation, home, helper)
    desks = {agent.name: Desk(agent.app, federation.clock) for agent in (home, helper)}
    for desk in desks.values():
        desk.app.config["WTF_CSRF_ENABLED"] = False
    asked = home.asks()
    story.request_id = asked.request_id
    federation.settle()
    story.thid = _thid(helper)
    look = _Look(story, desks)
    look.at("proposed")
    helper.asks_a_supporter()
    look.at("asked")
    helper.says_yes()
    look.at("yes")
    federation.settle()
    look.at("name")
    helper.answers_the_name(close=False)
    federation.settle()
    look.at("helping")
    federation.pass_time(hours=20)
    helper.acts("reached", federation.clock.now())
    federation.settle()
    look.at("talked")
    helper.acts("close")
    federation.settle()
    look.at("closed")
    federation.pass_time(days=7)
    look.at("a week later")
    return story


class _Look:
    """Opens everybody's pages."""

    def __init__(self, story: Story, desks: dict[str, Desk]) -> None:
        self.story, self.home, self.helper = story, desks["Kettle"], desks[HELPER]
        self.offer: str | None = None

    def at(self, stage: str) -> None:
        own, far = f"/requests/{self.story.request_id}", f"/elsewhere/{self.story.thid}"
        match = self.story.federation.hub.match().match_id
        desk = ("/", "/requests", "/activity")
        seen = {
            "physician": _all(self._physician(), "/request"),
            "home": _all(self.home.client(), *desk, own),
            "helping": _all(self.helper.client(), *desk, far),
            "supporter": _all(self._supporter(), "/offer"),
            "hub": _all(
                signed_in(self.story.federation.hub, "staff"), "/", "/matches", f"/matches/{match}", "/sites"
            ),
            "others": _all(self.home.client("risk-manager"), *desk, own, "/notify/received", "/help"),
        }
        self.story.pages |= {(stage, viewer): said for viewer, said in seen.items()}
        for where, agent in (("home", self.story.home), ("helping", self.story.helper)):
            with agent.session() as session:
                tables = [table for table in Base.metadata.sorted_tables if table.name not in _PUBLISHED]
                self.story.rows[stage, where] = repr(
                    [session.execute(each.select()).all() for each in tables]
                )
        with self.story.federation.hub.session() as session:
            names = inspect(session.get_bind()).get_table_names()
            self.story.rows[stage, "hub"] = repr(
                [list(session.execute(hub_db.text(f"select * from {name}"))) for name in names]
            )

    def _physician(self) -> FlaskClient:
        return self._come_in(self.home, "request", "r", self.story.request_id)

    def _supporter(self) -> FlaskClient:
        with self.helper.session() as session:
            found = session.scalar(select(Offer.offer_id).where(Offer.state != "not-taken"))
        self.offer = found or self.offer
        if self.offer is None:
            return self.helper.client(None)
        client = self._come_in(self.helper, "offer", "o", self.offer)
        client.post("/offer/pin", data={"about": self.offer, "pin": PIN})
        return client

    @staticmethod
    def _come_in(desk: Desk, kind: str, path: str, subject: str) -> FlaskClient:
        client = desk.client(None)
        with desk.session() as session:
            token = links.issue(session, kind, subject, desk.now + timedelta(days=1), desk.now)
        assert client.post(f"/{path}/{token}").status_code == 303
        return client


_PUBLISHED = ("directory_site", "directory_page", "key_entry", "link_state")
"""The directory and the key log, which every site has whole."""


def _all(client: FlaskClient, *paths: str) -> str:
    return "\n".join(client.get(path).text for path in paths)


def _thid(helper: Agent) -> str:
    with helper.session() as session:
        assert session.scalars(select(Request)).all() == []
        assert session.execute(text("select 1")).scalar() == 1
        return str(session.scalars(select(Match.thid)).one())
