"""What anyone may read: help, who can see what, and how these pages work for everybody."""

from __future__ import annotations

from flask import render_template

from site_agent.extensions import db
from site_agent.services import policy
from site_agent.web import bp
from ui.access import public


@bp.get("/help")
@public
def help() -> str:
    """What to do, for each kind of reader."""
    return render_template("web/help.html", programme_phone=policy.text(db.session, "programme_phone"))


@bp.get("/privacy")
@public
def privacy() -> str:
    """Who may learn what, in plain words."""
    return render_template("web/privacy.html")


@bp.get("/accessibility")
@public
def accessibility() -> str:
    """What the pages promise and whom to tell when they fail."""
    return render_template("web/accessibility.html")
