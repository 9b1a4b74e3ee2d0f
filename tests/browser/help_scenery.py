"""Requests of a site that its own supporters help with, one at each stage."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from site_agent.models import AnySession, Match, Request, Supporter
from site_agent.services import interactions, local, match_end, offers, tracker
from tests.support.desk import Desk
from tests.support.walk import Stop

HOUR = timedelta(hours=1)
STAGES = ("asked", "declined", "helped", "late", "touch", "paused")


def helped_here(desk: Desk) -> dict[str, str]:
    """`own-asked`, `own-late` and so on: ids of requests."""
    ways = {f"own-{stage}": desk.request(received_at=desk.now - 7 * HOUR) for stage in STAGES}
    ways["own-nobody"] = desk.request(posts=("quality-officer",), received_at=desk.now - 30 * HOUR)
    guide = desk.supporter("Dr. Amara Lindqvist", max_open=9, email="amara@example.ca")
    with desk.session() as session:
        for stage in STAGES:
            _bring(desk, session, ways[f"own-{stage}"], session.get_one(Supporter, guide), stage)
    return ways


def _bring(desk: Desk, session: AnySession, request_id: str, who: Supporter, stage: str) -> None:
    now = desk.now
    offer = local.ask(session, session.get_one(Request, request_id), who, now - 5 * HOUR)
    match = session.scalars(select(Match).where(Match.request_id == request_id)).one()
    if stage == "declined":
        offers.decline(session, offer, now - 4 * HOUR)
    if stage in ("asked", "declined"):
        return
    offers.accept(session, match_end.present_offer(session, match) or offer, now - 4 * HOUR)
    if stage == "late":
        match.state, match.due_at = "overdue", now - 3 * HOUR
    if stage in ("touch", "paused"):
        interactions.reached(session, match, now - 2 * HOUR, now)
    if stage == "touch":
        for n in range(3):
            talk = tracker.Entry(now - HOUR, "15-30", "phone", 4, tracker.ticket(), call_me=n == 0)
            tracker.record(session, match, talk, now)
    if stage == "paused":
        match.paused_at = now - HOUR


HELP_STOPS = [
    *(
        Stop(f"request-own-{stage}", "web.request_page", f"/requests/{{own-{stage}}}")
        for stage in (*STAGES, "nobody")
    ),
    Stop("request-own-reassign", "web.reassign", "/requests/{own-late}/help/reassign"),
    Stop("request-own-attempt", "web.record_attempt", "/requests/{own-helped}/help/attempt"),
    Stop("request-own-talk", "web.record_talk", "/requests/{own-touch}/help/talk"),
    Stop("request-own-close", "web.close_match", "/requests/{own-touch}/help/close"),
    Stop("request-own-give-up", "web.request_act", "/requests/{own-asked}/give-up"),
    Stop("request-own-waive", "web.request_act", "/requests/{own-nobody}/waive-stage"),
    Stop("request-own-another", "web.request_wishes", "/requests/{own-touch}/wishes"),
    Stop("elsewhere-talk", "web.record_talk", "/elsewhere/{in-touch}/talk"),
]
