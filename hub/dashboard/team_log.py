"""What was changed about the accounts of the hub, by whom and when: one can see who let whom in."""

from __future__ import annotations

from flask import render_template, request

from hub.dashboard import bp
from hub.dashboard.history import team_history
from ui.access import allow

_A_PAGE = 50
"""Ours: what one reads at a time."""


@bp.get("/team/log")
@allow("staff")
def team_log() -> str:
    """The newest first."""
    start = min(max(request.args.get("start", 0, int), 0), 1_000_000)
    found = team_history(start, _A_PAGE + 1)
    older = start + _A_PAGE if len(found) > _A_PAGE else None
    return render_template("dashboard/team_log.html", events=found[:_A_PAGE], older=older)
