"""Every match: the open ones, late first, then those that ended."""

from __future__ import annotations

from flask import render_template

from hub.dashboard import bp, rows
from ui.access import allow
from ui.clock import now


@bp.get("/matches")
@allow("staff", "viewer")
def matches() -> str:
    """The list."""
    at = now()
    return render_template(
        "dashboard/matches.html", open_matches=rows.open_matches(at), ended_matches=rows.ended_matches(at)
    )
