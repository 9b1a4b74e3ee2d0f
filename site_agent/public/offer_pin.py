"""The supporter's PIN, which names and contact details ask for: five tries, since assistants read doctors' mail."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired, Regexp

from site_agent.extensions import db
from site_agent.models import LinkSession, Supporter
from site_agent.public import bp
from site_agent.public.offer_link import send_fresh
from site_agent.public.offer_stage import Stage, stage_of, to_offer
from site_agent.public.visit import save, visiting
from site_agent.services import pins
from ui import clock
from ui.forms import Form, render_form


def digits_only(typed: str | None) -> str | None:
    """Blanks and a hyphen between the digits of a PIN do no harm."""
    return None if typed is None else "".join(sign for sign in typed if sign not in " -\u00a0")


class PinForm(Form):
    """Never sent back. What cannot be a PIN does not use up a try."""

    pin = PasswordField(
        _l("Your PIN"),
        [InputRequired(_l("Enter your PIN")), Regexp(r"[0-9]{6}\Z", message=_l("The PIN is six digits"))],
        filters=[digits_only],
    )


def pin_page(stage: Stage, form: PinForm | None = None) -> tuple[str, int]:
    """The question for the PIN, or what to do when it is locked or was never chosen."""
    if stage.supporter.pin_hash is None or pins.tries_left(stage.supporter) == 0:
        unlockable = stage.supporter.pin_hash is not None and not pins.needs_coordinator(stage.supporter)
        page = render_template(
            "public/offer_locked.html", about=stage.visit.subject, unlockable=unlockable, stage=stage
        )
        return page, 403
    return render_form("public/offer_pin.html", form or PinForm(), about=stage.visit.subject, stage=stage)


@bp.post("/offer/pin")
@visiting("offer")
def give_pin(visit: LinkSession) -> Response | tuple[str, int]:
    """Check the PIN. A try is counted before it is judged."""
    stage, form = stage_of(visit), PinForm()
    if stage is None or not stage.needs_pin:
        return to_offer()
    if not form.validate():
        return pin_page(stage, form)
    right = pins.check(db.session, stage.supporter, form.pin.data or "")
    if right:
        pins.given(db.session, visit, clock.now())
    save()
    if right:
        return to_offer()
    form.pin.errors = [left_in_words(stage.supporter)]
    return pin_page(stage, form)


def left_in_words(supporter: Supporter) -> str:
    """That the PIN was wrong, and how many tries are left."""
    left = pins.tries_left(supporter)
    return f"{_('This is not your PIN.')} {ngettext('%(num)d try left', '%(num)d tries left', left)}"


@bp.post("/offer/fresh")
@visiting("offer")
def fresh_for_pin(visit: LinkSession) -> Response | str | tuple[str, int]:
    """A fresh link to the supporter's own address unlocks the PIN; who only holds this browser learns nothing."""
    return send_fresh(visit.subject)
