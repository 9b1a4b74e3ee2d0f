"""The policy of this site: every figure and choice with its default, its source and its numbered changes."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from site_agent.extensions import db
from site_agent.models import Person
from site_agent.roles import IN_CHARGE
from site_agent.services import activity
from site_agent.services import policy as service
from site_agent.services.errors import SettingError
from site_agent.web import ROLES, bp
from site_agent.web.desk import attempt, staff_id
from site_agent.web.policy_form import form_for
from site_agent.web.policy_questions import DISPUTED
from site_agent.web.policy_words import FIXED, GROUPS, NAMED, label, value_words
from ui import clock
from ui.access import allow, current_person
from ui.forms import render_form
from ui.looks import done


@bp.get("/settings/policy")
@allow(*ROLES)
def policy() -> str:
    """What holds, and why."""
    values = service.values(db.session)
    changed = {each.name: each for each in reversed(service.changes(db.session))}
    person = current_person()
    return render_template(
        "web/policy.html",
        version=service.version(db.session),
        questions=DISPUTED,
        groups=GROUPS,
        named=NAMED,
        values=values,
        changed=changed,
        people=_people(),
        may_change=person is not None and bool(person.roles & set(IN_CHARGE)),
        **_said(),
    )


@bp.get("/settings/policy/history")
@allow(*ROLES)
def policy_history() -> str:
    """Every change, the newest first."""
    return render_template(
        "web/policy_history.html", changes=service.changes(db.session), people=_people(), **_said()
    )


@bp.route("/settings/policy/<name>", methods=["GET", "POST"])
@allow(*IN_CHARGE)
def change_policy(name: str) -> Response | tuple[str, int]:
    """Change one setting. What another person changed in the meantime is shown before it is changed again."""
    if name not in NAMED or name in FIXED:
        abort(404)
    stands = service.values(db.session)[name]
    form = form_for(name, stands)
    if not form.validate_on_submit():
        return render_form(
            "web/policy_change.html", form, name=name, stands=stands, named=NAMED[name], **_said()
        )
    before = service.version(db.session)
    try:
        attempt(lambda: _put(name, form.given()), SettingError)
    except SettingError:
        form.value.errors = [_("Give a value inside the bounds")]
        return render_form(
            "web/policy_change.html", form, name=name, stands=stands, named=NAMED[name], **_said()
        )
    version = service.version(db.session)
    if version == before:
        done(_("Nothing was changed: that value holds already."))
    else:
        done(
            _(
                "“%(label)s” is changed. This is version %(version)s of the policy.",
                label=label(name),
                version=version,
            )
        )
    return redirect(url_for("web.policy", _anchor=name), 303)


def _put(name: str, value: int | str) -> None:
    now = clock.now()
    service.put(db.session, name, value, now, staff_id())
    activity.note(db.session, staff_id(), "policy-changed", None, now)


def _people() -> dict[str | None, str]:
    """Who changed it, by person_id; a change without one came from the command line."""
    names: dict[str | None, str] = {
        row.person_id: row.name for row in db.session.execute(select(Person.person_id, Person.name))
    }
    return names | {None: _("the command line")}


def _said() -> dict[str, Any]:
    return {
        "label": label,
        "value_words": value_words,
        "default_of": service.default_of,
        "source_of": service.source_of,
    }
