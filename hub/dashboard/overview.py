"""The overview: what needs the provincial team, late first, kept fresh while it is open."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hub.dashboard import bp
from hub.dashboard.rows import MatchRow, SiteRow, all_sites, open_matches
from hub.models import SiteState
from ui.access import allow, current_person
from ui.clock import now


@bp.get("/")
@allow("staff", "viewer")
def overview() -> str:
    """The whole page."""
    at = now()
    sites = all_sites(at)
    matches = open_matches(at)
    first_steps = not sites and is_staff()
    return render_template(
        "dashboard/overview.html", matches=matches, numbers=numbers(matches, sites), first_steps=first_steps
    )


@bp.get("/overview/matches")
@allow("staff", "viewer")
def overview_matches() -> Response:
    """The part that changes, with an ETag of what it shows, so that an unchanged one costs nothing."""
    at = now()
    matches = open_matches(at)
    cards = numbers(matches, all_sites(at))
    response = make_response(
        render_template("dashboard/overview_matches.html", matches=matches, numbers=cards)
    )
    response.set_etag(fingerprint(matches, cards))
    return response.make_conditional(request)


def is_staff() -> bool:
    """Whether the reader may change things and open the pages of sites."""
    person = current_person()
    return person is not None and "staff" in person.roles


def numbers(matches: list[MatchRow], sites: list[SiteRow]) -> list[dict[str, Any]]:
    """The cards at the top."""
    n_active = sum(row.site.state == SiteState.ACTIVE for row in sites)
    n_late = sum(row.late for row in matches)
    n_quiet = sum(row.quiet for row in sites)
    sites_page = url_for("dashboard.sites") if is_staff() else None
    return [
        {
            "number": n_active,
            "text": ngettext("site enrolled", "sites enrolled", n_active),
            "href": sites_page,
        },
        {
            "number": len(matches),
            "text": ngettext("match open", "matches open", len(matches)),
            "href": url_for("dashboard.matches"),
        },
        {"number": n_late, "text": _("past the limit"), "alert": n_late > 0},
        {
            "number": n_quiet,
            "text": ngettext("quiet site", "quiet sites", n_quiet),
            "href": sites_page,
            "alert": n_quiet > 0,
        },
    ]


def fingerprint(matches: list[MatchRow], cards: list[dict[str, Any]]) -> str:
    """Changes when what is shown does. Not with the minute: clocks that run are counted down by the page."""
    shown = [
        (row.match_id, str(row.words.tag), row.home, row.helper, row.due_at or row.since) for row in matches
    ]
    return sha256(repr((shown, [card["number"] for card in cards])).encode()).hexdigest()
