"""What the page of a request from elsewhere shows: the card in words, whom to ask, the clock, what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from protocol.messages.handover import Card
from site_agent import words
from site_agent.extensions import db
from site_agent.models import Match, Supporter
from site_agent.models.match import HELPING
from site_agent.services import inter_site_helper as helper
from site_agent.web.elsewhere_acts import offered
from site_agent.web.history import history
from site_agent.web.refs import ref_of
from ui import clock
from ui.forms import phone_words

Row = dict[str, Any]

_OF_EVERYBODY = ("place-open", "stage-fits", "speaks-language", "offers-modality", "holds-no-post")
"""Reasons that hold for each candidate: said once, below the list."""


def context(row: Match, now: datetime) -> dict[str, Any]:
    """Everything that the templates `web/elsewhere.html` and `web/reassign.html` need."""
    card = helper.card(db.session, row)
    identity = helper.contact(db.session, row, now)
    choosing = row.state == "proposed" or row.state in HELPING
    found = helper.candidates(db.session, row, now) if choosing else None
    return {
        "row": row,
        "ref": ref_of(row.thid),
        "status": words.MATCH_STATUS[row.state],
        "meaning": words.MATCH_MEANING[row.state],
        "card": _card(card, row) if card else [],
        "physician": identity.name if identity else "",
        "supporter": db.session.get(Supporter, row.supporter_id) if row.supporter_id else None,
        "offer": helper.present_offer(db.session, row),
        "found": found,
        "why": _why,
        "phone_words": phone_words,
        "acts": offered(row),
        "helping": row.state in HELPING,
        "clock": _clock(row),
        "events": history(db.session, row.thid),
    }


def _clock(row: Match) -> tuple[str, datetime] | None:
    """What runs out, and when."""
    if row.state == "proposed":
        return _("The hub takes an answer until"), row.answer_by
    if row.state == "released" and row.confirm_by is not None:
        return _("The question about the name is open until"), row.confirm_by
    if row.state in ("in-hand", "overdue", "escalated") and row.due_at is not None:
        due = _("First contact is due") if row.due_at > clock.now() else _("First contact was due")
        return due, row.due_at
    return None


def _card(card: Card, row: Match) -> list[Row]:
    """The card, as the supporter sees it too."""
    shown = (
        (_("About"), words.REASON[card.reason]),
        (_("Career stage"), words.STAGE[row.stage]),
        (_("Language"), words.language(card.language)),
        (_("Would like to talk"), words.MODALITY[row.modality]),
        (_("Wishes, not promised"), words.listed(words.WISH, card.wishes) or _("None")),
        (_("Never asked"), words.listed(words.POST, card.posts) or _("None")),
    )
    return [{"key": {"text": term}, "value": {"text": str(value)}} for term, value in shown]


def _why(reasons: tuple[str, ...]) -> str:
    """What sets this supporter apart from the others on the list."""
    own = [words.MATCH_REASON[code] for code in reasons if code not in _OF_EVERYBODY]
    return ", ".join(str(text) for text in own).capitalize()
