"""The coordinator's pages: one module a page, its form and its routes. Coordinators and leads do all of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from site_agent import words

bp = Blueprint("web", __name__)

ROLES = ("coordinator", "lead")
"""Who may open every page here that is not public."""


@bp.context_processor
def _words() -> dict[str, Any]:
    """Templates say every code in words."""
    return {"words": words}


from site_agent.web import (  # noqa: E402, F401  (their routes)
    about,
    elsewhere,
    enrol,
    link,
    record,
    request_page,
    requests_list,
    set_up,
    settings,
    supporter,
    supporter_import,
    supporters,
    today,
)
