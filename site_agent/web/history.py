"""A timeline in words: the newest first, with the name of whoever at this desk did it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from site_agent.models import AnySession, Person
from site_agent.services import timeline
from site_agent.words import EVENT


def history(session: AnySession, *subjects: str) -> list[dict[str, Any]]:
    """The events of a request and of the match with it, as the timeline macro takes them."""
    people = {person.person_id: person.name for person in session.scalars(select(Person))}
    events = timeline.of(session, *subjects)
    return [
        {"text": EVENT[event.code], "at": event.at, "by": people.get(event.by or "", "")}
        for event in reversed(events)
    ]
