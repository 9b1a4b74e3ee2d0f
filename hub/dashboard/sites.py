"""Every site: who waits for approval first, then who is quiet."""

from __future__ import annotations

from flask import render_template

from hub.dashboard import bp, rows
from ui.access import allow
from ui.clock import now


@bp.get("/sites")
@allow("staff")
def sites() -> str:
    """The list."""
    return render_template("dashboard/sites.html", sites=rows.all_sites(now()))
