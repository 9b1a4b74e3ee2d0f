"""What the pages of help show: whom to ask, who is asked or helps, the clock, the talks, what happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from protocol.messages.handover import Card
from site_agent import talk_words, words
from site_agent.extensions import db
from site_agent.models import Match, Supporter
from site_agent.models.match import HELPING
from site_agent.services import disclosure, local, match_end, matching, offers, policy, tracker
from site_agent.web.history import history
from site_agent.web.match_about import About
from site_agent.web.match_acts import may_ask, offered
from site_agent.web.request_rows import match_status
from ui.forms import phone_words
from ui.timewords import day, to_local

Row = dict[str, Any]

_OF_EVERYBODY = ("place-open", "speaks-language", "offers-modality", "holds-no-post")
"""Reasons that hold for each candidate: said once, below the list."""


def context(about: About, now: datetime, *, choosing: bool | None = None) -> dict[str, Any]:
    """What the shared parts of the templates need. `choosing`: list the supporters who could be asked (None: while
    nobody is asked)."""
    match = about.match
    if choosing is None:
        choosing = _is_choosing(about)
    found = candidates(about, now) if choosing else None
    return {
        "about": about,
        "match": match,
        "supporter": db.session.get(Supporter, match.supporter_id) if match and match.supporter_id else None,
        "offer": match_end.present_offer(db.session, match) if match else None,
        "found": found,
        "stage_fits": found is not None and all("stage-fits" in each.reasons for each in found.candidates),
        "why": why,
        "may_ask": may_ask(),
        "phone_words": phone_words,
        "acts": offered(about),
        "helping": match is not None and match.state in HELPING,
        "clock": clock_of(about, now),
        "talks": talks(match) if match else [],
        "is_past_soft_limit": match is not None and tracker.is_past_soft_limit(db.session, match),
    }


def elsewhere_context(about: About, now: datetime) -> dict[str, Any]:
    """The page of a request from elsewhere."""
    match = about.match
    assert match is not None
    card = disclosure.card(db.session, match)
    identity = disclosure.contact(db.session, match, now)
    return context(about, now) | {
        "row": match,
        "status": match_status(match),
        "meaning": words.MATCH_MEANING[match.state],
        "card": _card(card, match) if card else [],
        "physician": identity.name if identity else "",
        "events": history(db.session, match.thid),
    }


def candidates(about: About, now: datetime) -> matching.Found:
    """Who may be asked, best first."""
    if about.request is not None:
        return local.candidates(db.session, about.request, now)
    assert about.match is not None
    return offers.candidates(db.session, about.match, now)


def clock_of(about: About, now: datetime) -> tuple[str, datetime] | None:
    """What runs out, and when."""
    match, request = about.match, about.request
    if request is not None and not request.elsewhere:
        since = local.waits_since(request, match)
        if since is not None:
            return _("Somebody should be asked by"), since + _hours("find_hours")
    if match is None:
        return None
    if match.state == "proposed":
        return _("The hub takes an answer until"), match.answer_by
    if match.state == "released" and match.confirm_by is not None:
        return _("The question about the name is open until"), match.confirm_by
    if match.state in ("in-hand", "overdue", "escalated") and match.due_at is not None:
        due = _("First contact is due") if match.due_at > now else _("First contact was due")
        return due, match.due_at
    return None


def why(reasons: tuple[str, ...]) -> str:
    """What sets this supporter apart from the others on the list."""
    own = [words.MATCH_REASON[code] for code in reasons if code not in (*_OF_EVERYBODY, "stage-fits")]
    return ", ".join(str(text) for text in own).capitalize()


def talks(match: Match) -> list[dict[str, str]]:
    """The tracker's rows: that they talked, and how the supporter found it."""
    return [
        {
            "on": day(to_local(row.at).date()),
            "length": str(talk_words.LENGTH[row.length]),
            "mode": str(talk_words.MODE[row.mode]),
            "found": str(talk_words.FOUND[row.found]),
            "by": _("Recorded here, by phone") if row.by else _("The supporter"),
        }
        for row in tracker.of(db.session, match)
    ]


def _is_choosing(about: About) -> bool:
    match, request = about.match, about.request
    if request is None:
        return match is not None and match.state == "proposed"
    return local.waits_since(request, match) is not None and not request.elsewhere


def _hours(name: str) -> timedelta:
    return timedelta(hours=policy.number(db.session, name))


def _card(card: Card, match: Match) -> list[Row]:
    """The card, as the supporter sees it too."""
    shown = (
        (_("About"), words.REASON[card.reason]),
        (_("Career stage"), words.STAGE[match.stage]),
        (_("Language"), words.language(card.language)),
        (_("Would like to talk"), words.MODALITY[match.modality]),
        (_("Wishes, not promised"), words.listed(words.WISH, card.wishes) or _("None")),
        (_("Never asked"), words.never_asked(card.posts)),
    )
    return [{"key": {"text": term}, "value": {"text": str(value)}} for term, value in shown]
