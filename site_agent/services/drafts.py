"""Forms under way. Answers are sealed like a case, since they name a physician, and go when the form is sent.

A draft is destroyed by sending it, by its writer, or by age; nothing of it is ever in a browser's cookie.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import bindparam, delete, select

from site_agent.models import AnySession, CaseKey
from site_agent.models.draft import Draft
from site_agent.services import cases

Answers = dict[str, dict[str, list[str]]]
"""By question, by field: what was typed, as it was typed."""

KEPT_FOR = timedelta(hours=24)
"""Ours: long enough to be called away, short enough not to gather names."""
MAX_CHARS = 500
"""Of one answer: more than any field takes, so that a wrong one comes back whole to be mended."""
MAX_VALUES = 60
"""Of one field: more than there are boxes to tick."""
_MINE = (
    select(Draft, CaseKey)
    .join(CaseKey, CaseKey.case_id == Draft.case_id)
    .where(Draft.person_id == bindparam("person_id"), Draft.changed_at >= bindparam("since"))
    .order_by(Draft.changed_at)
)


def begin(session: AnySession, person_id: str, now: datetime) -> Draft:
    """A new empty draft of this person; drafts past their age go at the same time."""
    sweep(session, now)
    case_id = cases.new_case(session)
    draft = Draft(
        draft_id=secrets.token_urlsafe(16),
        person_id=person_id,
        case_id=case_id,
        answers=cases.seal(session, case_id, "draft", {}),
        changed_at=now,
    )
    session.add(draft)
    return draft


def find(session: AnySession, draft_id: str, person_id: str, now: datetime) -> Draft | None:
    """The draft, if it is this person's and not past its age."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.person_id != person_id or draft.changed_at < now - KEPT_FOR:
        return None
    return draft


def of(session: AnySession, person_id: str, now: datetime) -> list[tuple[Draft, Answers]]:
    """What this person has begun and not sent, not past its age, oldest first: in one query, however much it is."""
    # Opening looks for the key in the session, which has it as long as it is held here.
    rows = session.execute(_MINE, {"person_id": person_id, "since": now - KEPT_FOR}).all()
    return [(draft, read(session, draft)) for draft, _key in rows]


def read(session: AnySession, draft: Draft) -> Answers:
    """What was typed so far."""
    return cast(Answers, cases.open_(session, draft.case_id, "draft", draft.answers))


def keep(
    session: AnySession, draft: Draft, question: str, typed: Mapping[str, list[str]], now: datetime
) -> Answers:
    """Keep the answer to one question, right or wrong, and return all answers."""
    answers = read(session, draft)
    answers[question] = {
        name: [value[:MAX_CHARS] for value in values[:MAX_VALUES]] for name, values in typed.items()
    }
    put(session, draft, answers, now)
    return answers


def put(session: AnySession, draft: Draft, answers: Answers, now: datetime) -> None:
    """Replace everything that is kept."""
    draft.answers = cases.seal(session, draft.case_id, "draft", answers)
    draft.changed_at = now
    session.flush()


def take(session: AnySession, draft: Draft) -> bool:
    """Destroy the draft and its key. False if somebody else was faster: what it leads to must happen once."""
    gone = session.execute(
        delete(Draft).where(Draft.draft_id == draft.draft_id).returning(Draft.case_id)
    ).scalar()
    if gone is None:
        return False
    cases.destroy(session, gone)
    return True


def sweep(session: AnySession, now: datetime) -> int:
    """Destroy every draft past its age; returns how many."""
    old = session.scalars(select(Draft).where(Draft.changed_at < now - KEPT_FOR)).all()
    return sum(take(session, draft) for draft in old)
