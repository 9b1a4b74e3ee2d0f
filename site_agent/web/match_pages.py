"""Help by a supporter of this site: whom to ask, what was answered by phone, the clock, talks, the end.

The same pages and presses serve a request of this site and one from elsewhere.
"""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import Supporter
from site_agent.models.match import FINAL, HELPING
from site_agent.services import interactions
from site_agent.services.errors import WrongTimeError
from site_agent.web import ROLES, bp
from site_agent.web.desk import attempt, opened, staff_id
from site_agent.web.match_about import About, about, with_match
from site_agent.web.match_acts import do, press_named
from site_agent.web.match_forms import AttemptForm, CloseForm
from site_agent.web.match_view import context, elsewhere_context
from ui import clock
from ui.access import allow
from ui.forms import render_form
from ui.looks import done

Page = Response | str | tuple[str, int]


@bp.get("/elsewhere/<thid>")
@allow(*ROLES)
def elsewhere(thid: str) -> Page:
    """A request from elsewhere: where it stands, with what can be done now."""
    shown = about(thid, None)
    if shown.request is not None:
        return redirect(shown.page, 303)
    page = elsewhere_context(shown, clock.now())
    if page["physician"]:
        opened("match-opened", thid)
    return render_template("web/elsewhere.html", **page)


@bp.get("/elsewhere/<thid>/reassign")
@bp.get("/requests/<request_id>/help/reassign")
@allow(*ROLES)
def reassign(thid: str | None = None, request_id: str | None = None) -> str:
    """Whom to ask to take over."""
    shown, match = with_match(thid, request_id)
    if match.state in FINAL:
        abort(409)
    return render_template("web/reassign.html", **context(shown, clock.now(), choosing=True))


@bp.route("/elsewhere/<thid>/attempt", methods=["GET", "POST"])
@bp.route("/requests/<request_id>/help/attempt", methods=["GET", "POST"])
@allow(*ROLES)
def record_attempt(thid: str | None = None, request_id: str | None = None) -> Page:
    """Record an attempt that a supporter reports by phone, with its true time."""
    (shown, match), form, now = with_match(thid, request_id), AttemptForm(), clock.now()
    if form.validate_on_submit():
        act = interactions.reached if form.what.data == "reached" else interactions.attempted

        def record() -> None:
            shown.require_seen(request.form)
            act(db.session, match, form.at.data, now, staff_id())

        try:
            if attempt(record, WrongTimeError):
                done(_("The attempt is recorded."))
            return back(shown)
        except WrongTimeError as error:
            form.at.errors = [error.mend]
    return render_form("web/attempt.html", form, about=shown)


@bp.route("/elsewhere/<thid>/close", methods=["GET", "POST"])
@bp.route("/requests/<request_id>/help/close", methods=["GET", "POST"])
@allow(*ROLES)
def close_match(thid: str | None = None, request_id: str | None = None) -> Page:
    """The support has ended, as the supporter or the physician says."""
    (shown, match), form = with_match(thid, request_id), CloseForm()
    if request.method == "GET" and match.state not in HELPING:
        abort(409)
    if not form.validate_on_submit():
        return render_form("web/match_close.html", form, about=shown)
    destroyed = form.paper.data == "yes"

    def close() -> None:
        shown.require_seen(request.form)
        interactions.close(db.session, match, clock.now(), staff_id(), destroyed)

    if attempt(close):
        done(_("%(ref)s is closed. Thank you.", ref=shown.ref))
    return redirect(url_for("web.today"), 303)


@bp.route("/elsewhere/<thid>/<act>", methods=["GET", "POST"])
@bp.post("/requests/<request_id>/help/<act>")
@allow(*ROLES)
def match_act(act: str, thid: str | None = None, request_id: str | None = None) -> Page:
    """A press; if others will feel it, which is so with requests from elsewhere alone, with a question before."""
    shown = about(thid, request_id)
    press = press_named(act, shown) or abort(404)
    if request.method == "GET":
        if press.question is None:
            abort(404)
        page = {"caption": shown.ref, "back": shown.page, "seen": shown.seen}
        return render_template("web/confirm.html", act=press.question, **page)
    before = shown.match.supporter_id if shown.match else None
    if attempt(lambda: do(press, shown, request.form, clock.now())):
        shown = about(thid, request_id)
        now_asked = shown.match.supporter_id if shown.match else None
        text = str(press.said) % {"name": _name(now_asked or before)}
        done(standing.said(text) if press.mails else text)
    return back(shown)


def back(shown: About) -> Response:
    """To the page it came from. What has left this site has nothing more to show, so on to Today."""
    over = shown.request is None and shown.match is not None and shown.match.state == "ended"
    if over or request.form.get("back") == "today":
        return redirect(url_for("web.today"), 303)
    return redirect(shown.page, 303)


def _name(supporter_id: str | None) -> str:
    supporter = db.session.get(Supporter, supporter_id) if supporter_id else None
    return supporter.name if supporter else ""
