"""Ask for a supporter: one page of questions, a page to check them, and the page with the link to keep.

Nothing is kept before it is sent: the answers travel in the pages themselves. The check page brings a sealed ticket
with the withdrawal code in it, so that a form that is sent twice is one request and both answers show the same code.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.forms.ask import AskForm
from site_agent.forms.checks import places
from site_agent.forms.ticket import new_ticket, read_ticket
from site_agent.models import Enrolment, LinkSession, Request, Site
from site_agent.public import bp, form_limit
from site_agent.public.ask_summary import rows, typed
from site_agent.public.reply import answering
from site_agent.public.visit import save, visiting
from site_agent.services import links, outreach, policy, post, requests
from site_agent.services.errors import InvalidRequestError
from ui import clock
from ui.access import public

Page = Response | str | tuple[str, int]


@bp.route("/ask", methods=["GET", "POST"])
@public
def ask() -> str:
    """The questions; posted by "Change" on the check page, with what was answered so far."""
    return _questions(AskForm(sites=places()), request.form.get("reply", ""))


@bp.get("/ask/reply")
@visiting(outreach.LINK)
def ask_from_reply(visit: LinkSession) -> str:
    """The questions for somebody who was reached out to. They say who they are themselves: whoever else finds the
    link learns nobody's name from it."""
    return _questions(AskForm(sites=places()), visit.subject)


@bp.get("/ask/check")
@bp.get("/ask/send")
@public
def ask_again() -> Response:
    """Somebody reloads an address that only a form leads to."""
    return redirect(url_for("public.ask"), 303)


@bp.post("/ask/check")
@public
def ask_check() -> Page:
    """What is not right, or all answers in words."""
    form = AskForm(sites=places())
    return _check(form) if form.validate() else _wrong(form)


@bp.post("/ask/send")
@public
def ask_send() -> Page:
    """Record it, once for each check page."""
    form, now = AskForm(sites=places()), clock.now()
    wait = form_limit.begin(now)
    code = read_ticket(request.form.get("ticket", ""), now)
    before = requests.recorded_with(db.session, code) if code is not None else None
    if wait is not None and before is None:
        return form_limit.held_back(wait, again="public.ask_send", change="public.ask")
    if not form.validate():
        return _wrong(form)
    if code is None:
        return _check(form, late=True)
    if before is not None:
        token = links.issue(db.session, "request", before.request_id, None, now)
        save()
        return _sent(before, token, code)
    told_of = answering(request.form.get("reply", ""))
    new = form.new_request("form", now)
    try:
        if told_of is not None:
            recorded = outreach.accept(db.session, told_of, new, now, code)
        else:
            recorded = requests.record(db.session, new, now, code)
    except InvalidRequestError as error:
        db.session.rollback()
        return _mark(form, error)
    form_limit.taken(now, again="public.ask_send", change="public.ask")
    post.news(db.session, now)
    save()
    return _sent(recorded.request, recorded.link_token, code)


def _questions(form: AskForm, reply: str) -> str:
    name_first = policy.choice(db.session, "name_before_yes") == "yes"
    return render_template("public/ask.html", form=form, reply=reply, name_first=name_first)


def _wrong(form: AskForm) -> Page:
    return _questions(form, request.form.get("reply", "")), 422


def _check(form: AskForm, *, late: bool = False) -> str:
    return render_template(
        "public/ask_check.html",
        rows=rows(form),
        answers=[*typed(form), ("reply", request.form.get("reply", ""))],
        ticket=new_ticket(clock.now()),
        elsewhere=form.is_elsewhere,
        late=late,
    )


def _mark(form: AskForm, error: InvalidRequestError) -> Page:
    """The services are stricter than the form about something: say so where it was asked."""
    for name in error.fields:
        field = form._fields.get(name, form.name)
        field.errors = [error.mend]
    return _wrong(form)


def _sent(row: Request, token: str, code: str) -> str:
    """The answer to the press itself: a redirect would have to carry the secrets."""
    site, enrolment = db.session.get(Site, 1), db.session.get(Enrolment, 1)
    base = (site.public_url if site and site.public_url else request.host_url).rstrip("/")
    return render_template(
        "public/ask_sent.html",
        link=f"{base}/r/{token}",
        code=code if row.elsewhere else "",
        ref=row.ref,
        withdraw_url=f"{enrolment.hub_url}/withdraw" if enrolment and enrolment.hub_url else "",
    )
