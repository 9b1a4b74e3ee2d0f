"""Another person, please; and wishes said again after they were erased. Nobody asks why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from site_agent import words
from site_agent.extensions import db
from site_agent.forms.checks import SomePlaceLeft, places
from site_agent.models import AnySession, LinkSession, Request
from site_agent.public import bp
from site_agent.public.request_page import request_of, to_page
from site_agent.public.standing import standing
from site_agent.public.visit import is_hub_away, save, visiting
from site_agent.services import local, requests
from site_agent.services.errors import ServiceError
from site_agent.services.requests import Wishes
from ui import clock
from ui.forms import Form, choices, render_form
from ui.looks import done


class AgainForm(Form):
    """What was erased once a match was confirmed."""

    language = SelectField(_l("In which language?"), [InputRequired(_l("Select a language"))], default="en")
    wishes = SelectMultipleField(_l("Whom would you rather talk with?"), choices=choices(words.WISH))
    avoid = SelectMultipleField(
        _l("Which places should not be asked?"),
        [SomePlaceLeft(_l("No place is left to ask. Untick one, or take your request back"))],
    )

    def __init__(self, *args: Any, elsewhere: bool, **values: Any) -> None:
        super().__init__(*args, **values)
        self.language.choices = choices(words.language_choices())
        self.avoid.choices = choices(places() if elsewhere else {})

    def wishes_said(self) -> Wishes:
        """As the services take them."""
        return Wishes(tuple(self.wishes.data or ()), tuple(self.avoid.data or ()), self.language.data)


@bp.route("/request/another", methods=["GET", "POST"])
@visiting("request")
def another_person(visit: LinkSession) -> Response | tuple[str, int]:
    """Look for another person, with wishes and places to avoid said anew."""
    row = request_of(visit)
    now_at = standing(row)
    if not (now_at.may_swap or now_at.must_restate):
        return to_page()
    if now_at.may_swap and "restate" in request.form:
        return to_page()  # left open since the wishes were erased: it must not end what was found meanwhile
    said = requests.all_details(db.session, row)
    form = AgainForm(language=said.language if said else "en", elsewhere=row.elsewhere)
    if not form.validate_on_submit():
        return render_form("public/request_again.html", form, swap=now_at.may_swap, about=visit.subject)
    try:
        _act(row, swap=now_at.may_swap)(db.session, row, form.wishes_said(), clock.now())
    except ServiceError as error:
        db.session.rollback()
        flash(str(error.mend), "notice")
        return to_page()
    away = row.elsewhere and is_hub_away()
    save()
    _say(away)
    return to_page()


def _act(row: Request, *, swap: bool) -> Callable[[AnySession, Request, Wishes, datetime], None]:
    if not swap:
        return requests.restate
    return requests.rematch if row.elsewhere else local.another


def _say(away: bool) -> None:
    if away:
        done(_("Your answer is kept here. It goes to the provincial hub as soon as that can be reached."))
    else:
        done(_("Somebody else is looked for."))
