"""What tests of the coordinator's pages start from: a site with people at its desk, and rows written straight in."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from protocol.envelope import new_id
from protocol.messages.handover import Card, Identity
from site_agent.auth import TableStore
from site_agent.extensions import db
from site_agent.models import (
    AnySession,
    DirectorySite,
    Enrolment,
    LinkState,
    Match,
    Person,
    Site,
    Supporter,
)
from site_agent.models.match import HELPING
from site_agent.services import cases, inter_site_helper, requests, roster, timeline
from tests.support.agent import new_app
from tests.support.clock import StoppedClock
from tests.support.markup import words_of
from ui.signin.sessions import token_hash

ORIGIN = "https://localhost"
CARD = Card("burnout", "mid", "en", "phone", ("woman",), ("department-head",))
IDENTITY = Identity("Dr. Wren Canary", ("call", "voicemail"), ("evening",), phone="+12505550142")
OTHERS = {"site-river-bend-00000a": "River Bend", "site-salmon-arm-00000b": "Salmon Arm"}


@dataclass
class Desk:
    """A site's app, its clock, and ways to look into its database."""

    app: Flask
    clock: StoppedClock

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @contextmanager
    def session(self) -> Iterator[AnySession]:
        """A session of its own, committed at the end."""
        with self.app.app_context():
            yield db.session
            db.session.commit()

    def client(self, role: str | None = "coordinator") -> FlaskClient:
        """A browser: signed in as a new person of this role, or nobody's."""
        client = self.app.test_client()
        client.environ_base.update({"HTTP_HOST": "localhost", "wsgi.url_scheme": "https"})
        if role is not None:
            token = self.sign_in(role)
            with client.session_transaction(base_url=ORIGIN) as cookie:
                cookie["token"] = token
                cookie["seen"] = cookie["since"] = int(self.now.timestamp())
        return client

    def person(self, *roles: str, name: str, email: str = "") -> str:
        """Somebody of these roles, at an address of their own unless one is given; the id."""
        person_id = new_id()
        with self.session() as session:
            session.add(
                Person(
                    person_id=person_id, name=name, email=email or f"{person_id}@example.org", roles=roles,
                    added_at=self.now,
                )
            )  # fmt: skip
        return person_id

    def sign_in(self, role: str) -> str:
        """A new person of this role with a session; its token."""
        token = secrets.token_urlsafe(16)
        person_id = self.person(role, name=f"{role.title()} Person")
        with self.session():
            until = self.now + timedelta(hours=12)
            TableStore().start_session(person_id, token_hash(token), self.now, until)
        return token

    def enrol(self) -> None:
        """As if the hub had approved this site; two other sites are in its directory."""
        with self.session() as session:
            session.merge(
                Enrolment(
                    id=1, state="approved", site_id="site-cedar-inlet-0000c", hub_url="https://hub.example.ca"
                )
            )
            session.merge(LinkState(id=1, last_ok_at=self.now))
            for site_id, name in OTHERS.items():
                session.merge(
                    DirectorySite(
                        site_id=site_id, name=name, community="Somewhere", state="active", edition=1
                    )
                )

    def supporter(self, name: str = "Dr. Ada Okafor", **more: Any) -> str:
        """Somebody who is trained, has signed and is free; the id."""
        email = f"{name.rsplit(maxsplit=1)[-1].lower()}@example.ca"
        details = {"phone": "+12505550199", "gender": "woman", "foundations_on": date(2025, 9, 17)}
        details |= {"practice_on": date(2025, 9, 25), "stage": "late", "email": email} | more
        signed = details.pop("signed", True)
        with self.session() as session:
            added = roster.add(session, roster.Details(name=name, **details), self.now)
            if signed:
                added.agreement_version, added.agreement_at = "1", self.now
            return added.supporter_id

    def request(self, **more: Any) -> str:
        """A request recorded by phone; its id."""
        new: dict[str, Any] = {"door": "phone", "received_at": self.now - timedelta(hours=4), "stage": "mid"}
        new |= {"modality": "phone", "reason": "burnout", "identity": IDENTITY} | more
        state = new.pop("state", None)
        with self.session() as session:
            row = requests.record(session, requests.NewRequest(**new), self.now).request
            if state:
                row.state, row.state_at = state, self.now
            return row.request_id

    def match(self, state: str = "proposed", supporter: str | None = None, **more: Any) -> str:
        """A request from elsewhere in this state; its thid."""
        thid = new_id()
        with self.session() as session:
            case_id = cases.new_case(session)
            row = Match(
                thid=thid, state="proposed", state_at=self.now, stage="mid", modality="phone", proposal_jti=new_id(),
                proposed_at=self.now, answer_by=self.now + timedelta(hours=24), case_id=case_id,
                card=cases.seal(session, case_id, "card", {"iss": "somebody", "body": CARD.dump()}),
            )  # fmt: skip
            session.add(row)
            session.flush()
            timeline.note(session, thid, "proposed", self.now)
            if supporter is not None:
                offer = inter_site_helper.ask(session, row, session.get_one(Supporter, supporter), self.now)
                if state != "asked":
                    offer.state = "confirmed" if state in HELPING else "accepted"
            row.state = state
            if state in ("released", "confirming", *HELPING):
                row.identity = cases.seal(session, case_id, "identity", IDENTITY.dump())
                row.confirm_by, row.contact_hours, row.release_jti = (
                    self.now + timedelta(hours=12),
                    72,
                    new_id(),
                )
            if state in HELPING:
                row.confirmed_at, row.due_at = self.now, self.now + timedelta(hours=72)
            for name, value in more.items():
                setattr(row, name, value)
        return thid

    def without_mail(self) -> None:
        """As if no mail server had been given."""
        self.app.extensions["agent_config"] = replace(self.app.extensions["agent_config"], mail_folder="")

    def row(self, kind: type[Any], key: Any) -> Any:
        """A row as it is in the database now."""
        with self.app.app_context():
            found = db.session.get(kind, key)
            if found is not None:
                db.session.expunge(found)
            return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A named site that is not enrolled."""
    yield from make_desk(tmp_path / "agent")


def make_desk(folder: Path) -> Iterator[Desk]:
    """A site in this folder; closed afterwards."""
    clock = StoppedClock()
    app = new_app(folder, clock, mail_folder=str(folder), smtp_sender="messages@cedar.example")
    app.config["WTF_CSRF_ENABLED"] = False
    desk = Desk(app, clock)
    site = {"name": "Cedar Inlet", "community": "Prince George", "zone": "America/Vancouver"}
    site |= {"phone": "250-555-0100", "public_url": "https://cedar.example.ca"}
    with desk.session() as session:
        session.add(Site(id=1, **site))
    yield desk
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def text_of(answer: TestResponse) -> str:
    """The words of a page's main part, spaces evened out; its tags have to be closed as they were opened."""
    return words_of(answer.text)


def draft_of(answer: TestResponse) -> str:
    """The id of the form under way that a redirect leads to."""
    found = re.search(r"/(?:new|import)/([^/]+)", answer.headers["Location"])
    assert found, answer.headers["Location"]
    return found[1]
