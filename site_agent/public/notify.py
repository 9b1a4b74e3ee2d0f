"""Tell the programme of a physician who might welcome a talk. The answer is "received", then and for ever (J15).

A form that is sent twice is kept once: it brings a sealed ticket, from which the ids of what is kept are drawn.
"""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from site_agent import words_doors
from site_agent.extensions import db
from site_agent.forms.notify import NotifyForm, notify_form
from site_agent.forms.ticket import new_ticket, read_ticket
from site_agent.models import Site
from site_agent.public import bp, form_limit
from site_agent.public.visit import save
from site_agent.services import outreach, post
from ui import clock
from ui.access import public

Page = Response | str | tuple[str, int]


@bp.get("/notify")
@public
def notify() -> str:
    """The questions."""
    return _page(_form())


@bp.post("/notify")
@public
def notify_send() -> Page:
    """Keep an outreach for each who is named, one more person to name, or the words to pass on."""
    form, now = _form(), clock.now()
    if request.form.get("go") == "more":
        return _page(form)
    wait = form_limit.begin(now)
    if wait is not None and not _was_kept(form, now):
        return form_limit.held_back(wait, again="public.notify_send")
    if form.nobody_agreed():
        return render_template("public/notify_first.html", form_url=form_url())
    if not form.validate():
        return _page(form), 422
    seed = read_ticket(request.form.get("ticket", ""), now)
    if seed is None:
        return _page(form, late=True)
    if outreach.record(db.session, form.notice(), seed, now):
        form_limit.taken(now, again="public.notify_send")
        post.news(db.session, now)
    save()
    return redirect(url_for("public.notify_received"), 303)


@bp.get("/notify/received")
@public
def notify_received() -> str:
    """It says the same whatever was sent, and whatever becomes of it."""
    return render_template("public/notify_received.html")


def form_url() -> str:
    """Where the physician's own form is, for words that are passed on."""
    site = db.session.get(Site, 1)
    base = (site.public_url if site and site.public_url else request.host_url).rstrip("/")
    return base + url_for("public.ask")


def _was_kept(form: NotifyForm, now: datetime) -> bool:
    """Whether this very form was kept already: a second press hears what the first one heard."""
    seed = read_ticket(request.form.get("ticket", ""), now)
    return seed is not None and form.validate() and outreach.is_kept(db.session, form.notice(), seed)


def _form() -> NotifyForm:
    return notify_form(words_doors.I_AM, outreach.is_routine(db.session))


def _page(form: NotifyForm, *, late: bool = False) -> str:
    return render_template(
        "public/notify.html",
        form=form,
        late=late,
        ticket=request.form.get("ticket")
        if not late and "ticket" in request.form
        else new_ticket(clock.now()),
        form_url=form_url(),
    )
