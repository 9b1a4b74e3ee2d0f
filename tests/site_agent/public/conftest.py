"""Visitors of a site: a physician's browser, a supporter's browser, and the links that they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from site_agent.models import Offer, Request, Supporter
from site_agent.services import agreements, links, local
from tests.support.agent import PIN, pin_hash
from tests.support.desk import Desk, desk

__all__ = ["Visitor", "desk"]


@dataclass
class Visitor:
    """A browser without an account. `about` is what its forms are about, as the pages say it."""

    desk: Desk
    client: FlaskClient = field(init=False)
    about: str = ""

    def __post_init__(self) -> None:
        self.client = self.desk.client(None)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **typed: Any) -> TestResponse:
        return self.client.post(path, data={"about": self.about} | typed)

    def enter(self, token: str, kind: str, about: str) -> TestResponse:
        """Press the button of a link."""
        self.about = about
        return self.client.post(f"/{kind}/{token}")


@dataclass
class Asked(Visitor):
    """A supporter who is asked, with the link from the mail."""

    thid: str = ""
    supporter_id: str = ""
    offer_id: str = ""
    token: str = ""

    def open(self, pin: str | None = None) -> Asked:
        """Come in by the link, and give the PIN if there is one."""
        assert self.enter(self.token, "o", self.offer_id).status_code == 303
        if pin is not None:
            assert self.post("/offer/pin", pin=pin).status_code == 303
        return self


@pytest.fixture
def asked(desk: Desk) -> Callable[..., Asked]:
    """A supporter before a request from elsewhere in some state: asked("released")."""

    def make(state: str = "asked", name: str = "Dr. Ada Okafor", **more: Any) -> Asked:
        desk.enrol()
        who = desk.supporter(name)
        with desk.session() as session:
            session.get_one(Supporter, who).pin_hash = pin_hash()
        thid = desk.match(state, who, **more)
        with desk.session() as session:
            offer = session.scalars(select(Offer).where(Offer.thid == thid)).one()
            if state == "confirming":
                offer.state = "confirmed"
            token = links.issue(session, "offer", offer.offer_id, desk.now + timedelta(days=1), desk.now)
            return Asked(desk, thid=thid, supporter_id=who, offer_id=offer.offer_id, token=token)

    return make


@pytest.fixture
def asked_here(desk: Desk) -> Callable[..., Asked]:
    """A supporter who is asked about a request of this site, which is not enrolled."""

    def make(name: str = "Dr. Ada Okafor", **more: Any) -> Asked:
        who = desk.supporter(name, **more)
        request_id = desk.request()
        with desk.session() as session:
            supporter = session.get_one(Supporter, who)
            supporter.pin_hash = pin_hash()
            offer = local.ask(session, session.get_one(Request, request_id), supporter, desk.now)
            token = links.issue(session, "offer", offer.offer_id, desk.now + timedelta(days=1), desk.now)
            return Asked(desk, thid=offer.thid, supporter_id=who, offer_id=offer.offer_id, token=token)

    return make


@pytest.fixture
def helping_here(asked_here: Callable[..., Asked]) -> Asked:
    """A supporter who has said yes to a request of this site."""
    supporter = asked_here().open(PIN)
    assert supporter.post("/offer/answer", answer="yes").status_code == 303
    return supporter


@pytest.fixture
def helping(asked: Callable[..., Asked]) -> Asked:
    """A supporter who sees the contact details."""
    return asked("in-hand").open(PIN)


@pytest.fixture
def visitor(desk: Desk) -> Visitor:
    """Somebody on their own phone."""
    desk.enrol()
    return Visitor(desk)


@pytest.fixture
def invited(desk: Desk) -> tuple[Visitor, str, str]:
    """A supporter who was sent the agreement: browser, token, id."""
    who = desk.supporter(signed=False)
    with desk.session() as session:
        token = agreements.invite(session, session.get_one(Supporter, who), desk.now)
    return Visitor(desk), token, who
