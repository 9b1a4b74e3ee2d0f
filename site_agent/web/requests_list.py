"""All requests: open ones first, the oldest at the top; those from elsewhere; then what is over."""

from __future__ import annotations

from flask import render_template
from sqlalchemy import select

from site_agent.extensions import db
from site_agent.models import Match, Request, Supporter
from site_agent.models.match import FINAL as HELP_OVER
from site_agent.models.request import FINAL, OPEN
from site_agent.web import ROLES, bp
from site_agent.web.refs import ref_of
from ui.access import allow

N_CLOSED = 30
"""Ours: what is over is looked up seldom."""


@bp.get("/requests")
@allow(*ROLES)
def requests_list() -> str:
    """The lists."""
    rows = select(Request).order_by(Request.received_at)
    helped = select(Match).where(Match.state.not_in(HELP_OVER)).order_by(Match.proposed_at)
    over = select(Request).where(Request.state.in_(FINAL)).order_by(Request.closed_at.desc()).limit(N_CLOSED)
    return render_template(
        "web/requests_list.html",
        open_requests=db.session.scalars(rows.where(Request.state.in_(OPEN))).all(),
        match=db.session.scalars(helped).all(),
        closed=db.session.scalars(over).all(),
        names={each.supporter_id: each.name for each in db.session.scalars(select(Supporter))},
        ref_of=ref_of,
    )
