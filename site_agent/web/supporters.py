"""The roster: who supports, whether each can be asked, and the way to add more."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from site_agent import words
from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import Supporter
from site_agent.services import agreements, roster
from site_agent.web import ROLES, bp
from site_agent.web.desk import save
from ui import clock
from ui.access import allow
from ui.looks import done

PAGE = 50
"""Ours: what one reads through without losing the place."""


@bp.get("/supporters")
@allow(*ROLES)
def supporters() -> str:
    """The roster by name, a page at a time."""
    everybody = roster.everybody(db.session)
    n_pages = max(1, -(-len(everybody) // PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), n_pages)
    shown = everybody[(page - 1) * PAGE : page * PAGE]
    return render_template(
        "web/supporters.html",
        supporters=[(each, _status(each)) for each in shown],
        n_all=len(everybody),
        n_unsigned=sum(not agreements.is_signed(db.session, each) for each in everybody),
        page=page,
        n_pages=n_pages,
        languages=lambda each: ", ".join(words.language(code) for code in each.languages),
    )


@bp.post("/supporters/agreements")
@allow(*ROLES)
def send_agreements() -> Response:
    """Mail the agreement to everybody who has not signed the current one."""
    waiting = [each for each in roster.everybody(db.session) if not agreements.is_signed(db.session, each)]
    for each in waiting:
        agreements.invite(db.session, each, clock.now())
    save()
    sent = ngettext("%(num)d link is on its way.", "%(num)d links are on their way.", len(waiting))
    done(standing.said(sent))
    return redirect(url_for("web.supporters"), 303)


def _status(supporter: Supporter) -> words.Status:
    return words.SUPPORTER_STATUS[roster.status(db.session, supporter, clock.now())]
