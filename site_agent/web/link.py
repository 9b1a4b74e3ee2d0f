"""The link to the hub: whether it is connected, what waits, what the hub refused and how to mend it."""

from __future__ import annotations

import math

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.hub_link import Tried, hub_link
from site_agent.roles import IN_CHARGE
from site_agent.web import bp
from site_agent.web.desk import save
from site_agent.web.today import hub_tag
from ui import clock
from ui.access import allow
from ui.looks import done


@bp.get("/settings/link")
@allow(*IN_CHARGE)
def link() -> str:
    """The page reads this site's own database only, so it says the same with the hub away."""
    hub = hub_link().status(db.session, clock.now())
    return render_template(
        "web/link.html",
        hub=hub,
        tag=hub_tag(hub),
        log_words=hub_link().log_words(db.session),
        waiting=hub_link().waiting(db.session),
        dead=hub_link().dead_letters(db.session),
    )


@bp.post("/settings/link/<int:row_id>/<any(again, dismiss, cancel):act>")
@allow(*IN_CHARGE)
def link_message(row_id: int, act: str) -> Response:
    """Send a refused message again, take it off the list, or take back one that never left."""
    hub = hub_link()
    if act == "again":
        changed, said = hub.send_again(db.session, row_id, clock.now()), _("It is sent again.")
    elif act == "dismiss":
        changed, said = hub.dismiss(db.session, row_id, clock.now()), _("It is off the list.")
    else:
        changed, said = (
            hub.cancel(db.session, row_id, clock.now()),
            _("It is taken back. The request stays here."),
        )
    save()
    if changed:
        done(said)
    else:
        flash(_("That message has moved on already. The list shows how it stands."), "notice")
    return redirect(url_for("web.link"), 303)


@bp.post("/settings/link/now")
@allow(*IN_CHARGE)
def exchange_now() -> Response:
    """Try the hub at once rather than at the next turn, and say what came of it."""
    db.session.commit()
    say(hub_link().try_now())
    return redirect(url_for("web.link"), 303)


def say(tried: Tried) -> None:
    """What came of a try to reach the hub, for the next page."""
    if tried.outcome == "reached":
        done(_("The hub answered, and everything that waited was exchanged."))
        return
    again = _again_in(math.ceil(tried.again_in.total_seconds()))
    if tried.outcome == "refused" and tried.trouble is not None:
        flash(f"{_('The hub answered.')} {tried.trouble.what} {again}", "notice")
    elif tried.trouble is not None:
        flash(f"{tried.trouble.what} {again}", "notice")
    else:
        flash(
            _("The hub has not answered yet. This site goes on waiting: reload the page in a minute."),
            "notice",
        )


def _again_in(seconds: int) -> str:
    if seconds < 60:
        said = ngettext(
            "This site tries again by itself within %(num)d second.",
            "This site tries again by itself within %(num)d seconds.",
            max(1, seconds),
        )
    else:
        said = ngettext(
            "This site tries again by itself within %(num)d minute.",
            "This site tries again by itself within %(num)d minutes.",
            math.ceil(seconds / 60),
        )
    return str(said)
