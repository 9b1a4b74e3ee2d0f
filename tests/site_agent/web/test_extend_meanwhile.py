"""A page left open extends the limit of whom it showed, and of nobody who has taken over since."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from site_agent.models import Match, Offer
from tests.support.desk import Desk


@pytest.mark.parametrize("page", ["/", "/elsewhere/{}"])
def test_extending_counts_for_whom_the_page_showed(desk: Desk, coordinator: FlaskClient, page: str) -> None:
    desk.enrol()
    first, second = desk.supporter(), desk.supporter("Dr. Bo Ek")
    thid = desk.match("overdue", first, escalates_at=desk.now + timedelta(hours=24))
    shown = coordinator.get(page.format(thid)).text
    found = re.search(r'(?:formaction|action)="(/[^"]*extend)"(.*?)</(?:button|form)>', shown, re.S)
    assert found, "the page offers it"
    path, typed = found[1], dict(re.findall(r'name="(offer)" value="([^"]+)"', found[2]))
    with desk.session() as session:
        offer = session.scalars(select(Offer).where(Offer.thid == thid)).one()
        offer.state, offer.supporter_id = "not-taken", None
        session.add(
            Offer(
                offer_id="y" * 22, thid=thid, supporter_id=second, state="confirmed", asked_at=desk.now,
                expires_at=desk.now, asked_token="t",
            )
        )  # fmt: skip
        match = session.get_one(Match, thid)
        match.state, match.supporter_id = "in-hand", second
    coordinator.post(path, data=typed)
    assert desk.row(Match, thid).extended_at is None
    coordinator.post(path, data={"offer": "y" * 22})
    assert desk.row(Match, thid).extended_at is not None, "the control"
