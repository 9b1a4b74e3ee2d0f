"""Everything held about a request, said to the physician whom it is about."""

from __future__ import annotations

from site_agent import words_doors
from site_agent.extensions import db
from site_agent.forms import ask_words as words
from site_agent.models import Request
from site_agent.public.standing import EVENTS, opened_by
from site_agent.services import held

MINE = held.Reader(
    mine=True,
    reason=words.REASON,
    stage=words.STAGE,
    modality=words.MODALITY,
    origin=words.ORIGIN,
    door=words_doors.DOOR_OF_MINE,
    hint=words.HINT,
    few=words.FEW,
    events=EVENTS,
    opened=opened_by,
)


def sections(request: Request) -> list[held.Section]:
    """The whole sheet. What was erased is said to be, and what nobody can show here is named too."""
    return held.everything(db.session, request, MINE)
