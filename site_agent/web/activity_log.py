"""Who opened what, by whom and when: references only, no physician's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from site_agent import roles
from site_agent.extensions import db
from site_agent.models import Activity, Match, Outreach, Person, Request, Supporter
from site_agent.services import activity
from site_agent.web import bp
from site_agent.web.activity_words import OF_A_CASE, WHAT
from site_agent.web.refs import ref_of
from ui.access import allow

_A_PAGE = 50
"""Ours: what one reads at a time."""


@dataclass(frozen=True)
class Line:
    """One line of the page; `href` leads to what was opened, if it is still here."""

    at: datetime
    who: str
    what: str
    ref: str
    href: str | None


@bp.get("/activity")
@allow(*roles.IN_CHARGE)
def activity_log() -> str:
    """The newest first, of everybody or of one person."""
    people = {each.person_id: each.name for each in db.session.scalars(select(Person).order_by(Person.name))}
    chosen = request.args.get("person") if request.args.get("person") in people else None
    start = min(max(request.args.get("start", 0, int), 0), 1_000_000)
    found = activity.page(db.session, chosen, start, _A_PAGE + 1)
    return render_template(
        "web/activity.html",
        lines=_lines(found[:_A_PAGE], people),
        people=people,
        chosen=chosen,
        older=start + _A_PAGE if len(found) > _A_PAGE else None,
    )


def _lines(found: Sequence[Activity], people: dict[str, str]) -> list[Line]:
    refs = _refs(found)
    return [
        Line(
            line.at,
            people.get(line.person_id, _("somebody who has left")),
            str(WHAT[line.code]),
            *refs.get(line.subject or "", (_("Erased") if line.code in OF_A_CASE else "", None)),
        )
        for line in found
    ]


def _refs(found: Sequence[Activity]) -> dict[str, tuple[str, str | None]]:
    """What people here call each subject, and where it is."""
    ids = {line.subject for line in found if line.subject}
    known: dict[str, tuple[str, str | None]] = {}
    own = select(Request.request_id, Request.ref).where(Request.request_id.in_(ids))
    for request_id, ref in db.session.execute(own):
        known[request_id] = (ref, url_for("web.request_page", request_id=request_id))
    told = select(Outreach.outreach_id, Outreach.ref).where(Outreach.outreach_id.in_(ids))
    for outreach_id, ref in db.session.execute(told):
        known[outreach_id] = (ref, url_for("web.outreach_page", outreach_id=outreach_id))
    for thid in db.session.scalars(select(Match.thid).where(Match.thid.in_(ids))):
        known[thid] = (ref_of(thid), url_for("web.elsewhere", thid=thid))
    roster = select(Supporter.supporter_id).where(Supporter.supporter_id.in_(ids))
    for supporter_id in db.session.scalars(roster):
        known[supporter_id] = (_("A supporter"), url_for("web.supporter", supporter_id=supporter_id))
    accounts = select(Person).where(Person.person_id.in_(ids))
    for account in db.session.scalars(accounts):
        # Accounts of the desk are no secret to whoever gives them; of one that has left no page is here.
        href = None if account.left_at else url_for("web.person", person_id=account.person_id)
        known[account.person_id] = (account.name, href)
    return known
