"""The desk's pages: one module a page, its form and its routes. Who may open which is in `site_agent.roles`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from site_agent import roles, words
from ui.access import current_person

bp = Blueprint("web", __name__)

ROLES = roles.DAILY
"""Who may open the pages of the daily work."""


@bp.context_processor
def _words() -> dict[str, Any]:
    """Templates say every code in words, and lead to settings only whom they are open to."""
    person = current_person()
    in_charge = person is not None and not person.roles.isdisjoint(roles.IN_CHARGE)
    return {"words": words, "in_charge": in_charge}


from site_agent.web import (  # noqa: E402, F401  (their routes)
    about,
    activity_log,
    enrol,
    evaluators,
    evaluators_import,
    held,
    hold,
    link,
    link_alarm,
    match_pages,
    match_talk,
    outreach,
    outreach_acts,
    outreach_answers,
    people,
    people_acts,
    people_address,
    policy,
    record,
    request_page,
    requests_list,
    safety_reports,
    set_up,
    settings,
    supporter,
    supporter_import,
    supporter_link,
    supporters,
    today,
)
