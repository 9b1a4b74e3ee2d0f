"""What can be pressed on an outreach, in which states: one first contact, one follow-up, and what was
wished for on a no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.mail import standing
from site_agent.models import AnySession, Outreach
from site_agent.services import outreach
from site_agent.web import ROLES, bp
from site_agent.web.desk import attempt
from site_agent.web.questions import Question
from ui import clock
from ui.access import allow
from ui.looks import done

Page = Response | str | tuple[str, int]

_CALL = (
    _l(
        "Only that you called, or left word with nothing but your name and number, is kept. Not what was said."
    ),
)
_MAIL = (
    _l("The email says only “you have a message”, with a link. Behind it stands the offer, and they answer."),
    _l("Use this if you cannot reach them by phone, or know no phone number."),
)
_LAST = _l("This is the one follow-up. After it only they act, and silence is an answer.")


@dataclass(frozen=True)
class Act:
    """One press, with a question before it. `name` is the end of its address."""

    name: str
    states: tuple[str, ...]
    link: LazyString
    question: Question
    do: Callable[[Outreach, datetime], object]
    by_mail: bool = False


ACTS = (
    Act(
        "called",
        ("new",),
        _l("I called"),
        Question(_l("You called?"), _CALL, _l("Yes, I called"), safe=True),
        lambda row, now: outreach.contact(db.session, row, now),
    ),
    Act(
        "mail",
        ("new",),
        _l("Email the offer"),
        Question(_l("Email the offer?"), _MAIL, _l("Email it"), safe=True),
        lambda row, now: outreach.invite(db.session, row, now),
        by_mail=True,
    ),
    Act(
        "called-again",
        ("contacted",),
        _l("I called once more"),
        Question(_l("You called once more?"), (*_CALL, _LAST), _l("Yes, I called once more"), safe=True),
        lambda row, now: outreach.follow_up(db.session, row, now),
    ),
    Act(
        "mail-again",
        ("contacted",),
        _l("Email the offer once more"),
        Question(_l("Email the offer once more?"), (*_MAIL, _LAST), _l("Email it"), safe=True),
        lambda row, now: outreach.invite(db.session, row, now),
        by_mail=True,
    ),
    Act(
        "sent",
        ("offered",),
        _l("I sent the list of other help"),
        Question(
            _l("You sent the list of other help?"),
            (_l("Then nothing more is to be done here, and name and address are not shown any more."),),
            _l("Yes, I sent it"),
            safe=True,
        ),
        lambda row, now: outreach.resources_sent(db.session, row, now),
    ),
)


def offered(session: AnySession, row: Outreach, now: datetime) -> list[Act]:
    """The presses that make sense as it stands; mail only where an address is known."""
    who = outreach.contact_of(session, row)
    has_email = who is not None and bool(who.email)
    if row.state == "offered" and not outreach.owes_resources(row):
        return []
    return [act for act in ACTS if row.state in act.states and (has_email or not act.by_mail)]


@bp.route("/outreach/<outreach_id>/<act>", methods=["GET", "POST"])
@allow(*ROLES)
def outreach_act(outreach_id: str, act: str) -> Page:
    """A question, and the press that answers it."""
    row = db.session.get(Outreach, outreach_id) or abort(404)
    chosen = next((each for each in ACTS if each.name == act), None) or abort(404)
    page = url_for("web.outreach_page", outreach_id=outreach_id)
    if request.method == "GET":
        return render_template("web/confirm.html", act=chosen.question, caption=row.ref, back=page)
    if attempt(lambda: chosen.do(row, clock.now())):
        done(standing.said(_("The email is on its way.")) if chosen.by_mail else _("Noted."))
    return _to(row)


def _to(row: Outreach) -> Response:
    return redirect(url_for("web.outreach_page", outreach_id=row.outreach_id), 303)
