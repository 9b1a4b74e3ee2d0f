"""What is looked up before it is written, asked for twice at one instant: the second gets its named answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.extensions import db
from hub.models import Match, Person, Site
from hub.services import enrolment, people
from protocol.envelope import new_id
from protocol.messages import matches
from protocol.withdrawal import new_secret, withdrawal_hash
from tests.support.fake_site import FakeSite
from tests.support.hub import HubUnderTest
from tests.support.hub_pages import signed_in, text_of

FORM = {"name": "Kim Okafor", "email": "kim@example.ca", "role": "viewer"}
SITE = {
    "name": "Cedar Inlet Division", "community": "Cedar Inlet", "kind": "division", "funded": "yes",
    "cohort": "", "zone": "America/Vancouver",
}  # fmt: skip


def meanwhile(
    hub: HubUnderTest, first: Callable[[], object], second: Callable[[], TestResponse]
) -> TestResponse:
    """`second` is asked for while `first` is written and not committed; its answer."""
    with ThreadPoolExecutor(1) as pool, hub.app.app_context():
        first()
        asked = pool.submit(second)
        _wait_until_it_waits()
        db.session.commit()
        return asked.result(60)


def _wait_until_it_waits() -> None:
    if db.engine.dialect.name == "sqlite":
        return  # a writer is alone: whoever comes second only begins when the first has committed
    until = monotonic() + 30
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert monotonic() < until, "the second one never came to where it has to wait"


def test_two_invitations_of_one_address(hub: HubUnderTest) -> None:
    staff: FlaskClient = signed_in(hub, "staff")
    answer = meanwhile(
        hub,
        lambda: people.invite_person(db.session(), FORM["email"], "Kim", "staff", hub.now),
        lambda: staff.post("/team/new", data=FORM),
    )
    assert answer.status_code == 422
    assert "Somebody has this address already" in text_of(answer.text)
    assert 'value="Kim Okafor"' in answer.text, "what was typed is kept"
    [kim] = hub.rows(Person, Person.email == FORM["email"])
    assert (kim.name, kim.role) == ("Kim", "staff")


def test_two_sites_of_one_name(hub: HubUnderTest) -> None:
    staff: FlaskClient = signed_in(hub, "staff")

    def first() -> object:
        told = ("CEDAR INLET DIVISION", "Cedar Inlet", "division", True, None, "America/Vancouver")
        return enrolment.invite(db.session(), *told, hub.now)

    answer = meanwhile(hub, first, lambda: staff.post("/sites/new", data=SITE))
    assert answer.status_code == 422
    assert "There is a site of this name already" in text_of(answer.text)
    assert hub.count(Site) == 1


def test_two_sites_that_send_one_withdrawal_secret(hub: HubUnderTest, site: FakeSite) -> None:
    other, secret_hash = hub.site(), withdrawal_hash(new_secret())
    body = matches.Request(withdrawal_hash=secret_hash, stage="mid", modality="phone")

    def first() -> None:
        db.session.add(
            Match(
                match_id=new_id(), home_site_id=other.site_id, home_thid=new_id(), stage="mid", modality="phone",
                withdrawal_hash=secret_hash, asked_at=hub.now, state="looking", state_at=hub.now, salt=new_id(),
            )
        )  # fmt: skip
        db.session.flush()

    post = site.wrap([site.token(body, thid=new_id())], site.n + 1)
    answer = meanwhile(hub, first, lambda: hub.post("messages", json=post))
    assert answer.status_code == 200
    [receipt] = answer.get_json()["receipts"]
    assert site.open(receipt).body.code == "schema-invalid"
    assert hub.count(Match) == 1
