"""Who opened what of a request under a legal hold stays as long as the hold, whichever of its pages it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from site_agent.models import Activity
from site_agent.services import activity, holds, local, requests, retention
from tests.support.agent import Agent, a_request, add_person, add_supporter


def test_openings_of_its_match_stay_with_those_of_the_request(cedar: Agent, session: Any) -> None:
    now = cedar.now
    by = add_person(session, now).person_id
    row = requests.record(session, a_request(now, elsewhere=False), now).request
    offer = local.ask(session, row, add_supporter(session, now), now)
    for subject in (row.request_id, offer.thid):
        activity.note(session, by, "match-opened", subject, now)
    holds.put(session, row, now, by)
    cedar.clock.at += retention.row_kept(session) + timedelta(days=1)
    retention.run(session, cedar.now)
    kept = set(session.scalars(select(Activity.subject).where(Activity.code == "match-opened")))
    assert kept == {row.request_id, offer.thid}
