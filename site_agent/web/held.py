"""Everything held on a request or a match: until when, and as one page to print."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from site_agent import roles, words, words_doors
from site_agent.extensions import db
from site_agent.models import Match, Request
from site_agent.models.match import FINAL
from site_agent.services import activity, held, holds, quiet, requests, retention
from site_agent.services.held_for_physician import Opening
from site_agent.web import ROLES, bp
from site_agent.web.activity_words import OPENED
from site_agent.web.desk import save, staff_id
from site_agent.web.match_about import About, about
from site_agent.web.people_words import ROLE
from site_agent.web.questions import Question
from ui import clock
from ui.access import allow, current_person
from ui.timewords import day, to_local


def keeping(shown: About) -> dict[str, object]:
    """What the part "Keeping" of a page says: until when, whether it is held, and what the reader may press."""
    person, subject = current_person(), subject_of(shown)
    closes_at = quiet.closes_at(db.session, subject)
    return {
        "closes_on": day(to_local(closes_at).date()) if closes_at else None,
        "words": _until(subject),
        "is_held": subject.held,
        "may_hold": person is not None and bool(person.roles & set(roles.IN_CHARGE)),
    }


@bp.context_processor
def _keeping() -> dict[str, object]:
    return {"keeping_of": keeping}


@bp.route("/requests/<request_id>/held", methods=["GET", "POST"])
@bp.route("/elsewhere/<thid>/held", methods=["GET", "POST"])
@allow(*ROLES)
def held_sheet(request_id: str | None = None, thid: str | None = None) -> str:
    """A question before, since it may open a name; then all of it."""
    shown, now = about_held(thid, request_id), clock.now()
    if request.method == "GET":
        question = _question(shown)
        return render_template("web/confirm.html", act=question, caption=shown.ref, back=shown.page)
    subject = subject_of(shown)
    if isinstance(subject, Request) and subject.elsewhere and subject.identity is not None:
        requests.open_name(db.session, subject, staff_id(), now)
        activity.note(db.session, staff_id(), "name-opened", subject.request_id, now)
    activity.note(db.session, staff_id(), "held-printed", _key(subject), now)
    db.session.flush()
    sections = held.everything(db.session, subject, DESK)
    save()
    return render_template("web/held_sheet.html", about=shown, sections=sections, now=now)


def about_held(thid: str | None, request_id: str | None) -> About:
    """What the address names. The help of an own request is held and printed with the request."""
    shown = about(thid, request_id)
    return shown if thid is None or shown.request is None else abort(404)


def subject_of(shown: About) -> Request | Match:
    """The row that is kept, printed or held: the own request, else the match."""
    subject = shown.request or shown.match
    assert subject is not None
    return subject


def _key(subject: Request | Match) -> str:
    return subject.request_id if isinstance(subject, Request) else subject.thid


def _question(shown: About) -> Question:
    lines = [
        _l("Everything that this site holds, in plain words, to read or to print. Opening it is logged.")
    ]
    own = shown.request
    if own is not None and own.elsewhere and own.identity is not None:
        lines.append(_l("It opens the name, which is closed since the request goes elsewhere."))
    if own is not None:
        lines.append(_l("The physician will see that you opened it, and when."))
    lines.append(_l("Keep the paper as carefully as a letter, and destroy it once it is no longer needed."))
    return Question(title=_l("Open everything held?"), lines=tuple(lines), button=_l("Open it"), safe=True)


def _until(subject: Request | Match) -> str:
    if holds.is_held(db.session, subject):
        return str(_("Kept longer because the law asks for it."))
    if subject.case_id is None:
        return str(_("Who it was is erased. Codes and times stay longer, without a name."))
    if isinstance(subject, Match):
        over = subject.state in FINAL
        return str(_("Erased in a moment.") if over else _("Name and card are erased when it ends."))
    kept = retention.identity_kept(db.session)
    if subject.closed_at is None:
        return _after(kept)
    on = day(to_local(subject.closed_at + kept).date())
    return str(_("Who it was is erased on %(day)s.", day=on))


def _after(kept: timedelta) -> str:
    return str(
        ngettext(
            "Name and contact details are erased %(num)d day after it has ended.",
            "Name and contact details are erased %(num)d days after it has ended.",
            kept.days,
        )
    )


def _opened(opening: Opening) -> str:
    who = next((str(text) for role, text in ROLE.items() if role in opening.roles), _("Somebody"))
    return str(OPENED[opening.code]) % {"who": who}


DESK = held.Reader(
    mine=False,
    reason=words.REASON,
    stage=words.STAGE,
    modality=words.MODALITY,
    origin=words.ORIGIN,
    door=words.DOOR,
    hint=words_doors.HINT,
    few=words.FEW,
    events=words.EVENT,
    opened=_opened,
)
