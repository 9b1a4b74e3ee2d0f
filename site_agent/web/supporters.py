"""The roster: who supports, whether each can be asked, and the way to add more."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from site_agent import words
from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import Supporter
from site_agent.services import agreements, policy, roster
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
    everybody, now = roster.everybody(db.session, clock.now()), clock.now()
    n_pages = max(1, -(-len(everybody) // PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), n_pages)
    shown = everybody[(page - 1) * PAGE : page * PAGE]
    status = roster.statuses(db.session, shown, now)
    return render_template(
        "web/supporters.html",
        supporters=[(each, words.SUPPORTER_STATUS[status[each.supporter_id]]) for each in shown],
        n_unsigned=len(_unsigned()),
        page=page,
        n_pages=n_pages,
        languages=lambda each: ", ".join(words.language(code) for code in each.languages),
    )


@bp.post("/supporters/agreements")
@allow(*ROLES)
def send_agreements() -> Response:
    """Mail the agreement to everybody who has not signed the current one."""
    waiting = _unsigned()
    for each in waiting:
        agreements.invite(db.session, each, clock.now())
    save()
    sent = ngettext("%(num)d link is on its way.", "%(num)d links are on their way.", len(waiting))
    done(standing.said(sent))
    return redirect(url_for("web.supporters"), 303)


def _unsigned() -> list[Supporter]:
    """Those who would be asked if they had signed the current agreement."""
    version = policy.text(db.session, "agreement_version")
    return [each for each in roster.everybody(db.session) if each.agreement_version != version]
