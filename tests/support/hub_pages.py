"""What tests of the hub's pages start from: people signed in, sites and matches written straight into the tables."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.auth import TableStore, invite_person
from hub.extensions import db
from hub.models import Enrolment, EnrolmentState, Inbound, Match, Outbound, Person, Site, SiteState
from protocol.envelope import new_id
from protocol.match_states import State
from protocol.withdrawal import new_secret, withdrawal_hash
from tests.support.forge import b64, fixed_sealing_key, fixed_signing_key
from tests.support.hub import HubUnderTest
from tests.support.markup import words_of
from ui.signin.sessions import token_hash

ORIGIN = "https://localhost"


@pytest.fixture
def staff(hub: HubUnderTest) -> FlaskClient:
    """Somebody of the provincial team, signed in."""
    return signed_in(hub, "staff")


@pytest.fixture
def viewer(hub: HubUnderTest) -> FlaskClient:
    """Somebody of the advisory group, signed in."""
    return signed_in(hub, "viewer")


@pytest.fixture
def nobody(hub: HubUnderTest) -> FlaskClient:
    """Somebody who has not signed in."""
    return stranger(hub)


def stranger(hub: HubUnderTest) -> FlaskClient:
    """A browser in which nobody has signed in; its forms need no CSRF token."""
    hub.app.config["WTF_CSRF_ENABLED"] = False
    client = hub.app.test_client()
    client.environ_base.update({"HTTP_HOST": "localhost", "wsgi.url_scheme": "https"})
    return client


def signed_in(hub: HubUnderTest, role: str) -> FlaskClient:
    """A browser in which a new person of this role has signed in."""
    token, email = secrets.token_urlsafe(16), f"{role}-{secrets.token_hex(4)}@example.org"
    with hub.session() as session:
        invite_person(session, email, f"{role.title()} Person", role, hub.now)
        person_id = session.scalars(select(Person.person_id).where(Person.email == email)).one()
        TableStore(db.session).start_session(
            person_id, token_hash(token), hub.now, hub.now + timedelta(hours=12)
        )
    client = stranger(hub)
    with client.session_transaction(base_url=ORIGIN) as session:
        session["token"] = token
        session["seen"] = session["since"] = int(hub.now.timestamp())
    return client


def add_site(hub: HubUnderTest, name: str, state: str = SiteState.ACTIVE, **more: Any) -> str:
    """A site of the directory; its id. `called_at` is when it last called."""
    called_at = more.pop("called_at", None)
    site = {"community": name, "kind": "division", "funded": True, "cohort": "3", "zone": "America/Vancouver"}
    site |= {"site_id": new_id(), "state_at": hub.now, "created_at": hub.now, "draw": 1} | more
    with hub.session() as session:
        session.add(Site(name=name, state=state, **site))
        session.flush()
        session.add_all(
            [Inbound(site_id=site["site_id"], called_at=called_at), Outbound(site_id=site["site_id"])]
        )
    return str(site["site_id"])


def add_keys(hub: HubUnderTest, site_id: str, name: str) -> None:
    """Keys of a site that wait for the six words to be compared."""
    signing, sealing = fixed_signing_key(name).public(), fixed_sealing_key(name).public()
    with hub.session() as session:
        session.add(
            Enrolment(
                enrolment_id=new_id(),
                site_id=site_id,
                code_hash=b64(secrets.token_bytes(32)),
                created_at=hub.now,
                expires_at=hub.now + timedelta(hours=24),
                state=EnrolmentState.PROVED,
                state_at=hub.now,
                signing_key=signing.jwk(),
                sealing_key=sealing.jwk(),
                signing_kid=signing.kid(),
                sealing_kid=sealing.kid(),
            )
        )


def add_match(
    hub: HubUnderTest, home: str, state: State, at: datetime, helper: str | None = None, **more: Any
) -> str:
    """A match in this state since `at`; its id. `secret` sets the withdrawal code."""
    secret = more.pop("secret", None) or new_secret()
    match = {"stage": "mid", "modality": "phone", "round": 1, "salt": new_id(), "home_thid": new_id()}
    match |= {"match_id": new_id(), "asked_at": at, "state_at": at, "helper_thid": new_id()} | more
    with hub.session() as session:
        session.add(
            Match(
                home_site_id=home,
                helper_site_id=helper,
                state=state,
                withdrawal_hash=withdrawal_hash(secret),
                **match,
            )
        )
    return str(match["match_id"])


def text_of(html: str) -> str:
    """The words of a page's main part, or of a fragment, spaces evened out; the HTML has to be well formed."""
    return words_of(html)
