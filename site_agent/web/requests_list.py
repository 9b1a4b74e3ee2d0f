"""All requests: what is open, of this site and from elsewhere; what is over, a page at a time; one by its reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Integer, bindparam, func, select

from site_agent import words
from site_agent.extensions import db
from site_agent.models import Match, Request
from site_agent.models.match import FINAL as HELP_OVER
from site_agent.models.request import FINAL, OPEN
from site_agent.web import ROLES, bp
from site_agent.web.addresses import address
from site_agent.web.open_help import OpenHelp
from site_agent.web.refs import ref_of
from site_agent.web.request_rows import match_status, status
from ui.access import allow

VIEWS = {
    "open": _l("Open"),
    "own": _l("Of this site"),
    "elsewhere": _l("From elsewhere"),
    "over": _l("Ended"),
}
N_SHOWN = 25
"""Ours: of what is over, on one page."""
LAST = 100_000
"""Beyond every list: a longer number is no page, and no database counts so far."""
LONGEST = 12
"""Of a reference that is looked for; more is no reference."""

# Made once: to put a statement together costs more than to run it.
_SKIPPED = bindparam("skipped", type_=Integer)
# Not by the states that are over: the index of states would find all of them, the one of days finds a page.
_OWN = select(Request).where(Request.state.not_in(OPEN)).order_by(Request.closed_at.desc())
_OWN_OVER = _OWN.limit(N_SHOWN).offset(_SKIPPED)
_IS_OVER = Match.state.in_(HELP_OVER), Match.request_id.is_(None)
# First which, then all of them: what is put in order is short.
_WHICH_OVER = (
    select(Match.thid).where(*_IS_OVER).order_by(Match.state_at.desc()).limit(N_SHOWN).offset(_SKIPPED)
)
_FOREIGN_OVER = select(Match).where(Match.thid.in_(_WHICH_OVER)).order_by(Match.state_at.desc())
_N_OVER = select(
    select(func.count()).select_from(Request).where(Request.state.in_(FINAL)).scalar_subquery(),
    select(func.count()).select_from(Match).where(*_IS_OVER).scalar_subquery(),
)


@dataclass(frozen=True)
class Line:
    """One request in a list."""

    ref: str
    href: str
    at: datetime
    where: str
    supporter: str
    status: words.Status


@bp.get("/requests")
@allow(*ROLES)
def requests_list() -> str:
    """The lists. `show`: which; `ref`: one reference instead."""
    wanted = request.args.get("ref", "").strip()[:LONGEST].upper()
    show = request.args.get("show", "open")
    show = show if show in VIEWS else "open"
    page = min(max(1, request.args.get("page", 1, type=int)), LAST)
    if wanted:
        context = {"own": _found(wanted), "foreign": _found_elsewhere(wanted)}
    elif show == "over":
        context = _over(page)
    else:
        context = _open(show)
    return render_template(
        "web/requests_list.html",
        views=VIEWS,
        show=show,
        wanted=wanted,
        page=page,
        **({"n_pages": 1} | context),
    )


def _open(show: str) -> dict[str, Any]:
    open_help = OpenHelp.read(db.session)
    names = {each.supporter_id: each.name for each in open_help.supporters.values()}
    own, foreign = [], []
    for row in open_help.requests if show != "elsewhere" else ():
        match = open_help.match_of(row)
        helper = names.get(match.supporter_id or "", "") if match and not row.elsewhere else ""
        own.append(_of_own(row, match, helper))
    for match in open_help.matches if show != "own" else ():
        if not match.is_local:
            foreign.append(_of_match(match, names.get(match.supporter_id or "", "")))
    return {"own": own, "foreign": foreign}


def _over(page: int) -> dict[str, Any]:
    """Ended requests; one from elsewhere only by its reference, since nobody is to be joined to it any more."""
    n_own, n_foreign = db.session.execute(_N_OVER).one()
    which = {"skipped": (page - 1) * N_SHOWN}
    return {
        "own": [_of_own(row, None, "") for row in db.session.scalars(_OWN_OVER, which)],
        "foreign": [_of_match(row, "") for row in db.session.scalars(_FOREIGN_OVER, which)],
        "n_pages": max(1, -(-max(n_own, n_foreign) // N_SHOWN)),
    }


def _found(ref: str) -> list[Line]:
    rows = db.session.scalars(
        select(Request).where(Request.ref == ref).order_by(Request.received_at.desc())
    ).all()
    ids = [row.request_id for row in rows]
    matches = {
        each.request_id: each for each in db.session.scalars(select(Match).where(Match.request_id.in_(ids)))
    }
    return [_of_own(row, matches.get(row.request_id), "") for row in rows]


def _found_elsewhere(ref: str) -> list[Line]:
    """Its reference is made of its id, so all ids are looked through: no column holds it."""
    ids = db.session.scalars(select(Match.thid).where(Match.request_id.is_(None)))
    wanted = [thid for thid in ids if ref_of(thid) == ref]
    rows = db.session.scalars(select(Match).where(Match.thid.in_(wanted)).order_by(Match.state_at.desc()))
    return [_of_match(row, "") for row in rows]


def _of_own(row: Request, match: Match | None, supporter: str) -> Line:
    href = address("web.request_page", "request_id", row.request_id)
    where = _("Elsewhere") if row.elsewhere else _("This site")
    return Line(row.ref, href, row.received_at, where, supporter, status(row, match))


def _of_match(row: Match, supporter: str) -> Line:
    tag = match_status(row)
    href = address("web.elsewhere", "thid", row.thid)
    return Line(ref_of(row.thid), href, row.proposed_at, _("From elsewhere"), supporter, tag)
