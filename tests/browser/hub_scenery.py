"""A hub with sites and matches in every state that looks different, and an empty one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from hub import database
from hub.auth import TableStore, invite_person
from hub.extensions import db
from hub.models import Person
from protocol.match_states import State
from tests.browser.sign_in_walk import PASSWORD
from tests.support.hub import FakeSite, HubUnderTest, hub_config
from tests.support.hub_pages import add_match, add_site, signed_in
from tests.support.walk import Scenery
from ui.signin.passwords import passwords

HOUR = timedelta(hours=1)
SECRET = "7K2M4-9QXYZ-00000-11111-ABCDE-F"
LONG = "Northern Interior Hospital Medical Staff Association Physicians’ Peer Support Programme"


@contextmanager
def hub_at(folder: Path) -> Iterator[HubUnderTest]:
    """A hub in a folder of its own."""
    folder.mkdir(mode=0o700)
    config = hub_config(folder, f"sqlite:///{folder / 'hub.sqlite'}")
    database.upgrade(config.sqlalchemy_url)
    hub = HubUnderTest.start(config)
    yield hub
    hub.stop()


def furnish(hub: HubUnderTest) -> dict[str, str]:
    """Rows of everything; the names that paths use."""
    now = hub.now
    cedar = add_site(hub, "Cedar Inlet", called_at=now, community="Cedar Inlet")
    kettle = add_site(hub, "Kettle Basin", called_at=now, community="Kettle Basin", cohort="1")
    selkirk = add_site(hub, "Selkirk Ridge", called_at=now - HOUR, community="Selkirk Ridge", kind="msa")
    long = add_site(hub, LONG, called_at=now, community="Fort St. James and Vanderhoof", cohort=None)
    quiet = add_site(hub, "Xʷməθkʷəy̓əm Peer Support", called_at=now - 30 * HOUR, community="Musqueam")
    late = add_match(hub, cedar, State.OVERDUE, now - 75 * HOUR, kettle, contact_due_at=now - 3 * HOUR)
    escalated = add_match(
        hub, kettle, State.ESCALATED, now - 98 * HOUR, cedar, contact_due_at=now - 26 * HOUR
    )
    add_match(hub, long, State.PROPOSED, now - 2 * HOUR, selkirk, limit_at=now + 9 * HOUR)
    add_match(hub, selkirk, State.IN_HAND, now - 31 * HOUR, long, contact_due_at=now + 41 * HOUR)
    add_match(hub, quiet, State.CHOOSING, now - 31 * HOUR)
    add_match(hub, cedar, State.LOOKING, now - 5 * HOUR, secret=SECRET)
    add_match(hub, kettle, State.IN_TOUCH, now - 20 * HOUR, selkirk, contact_met=True)
    closed = add_match(hub, cedar, State.CLOSED, now - 90 * HOUR, kettle, contact_met=True)
    site_id, code = hub.invite("Fraser Bend")
    waiting = FakeSite(hub, site_id, code)
    waiting.begin()
    waiting.prove()
    invited, _ = hub.invite("Okanagan South")
    return {
        "site": cedar, "long": long, "waiting": waiting.site_id, "invited": invited, "late": late,
        "escalated": escalated, "closed": closed,
    }  # fmt: skip


def add_account(hub: HubUnderTest, name: str, totp: str | None) -> str:
    """Somebody with a password, and with an authenticator if a secret is given; their address."""
    email = f"{name}@hub.example"
    with hub.session() as session:
        invite_person(session, email, name.title(), "staff", hub.now)
        person_id = session.scalars(select(Person.person_id).where(Person.email == email)).one()
        store = TableStore(db.session)
        store.set_password_hash(person_id, passwords().hash(PASSWORD))
        if totp:
            store.set_totp_secret(person_id, totp)
    return email


def enter(scenery: Scenery, hub: HubUnderTest, who: str, role: str, at: str = "hub") -> None:
    """A browser in which somebody of this role is signed in."""
    cookie = signed_in(hub, role).get_cookie("__Host-session", domain="localhost")
    assert cookie is not None
    hub.app.config["WTF_CSRF_ENABLED"] = True
    scenery.people[who] = scenery.browser.new_context(locale="en-CA")
    scenery.people[who].add_cookies(
        [
            {
                "name": cookie.key,
                "value": cookie.value,
                "url": scenery.urls[at].replace("http:", "https:"),
                "secure": True,
            }
        ]
    )
