"""A request that supporters of its own site are asked about, brought as far as a test needs it."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from site_agent.models import (
    Match,
    Offer,
)
from tests.support.desk import Desk, text_of

TALK = {"day": "today", "length": "15-30", "mode": "phone", "found": "4", "ticket": "T" * 43}


def page(client: FlaskClient, request_id: str) -> str:
    return text_of(client.get(f"/requests/{request_id}"))


def press(client: FlaskClient, request_id: str, act: str, **typed: str) -> str:
    return text_of(client.post(f"/requests/{request_id}/help/{act}", data=typed, follow_redirects=True))


def match_of(desk: Desk, request_id: str) -> Match:
    with desk.session() as session:
        found = session.scalars(select(Match.thid).where(Match.request_id == request_id)).one()
    match: Match = desk.row(Match, found)
    return match


def offer_of(desk: Desk, request_id: str) -> str:
    thid = match_of(desk, request_id).thid
    with desk.session() as session:
        found = select(Offer.offer_id).where(Offer.thid == thid, Offer.state != "not-taken")
        return session.scalars(found).one()


def count(desk: Desk, kind: type[Any]) -> int:
    with desk.session() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def asked(desk: Desk, client: FlaskClient, **more: Any) -> str:
    """A request about which the only supporter was asked."""
    request_id, who = desk.request(**more), desk.supporter()
    press(client, request_id, "ask", supporter=who)
    return request_id


def helped(desk: Desk, client: FlaskClient, **more: Any) -> str:
    """A request for which the supporter said yes."""
    request_id = asked(desk, client, **more)
    press(client, request_id, "yes", offer=offer_of(desk, request_id))
    return request_id


def in_touch(desk: Desk, client: FlaskClient) -> str:
    request_id = helped(desk, client)
    client.post(f"/requests/{request_id}/help/attempt", data=at_now(desk) | {"what": "reached"})
    return request_id


def at_now(desk: Desk) -> dict[str, str]:
    return {"at-day": "3", "at-month": "Nov", "at-year": "2026", "at-time": "10:00 am"}
