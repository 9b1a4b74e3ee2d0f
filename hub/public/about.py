"""What the hub is, who can see what in it, and how accessible its pages are."""

from __future__ import annotations

from flask import render_template

from hub import config
from hub.public import bp
from ui.access import public


@bp.get("/help")
@public
def help() -> str:
    """How the hub is used, by whom, and whom to call."""
    return render_template("public/help.html")


@bp.get("/privacy")
@public
def privacy() -> str:
    """What the hub holds and what it never learns, its honest limits included."""
    return render_template("public/privacy.html", letter_days=config.current().letters_live.days)


@bp.get("/accessibility")
@public
def accessibility() -> str:
    """What was checked, and what to do when something cannot be used."""
    return render_template("public/accessibility.html")
