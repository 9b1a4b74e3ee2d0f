"""The provincial team's pages: one module a page. Roles: `staff` does all of it, `viewer` looks at matches only."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("dashboard", __name__)

from hub.dashboard import (  # noqa: E402, F401  (their routes)
    invite,
    match,
    matches,
    overview,
    site,
    sites,
    team,
    team_address,
    team_log,
    team_member,
)
